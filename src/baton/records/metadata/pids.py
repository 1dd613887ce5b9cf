"""The identifiers that name the record itself: a DOI, of this repository or of another."""

from typing import Any

from baton.identifiers.schemes import normalize
from baton.records.metadata import limits
from baton.records.metadata.fields import ABSENT, MISSING, WRONG_TYPE, Report, text

_PROVIDERS = ("datacite", "external")  # on the wire, DOIs that we mint are `datacite`
_MEMBERS = ("identifier", "provider", "client")
_TEXT = text(limits.IDENTIFIER)


def pids(value: object, path: str, report: Report, own_prefix: str) -> dict[str, Any]:
    """{"doi": {identifier, provider}} or nothing. `oai` may be sent back; it follows from the record's number."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        report.add(path, WRONG_TYPE)
        return {}
    for scheme in value:
        if scheme not in ("doi", "oai"):
            report.add(f"{path}.{scheme[:100]}", "Invalid persistent identifier scheme.")
    doi = _doi(value.get("doi"), f"{path}.doi", report, own_prefix)
    return {} if doi is None else {"doi": doi}


def _doi(value: object, path: str, report: Report, own_prefix: str) -> dict[str, Any] | None:
    if value is None or value == {}:
        return None
    if not isinstance(value, dict):
        report.add(path, WRONG_TYPE)
        return None
    for name in value:
        if name not in _MEMBERS:
            report.add(f"{path}.{name[:100]}", "Unknown field.", "unknown_field")
    provider = value.get("provider")
    if provider not in _PROVIDERS:
        message = MISSING if provider is None else f"Invalid value. Choose one of {list(_PROVIDERS)}."
        report.add(f"{path}.provider", message)
        return None
    given = value.get("identifier")
    text_given = _TEXT(given, f"{path}.identifier", report) if given is not None else ABSENT
    identifier = "" if text_given is ABSENT else str(text_given)
    if provider == "external":
        return _external(identifier, path, report, own_prefix)
    return _managed(identifier, value.get("client"), path, report)


def _external(identifier: str, path: str, report: Report, own_prefix: str) -> dict[str, Any]:
    """Kept even if it is wrong, so that the depositor is told again until they mend it."""
    normal = normalize("doi", identifier)
    if not identifier:
        report.add(path, "Missing DOI for required field.", "required")
    elif normal is None:
        report.add(path, "Invalid DOI. It looks like 10.1234/abc.")
    elif len(normal.lower()) > limits.DOI:
        report.add(path, f"Longer than maximum length {limits.DOI}.", "too_long")
    elif normal.partition("/")[0] == own_prefix:
        report.add(
            path,
            f"The prefix '{own_prefix}' is managed by this repository. Please supply an external DOI or leave it out"
            " to have a DOI generated for you.",
        )
    return {"identifier": normal or identifier, "provider": "external"}


def _managed(identifier: str, client: object, path: str, report: Report) -> dict[str, Any] | None:
    """One of ours, sent back; whether it is this record's own is not known here."""
    normal = normalize("doi", identifier)
    if normal is None:
        if identifier:
            report.add(path, "Invalid DOI. Leave it out to have one generated for you.")
        return None
    doi = {"identifier": normal, "provider": "datacite"}
    return {**doi, "client": client} if client == "datacite" else doi
