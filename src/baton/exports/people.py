"""The names of creators and contributors, as each format writes them. `person` is a `person_or_org` object."""

from collections.abc import Mapping
from typing import Any


def name_of(person: Mapping[str, Any]) -> str:
    """`Family, Given` for persons, the whole name for organisations; empty when nothing is given yet."""
    name = person.get("name")
    if name:
        return str(name)
    parts = (person.get("family_name"), person.get("given_name"))
    return ", ".join(part for part in parts if part)


def initialled(person: Mapping[str, Any]) -> str:
    """`Family, G. H.`, as reference lists have it; hyphens in given names stay."""
    family, given = person.get("family_name"), person.get("given_name")
    if person.get("type") == "organizational" or not (family and given):
        return name_of(person)
    initials = " ".join(letters for word in given.split() if (letters := _initials(word)))
    return f"{family}, {initials}" if initials else str(family)


def _initials(word: str) -> str:
    return "-".join(f"{part[0]}." for part in word.split("-") if part)


def identifiers_of(person: Mapping[str, Any]) -> dict[str, str]:
    """The person's identifiers by scheme, without the prefixes that some schemes are written with."""
    return {
        one["scheme"]: str(one["identifier"]).removeprefix(f"{one['scheme']}:")
        for one in person.get("identifiers") or ()
        if one.get("scheme") and one.get("identifier")
    }
