"""People and organisations in schema.org's words."""

from typing import Any

from baton.identifiers.schemes import normalize
from baton.imports.graph import Graph, Thing, address_of, types_of, word, words
from baton.imports.imported import filled
from baton.imports.people import identified, named, organisation, person
from baton.imports.values import text

ORGANISATIONS = {"Organization", "ResearchOrganization", "CollegeOrUniversity", "Corporation", "Project", "Consortium"}
_READ = """
@id @type name givenName familyName affiliation identifier url sameAs memberOf worksFor honorificPrefix contactPoint
"""
READ = frozenset(_READ.split())


def people(value: object, path: str, graph: Graph) -> list[dict[str, Any]]:
    """Everybody whom a member names."""
    return [_person(thing, at, graph) for at, thing in graph.found(value, path) if _has_name(thing, at, graph)]


def _has_name(thing: Thing, at: str, graph: Graph) -> bool:
    """Whether there is a name, or an identifier by which one can be found."""
    if any(word(thing.get(name)) for name in ("name", "givenName", "familyName")) or identified(
        [text(thing.get("@id"))]
    ):
        return True
    graph.complaints.lose(at, "Nobody is named here.")
    return False


def _person(thing: Thing, at: str, graph: Graph) -> dict[str, Any]:
    graph.complaints.lose_others(thing, READ, at)
    name, given, family = (word(thing.get(member)) for member in ("name", "givenName", "familyName"))
    told = [text(thing.get("@id")), *words(thing.get("identifier")), *words(thing.get("sameAs"))]
    identifiers = identified(told)
    if not ORGANISATIONS.isdisjoint(types_of(thing)):
        found = organisation(name or family, identifiers=identifiers)
    elif family or given:
        found = person(family, given, identifiers=identifiers)
    else:
        found = named(name, identifiers=identifiers)
    employers = thing.get("affiliation") or thing.get("worksFor") or thing.get("memberOf")
    affiliations = [_affiliation(one) for _at, one in graph.found(employers, at)]
    return filled({**found, "affiliations": [one for one in affiliations if one]})


def _affiliation(thing: Thing) -> dict[str, Any]:
    address = address_of(thing)
    return filled({"id": normalize("ror", address), "name": word(thing.get("name")) or address})
