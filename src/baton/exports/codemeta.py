"""A record as CodeMeta 2.0: what software says about itself in `codemeta.json`."""

from collections.abc import Mapping
from typing import Any

from baton.exports.links import file_links, files_url
from baton.exports.plain_text import plain_text
from baton.exports.schema_org import CONTEXT as SCHEMA_ORG
from baton.exports.schema_org import schema_org
from baton.exports.terms import title
from baton.exports.view import View
from baton.identifiers.schemes import url_for
from baton.records.record import Record

CONTEXT = "https://doi.org/10.5063/schema/codemeta-2.0"
# What CodeMeta knows by its bare name; other types of schema.org need the prefix.
BARE_TYPES = {"SoftwareSourceCode", "SoftwareApplication"}
# What is the same there and in schema.org.
_SHARED = """
@id identifier url name author contributor publisher datePublished dateCreated dateModified version license keywords
isPartOf hasPart sameAs isAccessibleForFree
"""
SHARED = tuple(_SHARED.split())
STATUS = "https://www.repostatus.org/#{}"


def codemeta(record: Record, view: View) -> dict[str, Any]:
    """One JSON-LD object; members without content are absent."""
    shared = schema_org(record, view)
    custom_fields = record.body["custom_fields"]
    kind = shared["@type"].removeprefix(f"{SCHEMA_ORG}/")
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": kind if kind in BARE_TYPES else f"schema:{kind}",
        **{name: _plain(shared[name]) for name in SHARED if name in shared},
        "description": plain_text(record.metadata.get("description") or ""),
        "codeRepository": custom_fields.get("code:codeRepository"),
        "programmingLanguage": [
            title("code:programmingLanguages", one["id"]) or one["id"]
            for one in custom_fields.get("code:programmingLanguage") or ()
        ],
        "developmentStatus": _status(custom_fields.get("code:developmentStatus") or {}),
        "funder": _funders(record),
        "funding": "; ".join(_awards(record)),
        "citation": [one["@id"] for one in shared.get("citation") or ()],
        **_related(record),
    }
    if record.embargo_until is not None:
        found["embargoEndDate"] = record.embargo_until.isoformat()
    if view.may_read_files:
        files = files_url(record, view.base_url)
        found["downloadUrl"] = [file_links(one, files)["content"] for one in record.files if one.size is not None]
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def _plain(value: Any) -> Any:  # noqa: ANN401  any JSON-LD
    """Types by the names that CodeMeta has for them."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        kind = value.get("@type")
        known = {"Person", "Organization", *BARE_TYPES}
        typed = {"@type": kind if kind in known else f"schema:{kind}"} if kind else {}
        return {**{name: _plain(one) for name, one in value.items()}, **typed}
    return value


def _status(reference: Mapping[str, Any]) -> str | None:
    return STATUS.format(reference["id"]) if reference.get("id") else None


def _funders(record: Record) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in record.metadata.get("funding") or ():
        funder = one.get("funder") or {}
        name = funder.get("name") or funder.get("id")
        if name:
            address = url_for("ror", funder.get("id") or "")
            identified = {"@id": address} if address else {}
            found.setdefault(name, {"@type": "Organization", **identified, "name": name})
    return list(found.values())


def _awards(record: Record) -> list[str]:
    awards = (one.get("award") or {} for one in record.metadata.get("funding") or ())
    return [str(number) for award in awards if (number := award.get("number") or award.get("id"))]


def _related(record: Record) -> dict[str, list[str]]:
    """The article that introduces the software, and what else belongs to it."""
    found: dict[str, list[str]] = {}
    for one in record.metadata.get("related_identifiers") or ():
        address = url_for(one.get("scheme", ""), one.get("identifier", ""))
        if address:
            kind = (one.get("relation_type") or {}).get("id")
            name = "referencePublication" if kind in {"isdescribedby", "isdocumentedby"} else "relatedLink"
            found.setdefault(name, []).append(address)
    return found
