"""Every format of which a draft can be made; their names and media types are those of `exports.formats`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from baton.exports.formats import FORMATS as EXPORTED
from baton.imports.bibtex import from_bibtex
from baton.imports.bibtex_entry import parse_bibtex
from baton.imports.cff import from_cff
from baton.imports.codemeta import from_codemeta
from baton.imports.datacite import from_datacite
from baton.imports.datacite_xml import from_datacite_xml
from baton.imports.errors import UnknownDocument
from baton.imports.imported import Imported
from baton.imports.parse import parse_json, parse_xml, parse_yaml
from baton.imports.ro_crate import from_ro_crate, is_ro_crate
from baton.imports.schema_org import from_schema_org
from baton.imports.zenodo import from_zenodo


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which others describe a work."""

    title: str
    media_types: tuple[str, ...]  # the first is the format's own
    read: Callable[[bytes], Imported]  # raises `UnreadableDocument`


def _same(name: str, read: Callable[[bytes], Imported], *also: str) -> Format:
    """The format that goes out under this name, read under its media types and `also` others."""
    given = EXPORTED[name]
    kinds = given.accepted_as or (given.media_type.partition(";")[0],)
    return Format(given.title, (*kinds, *also), read)


def from_json_ld(document: dict[str, Any]) -> Imported:
    """What calls itself by no more than the name of all JSON-LD."""
    if is_ro_crate(document):
        return from_ro_crate(document)
    return (from_codemeta if "codemeta" in str(document.get("@context")) else from_schema_org)(document)


FORMATS = {
    "zenodo": _same("zenodo", lambda data: from_zenodo(parse_json(data))),
    "json-ld": _same("json-ld", lambda data: from_json_ld(parse_json(data))),
    "datacite-json": _same("datacite-json", lambda data: from_datacite(parse_json(data))),
    "datacite-xml": _same(
        "datacite-xml", lambda data: from_datacite_xml(parse_xml(data)), "application/xml", "text/xml"
    ),
    "bibtex": _same("bibtex", lambda data: from_bibtex(parse_bibtex(data)), "text/x-bibtex"),
    "cff": _same("cff", lambda data: from_cff(parse_yaml(data)), "text/yaml", "text/x-yaml"),
    "codemeta": _same("codemeta", lambda data: from_codemeta(parse_json(data))),
    "ro-crate": _same("ro-crate", lambda data: from_ro_crate(parse_json(data))),
}
# JSON-LD of every kind has one name: `json-ld` finds out which it is.
_BY_MEDIA_TYPE = {kind: form for form in reversed(FORMATS.values()) for kind in form.media_types}
MEDIA_TYPES = tuple(reversed(_BY_MEDIA_TYPE))
CRATE = "application/zip"  # a whole RO-Crate: no document, but a draft with files (see `crates`)


def by_media_type(content_type: str) -> Format:
    """The format that a `Content-Type` names. Raises `UnknownDocument`.

    Profiles do not count: they are written in many ways, and every kind of JSON-LD shows by itself which it is.
    """
    kind = content_type.partition(";")[0].strip().lower()
    found = _BY_MEDIA_TYPE.get(kind)
    if found is None:
        raise UnknownDocument(kind, (*MEDIA_TYPES, CRATE))
    return found
