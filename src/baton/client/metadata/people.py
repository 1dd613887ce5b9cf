"""People and organisations as the RDM dialect writes them."""

import re
from collections.abc import Sequence
from typing import Any

_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])/?")


def person(
    family: str, given: str = "", *, orcid: str | None = None, affiliations: Sequence[str] = ()
) -> dict[str, Any]:
    """A person; what is no ORCID is left out."""
    return _creator({"type": "personal", "family_name": family, "given_name": given}, orcid, affiliations)


def organisation(name: str) -> dict[str, Any]:
    """An organisation."""
    return _creator({"type": "organizational", "name": name}, None, ())


def from_text(text: str) -> dict[str, Any]:
    """`Family, Given; ORCID; Affiliation`, of which only the first must be there; without a comma, an organisation."""
    name, *rest = (part.strip() for part in text.split(";"))
    orcid = next((part for part in rest if _ORCID.fullmatch(part)), None)
    affiliations = [part for part in rest if part and part != orcid]
    family, comma, given = (part.strip() for part in name.partition(","))
    if not comma:
        return {**organisation(name), **({"affiliations": [{"name": one} for one in affiliations]} if rest else {})}
    return person(family, given, orcid=orcid, affiliations=affiliations)


def _creator(who: dict[str, Any], orcid: str | None, affiliations: Sequence[str]) -> dict[str, Any]:
    found = _ORCID.fullmatch((orcid or "").strip())
    if found:
        who["identifiers"] = [{"scheme": "orcid", "identifier": found[1].upper()}]
    creator: dict[str, Any] = {"person_or_org": {name: value for name, value in who.items() if value}}
    if affiliations:
        creator["affiliations"] = [{"name": name} for name in affiliations]
    return creator
