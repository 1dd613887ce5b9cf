"""schema.org in JSON-LD as metadata: what CodeMeta and RO-Crate say in its words, and whatever else uses them."""

from collections.abc import Iterator, Mapping
from typing import Any

from baton.imports.addresses import doi_of, identifier_at
from baton.imports.funding import award_of, funding_of
from baton.imports.graph import Graph, Thing, address_of, in_graph, short_named, types_of, word, words
from baton.imports.imported import Complaints, Imported, filled, imported
from baton.imports.kinds import kind_of_schema_org
from baton.imports.licences import known_licence, licence
from baton.imports.schema_org_people import people
from baton.imports.schema_org_places import features
from baton.imports.software import READ as CODE
from baton.imports.software import code_fields
from baton.imports.terms import term_called
from baton.imports.values import as_html, language, publication_date, text

# Member -> role.
ROLES = {
    "contributor": "other",
    "editor": "editor",
    "maintainer": "contactperson",
    "producer": "producer",
    "sponsor": "sponsor",
    "copyrightHolder": "rightsholder",
}
# Member -> relation.
RELATIONS = {
    "isPartOf": "ispartof",
    "hasPart": "haspart",
    "sameAs": "isidenticalto",
    "citation": "cites",
    "isBasedOn": "isderivedfrom",
}
_READ = """
@context @id @type @graph name headline description author creator publisher datePublished inLanguage version
softwareVersion license keywords temporalCoverage spatialCoverage funder funding identifier url
"""
# What speaks of the description and not of the work, and what follows from who may see it.
_SILENT = "dateModified dateCreated isAccessibleForFree sdDatePublished sdPublisher sdLicense conformsTo"
READ = frozenset([*_READ.split(), *_SILENT.split(), *ROLES, *RELATIONS])


def from_schema_org(document: Thing) -> Imported:
    """What a `CreativeWork` of any kind says."""
    complaints = Complaints()
    root = short_named(document)
    graph = in_graph(document, complaints)
    complaints.lose_others(root, READ | CODE | {"distribution"})
    kind = next(filter(None, map(kind_of_schema_org, types_of(root))), None)
    metadata = {
        "resource_type": {"id": kind} if kind else None,
        **shared(root, graph),
        "related_identifiers": [one for member in RELATIONS for one in related(root, member, graph)],
    }
    return imported(metadata, complaints, custom_fields=code_fields(root, graph), access=access(root), doi=doi(root))


def access(root: Thing) -> dict[str, str] | None:
    """What is not open to everybody stays closed until its depositor opens it."""
    return {"record": "public", "files": "restricted"} if root.get("isAccessibleForFree") is False else None


def shared(root: Thing, graph: Graph) -> dict[str, Any]:
    """What every document in schema.org's words may say."""
    creators = root.get("creator") or root.get("author")
    return {
        "title": word(root.get("name") or root.get("headline")),
        "description": as_html(word(root.get("description"))),
        "creators": people(creators, "creator" if root.get("creator") else "author", graph),
        "contributors": [
            {**one, "role": {"id": role}}
            for member, role in ROLES.items()
            for one in people(root.get(member), member, graph)
        ],
        "publisher": next((word(thing) for _at, thing in graph.found(root.get("publisher"), "publisher")), ""),
        "publication_date": publication_date(word(root.get("datePublished"))),
        "version": word(root.get("version") or root.get("softwareVersion")),
        "languages": _languages(root, graph),
        "rights": rights(root, graph),
        "subjects": [{"subject": keyword} for keyword in _keywords(root.get("keywords"))],
        "dates": [{"date": date, "type": {"id": "coverage"}} for date in words(root.get("temporalCoverage"))],
        "locations": filled({"features": features(root.get("spatialCoverage"), graph)}),
        "funding": [*_funders(root, graph), *_grants(root, graph)],
        "identifiers": _identifiers(root),
        "references": _references(root, graph),
    }


def doi(root: Thing) -> str:
    """The first DOI by which it is known."""
    return next(filter(None, map(doi_of, _names(root))), "")


def _names(root: Thing) -> list[str]:
    told = [*words(root.get("identifier")), text(root.get("@id")), *words(root.get("url"))]
    return list(dict.fromkeys(filter(None, told)))


def _identifiers(root: Thing) -> list[dict[str, str]]:
    own = doi(root)
    found = (identifier_at(name) for name in _names(root) if doi_of(name) != own or not own)
    return list({one["identifier"]: one for one in found if one}.values())


def _keywords(value: object) -> list[str]:
    """A list, or words with commas between them."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else words(value)


def _languages(root: Thing, graph: Graph) -> list[dict[str, str]]:
    found = []
    for at, thing in graph.found(root.get("inLanguage"), "inLanguage"):
        code, name = word(thing.get("alternateName")), word(thing.get("name") or thing.get("@id"))
        known = language(code) or language(name) or language(term_called("languages", name))
        if known:
            found.append(known)
        else:
            graph.complaints.lose(at, "This is no language that is known here.")
    return found


def rights(root: Thing, graph: Graph) -> list[dict[str, Any]]:
    """Licences by id or address; what no list has keeps its own words."""
    found = []
    for _at, thing in graph.found(root.get("license"), "license"):
        name, address = word(thing.get("name")), address_of(thing)
        known = known_licence(word(thing.get("identifier")))
        if known or name or address:
            found.append({"id": known} if known else licence(name or address, address))
    return found


def related(root: Thing, member: str, graph: Graph) -> Iterator[dict[str, Any]]:
    """What has an address, with the relation that the member stands for."""
    for _at, thing in graph.found(root.get(member), member):
        address = address_of(thing)
        identifier = identifier_at(address or text(thing.get("@id")) or word(thing.get("name")))
        if identifier:
            yield relation(identifier, RELATIONS.get(member, "other"), thing)
        elif member != "citation":
            graph.complaints.lose(_at, "Of related works a record keeps identifiers and addresses.")


def relation(identifier: Mapping[str, str], relation_type: str, thing: Thing) -> dict[str, Any]:
    """One related work."""
    kind = next((kind_of_schema_org(kind) for kind in types_of(thing) if kind != "CreativeWork"), None)
    resource_type = {"id": kind} if kind else None
    return filled({**identifier, "relation_type": {"id": relation_type}, "resource_type": resource_type})


def _references(root: Thing, graph: Graph) -> list[dict[str, str]]:
    """Cited works that are known by their words alone."""
    cited = (thing for _at, thing in graph.found(root.get("citation"), "citation"))
    told = (word(thing.get("name")) for thing in cited if not address_of(thing))
    return [{"reference": one} for one in told if one and not identifier_at(one)]


def _funders(root: Thing, graph: Graph) -> Iterator[dict[str, Any]]:
    for _at, thing in graph.found(root.get("funder"), "funder"):
        yield _funding(thing, {})


def _grants(root: Thing, graph: Graph) -> Iterator[dict[str, Any]]:
    for at, thing in graph.found(root.get("funding"), "funding"):
        award = award_of(
            number=word(thing.get("identifier")),
            title=word(thing.get("name")),
            acronym=word(thing.get("alternateName")),
            address=word(thing.get("url")),
        )
        funder = next((one for _at, one in graph.found(thing.get("funder"), f"{at}.funder")), {})
        yield _funding(funder, award)


def _funding(funder: Thing, award: Mapping[str, Any]) -> dict[str, Any]:
    return funding_of(word(funder.get("name")), address_of(funder), award)
