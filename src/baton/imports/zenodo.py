"""`.zenodo.json`, a deposit's metadata and Zenodo's record JSON as the body of a draft, leniently."""

from collections.abc import Iterator, Mapping
from typing import Any

from baton.exports.legacy_terms import CUSTOM_FIELDS
from baton.exports.zenodo_json import GROUPS
from baton.identifiers.policy import DoiPolicy
from baton.imports.funding import award_of, funding_of
from baton.imports.imported import Complaints, Imported, filled
from baton.imports.values import listed, objects, text
from baton.imports.zenodo_grants import EUROPEAN_COMMISSION
from baton.imports.zenodo_json import FIELDS, translated

# Every DOI that such a document names was minted before.
_NO_DOIS = DoiPolicy("", "")
_TYPES = ("upload_type", "publication_type", "image_type", "software_type")
_READ = """
access_right embargo_date license contributors thesis_supervisors notes method grants related_identifiers
alternate_identifiers subjects communities custom doi resource_type
"""
_SILENT = ("relations", "prereserve_doi")
READ = frozenset([*_TYPES, *_READ.split(), *_SILENT, *FIELDS, *CUSTOM_FIELDS, *GROUPS])


def from_zenodo(given: Mapping[str, Any]) -> Imported:
    """What the metadata say, which stand alone or in an object with `metadata`."""
    complaints = Complaints()
    metadata = given["metadata"] if isinstance(given.get("metadata"), Mapping) else given
    complaints.lose_others(metadata, READ, "metadata")
    deposit = {name: value for name, value in _as_deposit(metadata).items() if name in READ}
    grants = deposit.pop("grants", None)
    body = translated(filled(deposit), _NO_DOIS, complaints)
    funding = [_grant(one) for _at, one in objects(grants, "metadata.grants", complaints)]
    body["metadata"] = filled({**body["metadata"], "funding": funding})
    return Imported(body, tuple(complaints.errors))


def _as_deposit(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The members that a record's JSON has in the place of the deposit's, by those names."""
    found = {name: value for name, value in metadata.items() if name not in {"resource_type", *GROUPS}}
    kind = metadata.get("resource_type")
    if isinstance(kind, Mapping) and text(kind.get("type")):
        found |= {"upload_type": text(kind["type"]), f"{text(kind['type'])}_type": kind.get("subtype")}
    for group, (field, members) in GROUPS.items():
        values = metadata.get(group)
        if isinstance(values, Mapping):
            found |= _flat(field, {name: values.get(name) for name in members})
            if group == "imprint" and values.get("publisher"):
                found["imprint_publisher"] = values["publisher"]
    slugs = [one["id"] for one in listed(metadata.get("communities")) if isinstance(one, Mapping) and "id" in one]
    if slugs:
        found["communities"] = [{"identifier": slug} for slug in slugs]
    return found


def _flat(field: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, (target, member) in CUSTOM_FIELDS.items():
        if target == field and values.get(member):
            yield name, values[member]


def _grant(one: Mapping[str, Any]) -> dict[str, Any]:
    """By number, or by the funder's DOI and number; records show more of it."""
    named = text(one.get("internal_id")) or text(one.get("id"))
    funder_doi, parted, number = named.partition("::")
    award = award_of(
        number=text(one.get("code")) or (number if parted else named),
        title=text(one.get("title")),
        acronym=text(one.get("acronym")),
        address=text(one.get("url")) or text(one.get("doi")),
    )
    return funding_of("", funder_doi if parted else EUROPEAN_COMMISSION, award)
