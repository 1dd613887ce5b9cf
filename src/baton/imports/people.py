"""People and organisations as the RDM dialect writes them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from baton.imports.addresses import identifier_at
from baton.imports.imported import Complaints, filled
from baton.records.metadata.identifiers import PERSON

_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])/?")


def person(
    family: str, given: str = "", *, identifiers: Sequence[Mapping[str, str]] = (), affiliations: Sequence[str] = ()
) -> dict[str, Any]:
    """A person, and where they work by name."""
    who = {"type": "personal", "family_name": family, "given_name": given, "identifiers": list(identifiers)}
    return _creator(who, affiliations)


def organisation(
    name: str, *, identifiers: Sequence[Mapping[str, str]] = (), affiliations: Sequence[str] = ()
) -> dict[str, Any]:
    """An organisation."""
    return _creator({"type": "organizational", "name": name, "identifiers": list(identifiers)}, affiliations)


def named(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  as `person` takes
    """A person by one text: `Family, Given`, or a name whose parts nobody has told apart, which stays whole."""
    family, comma, given = (part.strip() for part in name.partition(","))
    return person(family, given, **more) if comma and family and given else person(name, **more)


def from_text(text: str) -> dict[str, Any]:
    """`Family, Given; ORCID; Affiliation`, of which only the first must be there; without a comma, an organisation."""
    name, *rest = (part.strip() for part in text.split(";"))
    # One whose digits are wrong goes along, for the repository to tell.
    orcids = [(part, found[1].upper()) for part in rest if (found := _ORCID.fullmatch(part))][:1]
    identifiers = [{"scheme": "orcid", "identifier": orcid} for _part, orcid in orcids]
    affiliations = [part for part in rest if part and part not in dict(orcids)]
    family, comma, given = (part.strip() for part in name.partition(","))
    if not comma:
        return organisation(name, affiliations=affiliations)
    return person(family, given, identifiers=identifiers, affiliations=affiliations)


def identified(values: Iterable[str], path: str = "", complaints: Complaints | None = None) -> list[dict[str, str]]:
    """The identifiers among these addresses, one of each scheme; what identifies nobody is told."""
    found: dict[str, dict[str, str]] = {}
    for value in values:
        identifier = identifier_at(value, PERSON) if value else None
        if identifier:
            found.setdefault(identifier["scheme"], identifier)
        elif value and complaints is not None:
            complaints.lose(path, f"{value[:100]!r} is no identifier of a person or organisation that is known here.")
    return list(found.values())


def _creator(who: Mapping[str, Any], affiliations: Sequence[str]) -> dict[str, Any]:
    names = dict.fromkeys(name for name in affiliations if name)
    return filled({"person_or_org": filled(who), "affiliations": [{"name": name} for name in names]})
