"""RO-Crate metadata, of any version, as the body of a draft: https://www.researchobject.org/ro-crate."""

from typing import Any

from baton.exports.ro_crate import METADATA_FILE, NO_LICENCE
from baton.imports.addresses import identifier_at
from baton.imports.errors import UnreadableDocument
from baton.imports.graph import Graph, Thing, address_of, in_graph, types_of, word
from baton.imports.imported import Complaints, Imported, imported
from baton.imports.schema_org import READ, RELATIONS, access, doi, related, relation, shared
from baton.imports.values import listed, text
from baton.vocabularies.builtin import find

# Version 1.0 called the file so.
_NAMES = (METADATA_FILE, "ro-crate-metadata.jsonld")


def from_ro_crate(document: Thing) -> Imported:
    """What the crate says of itself; its files are no metadata."""
    complaints = Complaints()
    graph = in_graph(document, complaints)
    root = root_of(graph)
    complaints.lose_others(root, READ | {"hasPart", "mentions", "additionalType", "mainEntity"})
    # A crate needs a description: where there is none, its name stands there.
    description = "" if root.get("description") == root.get("name") else root.get("description")
    metadata = {
        "resource_type": {"id": _kind(root)},
        **shared({**root, "license": _licences(root), "description": description}, graph),
        "related_identifiers": [
            *(one for member in RELATIONS if member != "hasPart" for one in related(root, member, graph)),
            *_mentions(root, graph),
        ],
    }
    return imported(metadata, complaints, access=access(root), doi=doi(root))


def root_of(graph: Graph) -> Thing:
    """The crate's root dataset, which the metadata file is about. Raises `UnreadableDocument`."""
    files = (thing for name, thing in graph.things.items() if name.rpartition("/")[2] in _NAMES)
    about = (text(one.get("@id")) for thing in files for one in listed(thing.get("about")) if isinstance(one, dict))
    root = next((graph.things[name] for name in about if name in graph.things), None) or graph.things.get("./")
    if root is None:
        raise UnreadableDocument(
            f"The document is no RO-Crate: its @graph needs {METADATA_FILE}, and the root dataset that it is `about`."
        )
    return root


def is_ro_crate(document: Thing) -> bool:
    """Whether JSON-LD is that of a crate."""
    things = (one for one in listed(document.get("@graph")) if isinstance(one, dict))
    return any(text(one.get("@id")).rpartition("/")[2] in _NAMES for one in things)


def _kind(root: Thing) -> str:
    """What the crate calls itself by our own words, else software or a dataset."""
    told = find("resourcetypes", word(root.get("additionalType")))
    if told is not None:
        return told.id
    return "software" if "SoftwareSourceCode" in types_of(root) else "dataset"


def _licences(root: Thing) -> list[Any]:
    return [one for one in listed(root.get("license")) if one != NO_LICENCE]


def _mentions(root: Thing, graph: Graph) -> list[dict[str, Any]]:
    """Parts elsewhere; a crate's `hasPart` is for what lies within."""
    found = ((identifier_at(address_of(thing)), thing) for _at, thing in graph.found(root.get("mentions"), "mentions"))
    return [relation(identifier, "haspart", thing) for identifier, thing in found if identifier]
