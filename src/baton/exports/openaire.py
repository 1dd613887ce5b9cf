"""The `info:eu-repo` words that OpenAIRE's guidelines for literature and for data ask for."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from baton.exports.terms import in_english, prop
from baton.records.record import Record
from baton.vocabularies.legacy import legacy_acronym, legacy_of_funder

# Status of access -> address and words.
ACCESS_RIGHTS = {
    "open": ("info:eu-repo/semantics/openAccess", "Open Access"),
    "embargoed": ("info:eu-repo/semantics/embargoedAccess", "Embargoed Access"),
    "restricted": ("info:eu-repo/semantics/restrictedAccess", "Restricted Access"),
    "metadata-only": ("info:eu-repo/semantics/closedAccess", "Closed Access"),
}
OTHER_TYPE = "info:eu-repo/semantics/other"


def access_right(record: Record) -> tuple[str, str]:
    """How open the record is: address and words."""
    return ACCESS_RIGHTS[record.access_status]


def embargo_end(record: Record) -> str | None:
    """The day on which the embargo ends."""
    until = record.embargo_until
    return f"info:eu-repo/date/embargoEnd/{until.isoformat()}" if until else None


def semantic_type(record: Record) -> str:
    """What kind of publication it is."""
    return prop("resourcetypes", (record.metadata.get("resource_type") or {}).get("id", ""), "eurepo") or OTHER_TYPE


def grant_agreements(record: Record) -> Iterator[str]:
    """`info:eu-repo/grantAgreement/{funder}/{programme}/{number}/{jurisdiction}/{name}/{acronym}` for each grant."""
    for one in record.metadata.get("funding") or ():
        if named := grant_agreement(one.get("funder") or {}, one.get("award") or {}):
            yield named


def grant_agreement(funder: Mapping[str, Any], award: Mapping[str, Any]) -> str | None:
    """Of a funder with a known acronym, and an award with a number; what is unknown stays empty."""
    number = award.get("number") or (award.get("id") or "").partition("::")[2]
    acronym = _acronym(funder)
    if not number or not acronym:
        return None
    parts = (acronym, award.get("program"), number, None, in_english(award.get("title")), award.get("acronym"))
    path = "/".join(quote(part or "", safe="") for part in parts).rstrip("/")
    return f"info:eu-repo/grantAgreement/{path}"


def _acronym(funder: Mapping[str, Any]) -> str | None:
    funder_id = funder.get("id")
    if not funder_id:
        return None
    doi = legacy_of_funder(funder_id)
    return (doi and legacy_acronym(doi)) or prop("funders", funder_id, "acronym")


def oai_identifier(record_id: int, base_url: str) -> str:
    """As in `oai:data.example.org:42`: the name of the record in OAI-PMH."""
    return f"oai:{urlsplit(base_url).hostname}:{record_id}"
