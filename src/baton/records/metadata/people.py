"""Creators and contributors."""

from collections import Counter
from typing import Any

from baton.records.metadata import limits
from baton.records.metadata.fields import Reader, Report, choice, listing, text, thing
from baton.records.metadata.identifiers import PERSON, one_per_scheme
from baton.records.metadata.references import named, reference

_TYPES = ("organizational", "personal")
_WRONG_TYPE = "Invalid value. Choose one of ['organizational', 'personal']."


def people(roles: str, *, role_required: bool) -> Reader:
    """A list of people and organisations with roles of the vocabulary `roles` and where they work."""
    members = {
        "person_or_org": _person_or_org(),
        "role": reference(roles),
        "affiliations": listing(named("affiliations", "name"), _no_duplicates),
    }
    return listing(thing(members, required=("person_or_org", "role") if role_required else ("person_or_org",)))


def _person_or_org() -> Reader:
    members = {
        "type": choice(_TYPES, _WRONG_TYPE),
        "name": text(limits.NAME),
        "given_name": text(limits.NAME),
        "family_name": text(limits.NAME),
        "identifiers": one_per_scheme(PERSON),
    }
    return thing(members, {"type": _WRONG_TYPE}, finish=_settle_names)


def _settle_names(kept: dict[str, Any], path: str, report: Report) -> None:
    """People are shown as "Family, Given", organisations have no such parts."""
    match kept.get("type"):
        case "personal" if "family_name" in kept:
            kept["name"] = ", ".join(kept[part] for part in ("family_name", "given_name") if part in kept)
        case "personal":
            report.add(f"{path}.family_name", "Family name cannot be blank.", "required")
        case "organizational":
            kept.pop("family_name", None)
            kept.pop("given_name", None)
            if "name" not in kept:
                report.add(f"{path}.name", "Name cannot be blank.", "required")


def _no_duplicates(kept: list[Any], path: str, report: Report) -> None:
    names = [each.get("name", each.get("id")) for each in kept]
    if len(set(names)) < len(names):
        twice = [str(name) for name, times in Counter(names).items() if times > 1]
        report.add(path, f"Duplicated affiliations: {', '.join(twice)}", "duplicate")
