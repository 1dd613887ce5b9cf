"""A record as RO-Crate 1.1 metadata: schema.org, taken apart into one flat list of things that refer to each other.

The files of the crate are on the web, or lie beside the metadata in an archive of the whole record.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import orjson

from baton.exports.dates import parts
from baton.exports.links import PATH_SAFE, cited_at, file_links, files_url
from baton.exports.plain_text import plain_text
from baton.exports.schema_org import CONTEXT as SCHEMA_ORG
from baton.exports.schema_org import schema_org
from baton.exports.terms import in_english, prop, title
from baton.exports.view import View
from baton.files.entry import FileEntry
from baton.identifiers.schemes import url_for
from baton.records.record import Record

PROFILE = "https://w3id.org/ro/crate/1.1"
METADATA_FILE = "ro-crate-metadata.json"
# What the context of that version does not have of schema.org stands beside it.
CONTEXT = [f"{PROFILE}/context", {"sha256": "http://schema.org/sha256"}]
ROOT = "./"
NO_LICENCE = "No licence was given. Ask the creators before you use this work."
# What may stand unescaped in the path of a file in the archive: a colon would make a scheme of what is before it.
_SAFE_IN_ID = PATH_SAFE.replace(":", "")
Entity = dict[str, Any]


def ro_crate(record: Record, view: View) -> dict[str, Any]:
    """The metadata of a crate whose files are on the web."""
    addresses = files_url(record, view.base_url)
    given = record.files if view.may_read_files else ()
    files = [(file_links(entry, addresses)["content"], entry) for entry in given]
    # Each thing once, also when a related work is one of the record's own files.
    things = {one["@id"]: one for one in reversed(list(_things(record, view, files)))}
    return {"@context": CONTEXT, "@graph": [_about(), *reversed(things.values())]}


def crate_in_archive(record: Record, view: View) -> bytes:
    """The metadata file of an archive in which it lies beside all `record.files`."""
    files = [(quote(entry.key, safe=_SAFE_IN_ID), entry) for entry in record.files]
    things = _joined(_things(record, view, files))
    about = orjson.dumps(_about() | {"identifier": _seal(things)})
    return b'{"@context":%b,"@graph":[%b%b]}' % (orjson.dumps(CONTEXT), about, things)


def is_as_written(graph: Sequence[Any]) -> bool:
    """Whether these are the things of a `crate_in_archive` to the letter, and say no more than its record."""
    match graph:
        case [{"@id": name, "identifier": seal}, *things] if name == METADATA_FILE:
            return bool(seal == _seal(_joined(things)))
    return False


def _joined(things: Iterable[Any]) -> bytes:
    """Their JSON, each after a comma. One by one: an answer of orjson's takes 4 KB as long as it lives."""
    joined = bytearray()
    for thing in things:
        joined += b","
        joined += orjson.dumps(thing)
    return bytes(joined)


def _seal(things: bytes) -> str:
    """What changes with any of the things."""
    return f"sha256:{hashlib.sha256(things).hexdigest()}"


def _about() -> Entity:
    """What the metadata file says of itself."""
    return {"@id": METADATA_FILE, "@type": "CreativeWork", "conformsTo": {"@id": PROFILE}, "about": {"@id": ROOT}}


def _things(record: Record, view: View, files: Iterable[tuple[str, FileEntry]]) -> Iterator[Entity]:
    """The root, the files at these addresses, and what it refers to."""
    graph = _Graph()
    complete = [(address, entry) for address, entry in files if entry.size is not None]
    root = _root(replace(record, files=()), view)
    root["hasPart"] = [{"@id": address} for address, _entry in complete]
    yield {name: graph.flattened(value) for name, value in root.items() if value not in (None, "", [], {})}
    for address, entry in complete:
        yield _file(entry, address)
    yield from graph.entities.values()


def _root(record: Record, view: View) -> Entity:
    metadata = record.metadata
    shared = schema_org(record, view)
    kind = (metadata.get("resource_type") or {}).get("id")
    related = [{"@type": "CreativeWork", **one} for one in shared.pop("hasPart", ())]
    published = (metadata.get("publication_date") or "").partition("/")[0]
    own = {
        "@id": ROOT,
        "@type": "Dataset",
        "identifier": cited_at(record, view.base_url),
        "name": record.title or "Untitled",
        "description": plain_text(metadata.get("description") or "") or record.title or "Untitled",
        "datePublished": published if parts(published) else record.updated_at.date().isoformat(),
        "license": list(_licences(metadata)) or NO_LICENCE,
        "additionalType": kind,
        "mentions": related,
    }
    left_out = {"@context", "author", "distribution", *own}
    return own | {name: value for name, value in shared.items() if name not in left_out}


def _licences(metadata: Mapping[str, Any]) -> Iterator[Entity]:
    for right in metadata.get("rights") or ():
        licence = right.get("id")
        address = prop("licenses", licence, "url") if licence else url_for("url", right.get("link") or "")
        name = (title("licenses", licence) or licence) if licence else in_english(right.get("title"))
        if address or name:
            identified = {"@id": address} if address else {}
            yield {**identified, "@type": "CreativeWork", "name": name or address, "identifier": licence}


def _file(entry: FileEntry, address: str) -> Entity:
    return {
        "@id": address,
        "@type": "File",
        "name": entry.key,
        "contentSize": str(entry.size),
        "encodingFormat": entry.mimetype,
        "sha256": entry.sha256,
    }


class _Graph:
    """The things that the root refers to, each once."""

    def __init__(self) -> None:
        self.entities: dict[str, Entity] = {}

    def flattened(self, value: Any) -> Any:  # noqa: ANN401  any JSON-LD
        """The value with references in the place of the things in it; alone, a value stands without a list."""
        if isinstance(value, list):
            flat = [self.flattened(one) for one in value]
            return flat[0] if len(flat) == 1 else flat
        if not isinstance(value, dict) or value.keys() == {"@id"}:
            return value
        entity = {
            name: self.flattened(one) for name, one in value.items() if one not in (None, "", [], {}) and name != "@id"
        }
        entity["@type"] = _bare(entity["@type"])
        address = value.get("@id") or self._local(entity)
        self.entities.setdefault(address, {"@id": address, **entity})
        return {"@id": address}

    def _local(self, entity: Entity) -> str:
        """An id within the crate: the same for the same organisation, so that it stands there once."""
        named = f"#{entity['@type']}-{quote(str(entity.get('name', '')), safe='')}"
        standing = self.entities.get(named)
        if standing is None or {"@id": named, **entity} == standing:
            return named
        return f"#{entity['@type']}/{len(self.entities)}"


def _bare(kind: str) -> str:
    return kind.removeprefix(f"{SCHEMA_ORG}/")
