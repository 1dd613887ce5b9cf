"""Faults that were found in the RDM form of a deposit, told in the words of the legacy schema."""

import re
from collections.abc import Iterable

from baton.exports.legacy_terms import CUSTOM_FIELDS
from baton.kernel.errors import FieldError

# RDM path -> legacy path; the first that fits from the start is used, what follows it in the path is kept.
PATHS = tuple(
    (re.compile(pattern), legacy)
    for pattern, legacy in (
        *(
            (f"custom_fields\\.{field}\\.{member}", f"metadata.{name}")
            for name, (field, member) in CUSTOM_FIELDS.items()
        ),
        (r"custom_fields\.legacy:(\w+)", r"metadata.\1"),
        (r"custom_fields\.", "metadata.custom."),
        (r"metadata\.resource_type\b.*", "metadata.upload_type"),
        (r"metadata\.publisher", "metadata.imprint_publisher"),
        (r"metadata\.rights\b.*", "metadata.license"),
        (r"metadata\.languages\b.*", "metadata.language"),
        (r"metadata\.funding\.(\d+).*", r"metadata.grants.\1.id"),
        (r"metadata\.subjects\.(\d+).*", r"metadata.keywords.\1"),
        (r"metadata\.locations\.features", "metadata.locations"),
        (r"metadata\.additional_descriptions\b.*", "metadata.notes"),
        (r"metadata\.identifiers\b.*", "metadata.related_identifiers"),
        (r"metadata\.related_identifiers\.(\d+)\.relation_type.*", r"metadata.related_identifiers.\1.relation"),
        (r"metadata\.(creators|contributors)\.(\d+)\.affiliations.*", r"metadata.\1.\2.affiliation"),
        (r"metadata\.(creators|contributors)\.(\d+)\.role.*", r"metadata.\1.\2.type"),
        (r"metadata\.(creators|contributors)\.(\d+)\.person_or_org\.identifiers.*", r"metadata.\1.\2.orcid"),
        (r"metadata\.(creators|contributors)\.(\d+)\.person_or_org.*", r"metadata.\1.\2.name"),
        (r"access\.embargo\b.*", "metadata.embargo_date"),
        (r"access\b.*", "metadata.access_right"),
        (r"pids\.doi\b.*", "metadata.doi"),
    )
)


def in_legacy_words(errors: Iterable[FieldError]) -> tuple[FieldError, ...]:
    """The same faults under their legacy names, for those who never saw the RDM form of their deposit."""
    return tuple(FieldError(_renamed(error.field), error.message, error.code) for error in errors)


def _renamed(path: str) -> str:
    for pattern, legacy in PATHS:
        found = pattern.match(path)
        if found:
            return found.expand(legacy) + path[found.end() :]
    return path
