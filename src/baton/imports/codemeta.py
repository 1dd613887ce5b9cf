"""CodeMeta 2 and 3 as the body of a draft: https://codemeta.github.io."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from baton.identifiers.schemes import url_for
from baton.imports.addresses import doi_of, identifier_at
from baton.imports.funding import funding_of
from baton.imports.graph import Graph, Thing, address_of, in_graph, short_named, types_of, word, words
from baton.imports.imported import Complaints, Imported, filled, imported
from baton.imports.kinds import kind_of_schema_org
from baton.imports.schema_org import READ as SCHEMA_ORG
from baton.imports.schema_org import RELATIONS, access, doi, related, shared
from baton.imports.software import READ as CODE
from baton.imports.software import code_fields
from baton.records.metadata.dates import is_day

READ = SCHEMA_ORG | CODE | {"referencePublication", "relatedLink", "embargoDate", "embargoEndDate"}
SOFTWARE = {"SoftwareSourceCode", "SoftwareApplication"}
_NUMBERS = re.compile(r"[\w./-]+(?:\s*;\s*[\w./-]+)*")


def from_codemeta(document: Thing) -> Imported:
    """What the file says; a DOI in it names the software as a whole, or a version that is published already."""
    complaints = Complaints()
    graph = in_graph(document, complaints)
    root = next((one for one in graph.things.values() if SOFTWARE & {*types_of(one)}), None) or short_named(document)
    complaints.lose_others(root, READ)
    own = doi(root)
    if own:
        complaints.lose(
            "identifier",
            f"A draft gets a DOI of its own. If {own} is the DOI of this very version, give it as the draft's own.",
        )
    known = shared({**root, "funding": None, "funder": None}, graph)
    metadata = {
        "resource_type": {"id": _kind(root)},
        **known,
        "identifiers": [one for one in known["identifiers"] if not doi_of(one["identifier"])],
        "related_identifiers": _related(root, graph),
        "funding": _funding(root, graph),
    }
    return imported(metadata, complaints, custom_fields=code_fields(root, graph), access=_access(root))


def _kind(root: Thing) -> str:
    kinds = types_of(root)
    told = next(filter(None, map(kind_of_schema_org, kinds)), None)
    return told if told and SOFTWARE.isdisjoint(kinds) else "software"


def _related(root: Thing, graph: Graph) -> list[dict[str, Any]]:
    """In the order of `relatedLink`, which has every related work once more; its own member says how it is related."""
    waiting: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for member in RELATIONS:
        for one in related(root, member, graph):
            waiting[_address(one)].append(one)
    found = [_related_by(waiting, name) for name in words(root.get("relatedLink"))]
    found += [one for others in waiting.values() for one in others]
    found += [
        {**identifier, "relation_type": {"id": "isdescribedby"}}
        for _at, thing in graph.found(root.get("referencePublication"), "referencePublication")
        if (identifier := identifier_at(address_of(thing) or word(thing)))
    ]
    return [one for one in found if one]


def _address(one: Mapping[str, Any]) -> str:
    return url_for(one["scheme"], one["identifier"]) or one["identifier"]


def _related_by(waiting: Mapping[str, list[dict[str, Any]]], name: str) -> dict[str, Any]:
    if waiting.get(name):
        return waiting[name].pop(0)
    identifier = identifier_at(name)
    return {**identifier, "relation_type": {"id": "other"}} if identifier else {}


def _funding(root: Thing, graph: Graph) -> list[dict[str, Any]]:
    """Funders; numbers of grants where there is one funder whose they can be."""
    funders = [thing for _at, thing in graph.found(root.get("funder"), "funder")]
    given = word(root.get("funding"))
    numbers = re.split(r"\s*;\s*", given) if _NUMBERS.fullmatch(given) else [given] if given else []
    if numbers and len(funders) != 1:
        graph.complaints.lose("funding", "Of several funders, or none, nobody can say whose grant this is.")
        numbers = []
    awards: list[dict[str, Any]] = [{"number": number} for number in numbers] or [{}]
    return [
        filled(funding_of(word(funder.get("name")), address_of(funder), award))
        for funder in funders
        for award in awards
    ]


def _access(root: Thing) -> dict[str, Any] | None:
    until = word(root.get("embargoEndDate") or root.get("embargoDate"))
    if not is_day(until):
        return access(root)
    return {"record": "public", "files": "restricted", "embargo": {"active": True, "until": until}}
