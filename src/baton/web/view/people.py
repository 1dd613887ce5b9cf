"""Creators and contributors with their identifiers and numbered affiliations, as pages show them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baton.exports.people import name_of
from baton.exports.terms import title
from baton.exports.ui_json import people as numbered
from baton.identifiers.schemes import SCHEMES, url_for
from baton.web.view.words import Link

FEW = 15  # of more people than this, the rest is behind a click


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who made something: `links` are identifiers, `numbers` point into the list of affiliations."""

    name: str
    role: str
    orcid: str | None
    links: tuple[Link, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Affiliation:
    """An institution and the number that its people carry."""

    number: int
    name: str
    href: str | None


@dataclass(frozen=True, slots=True)
class People:
    """Everybody in one role, in the order in which they want to be cited."""

    persons: tuple[Person, ...]
    affiliations: tuple[Affiliation, ...]

    @property
    def first(self) -> tuple[Person, ...]:
        """Those who are seen at once."""
        return self.persons[:FEW]

    @property
    def rest(self) -> tuple[Person, ...]:
        """Those behind the click."""
        return self.persons[FEW:]


def people(role: str, persons: Sequence[Mapping[str, Any]]) -> People:
    """`role`: creators or contributors."""
    shown = numbered(role, persons)
    return People(
        tuple(_person(role, one) for one in shown[role]),
        tuple(
            Affiliation(number, name, url_for("ror", ror) if ror else None)
            for number, name, ror in shown["affiliations"]
        ),
    )


def _person(role: str, shown: Mapping[str, Any]) -> Person:
    who = shown.get("person_or_org") or {}
    links = []
    orcid = None
    for one in who.get("identifiers") or ():
        scheme, value = one.get("scheme", ""), str(one.get("identifier", ""))
        href = url_for(scheme, value)
        if scheme == "orcid" and href:
            orcid = href
        elif href:
            links.append(Link(SCHEMES[scheme].label, href))
    return Person(
        name_of(who),
        title(f"{role}roles", (shown.get("role") or {}).get("id", "")) or "",
        orcid,
        tuple(links),
        tuple(number for number, _name in shown.get("affiliations") or ()),
    )
