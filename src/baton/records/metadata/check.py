"""The lenient check of a draft: what of a depositor's JSON can be kept, and what is wrong with the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from baton.kernel.errors import FieldError
from baton.records.metadata import limits
from baton.records.metadata.access import access
from baton.records.metadata.custom import VOCABULARIES, custom_fields
from baton.records.metadata.fields import Report
from baton.records.metadata.file_options import file_options
from baton.records.metadata.pids import pids
from baton.records.metadata.references import term_id
from baton.records.metadata.schema import METADATA
from baton.records.record import Body
from baton.vocabularies.term import Term


@dataclass(frozen=True, slots=True)
class Checked:
    """The body to store and everything that must be mended before it can be published."""

    body: Body
    errors: tuple[FieldError, ...]


def check(raw: object, terms: Mapping[tuple[str, str], Term], *, today: date, own_prefix: str) -> Checked:
    """Check any JSON as the body of a draft. `terms` are those of `terms_in(raw)` that exist.

    A value of the wrong type or form is told and dropped. A thing that lacks a part, an unknown term and a wrong
    identifier are told and kept, so that they are told again at publication. Checking a checked body changes nothing.
    """
    report = Report(terms)
    if not isinstance(raw, dict):
        report.add("_schema", "Invalid input type. Send a JSON object.")
    given: dict[str, Any] = raw if isinstance(raw, dict) else {}
    metadata = METADATA(given["metadata"] if given.get("metadata") is not None else {}, "metadata", report)
    body = Body(
        metadata=metadata if isinstance(metadata, dict) else {},
        custom_fields=custom_fields(given.get("custom_fields"), "custom_fields", report),
        access=access(given.get("access"), "access", report, today),
        pids=pids(given.get("pids"), "pids", report, own_prefix),
        files=file_options(given.get("files"), "files", report),
    )
    return Checked(body, tuple(report.errors))


def terms_in(raw: object) -> set[tuple[str, str]]:
    """The (vocabulary, id) pairs that a body mentions, for one look-up of all of them."""
    found: set[tuple[str, str]] = set()
    for vocabulary, path in _PLACES:
        for value in _values(raw, path):
            wanted = term_id(vocabulary, value)
            if wanted is not None:
                found.add((vocabulary, wanted))
    return found


def _values(value: object, path: tuple[str, ...]) -> Iterator[object]:
    if not path:
        yield value
    elif path[0] == _EACH:
        for each in value[: limits.ITEMS] if isinstance(value, list) else ():
            yield from _values(each, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _values(value[path[0]], path[1:])


_EACH = "*"
# vocabulary, and where in `metadata` the objects are whose `id` is one of its terms.
_METADATA_PLACES = (
    ("resourcetypes", "resource_type"),
    ("creatorsroles", "creators.*.role"),
    ("affiliations", "creators.*.affiliations.*"),
    ("contributorsroles", "contributors.*.role"),
    ("affiliations", "contributors.*.affiliations.*"),
    ("titletypes", "additional_titles.*.type"),
    ("languages", "additional_titles.*.lang"),
    ("descriptiontypes", "additional_descriptions.*.type"),
    ("languages", "additional_descriptions.*.lang"),
    ("subjects", "subjects.*"),
    ("datetypes", "dates.*.type"),
    ("languages", "languages.*"),
    ("relationtypes", "related_identifiers.*.relation_type"),
    ("resourcetypes", "related_identifiers.*.resource_type"),
    ("licenses", "rights.*"),
    ("funders", "funding.*.funder"),
    ("awards", "funding.*.award"),
)
_PLACES = (
    *((vocabulary, ("metadata", *path.split("."), "id")) for vocabulary, path in _METADATA_PLACES),
    *((vocabulary, ("custom_fields", name, "id")) for name, vocabulary in VOCABULARIES.items()),
    *((vocabulary, ("custom_fields", name, _EACH, "id")) for name, vocabulary in VOCABULARIES.items()),
)
