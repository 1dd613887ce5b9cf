"""Every format of which a draft can be made; their names and media types are those of `exports.formats`."""

from collections.abc import Callable
from dataclasses import dataclass

from baton.exports.formats import FORMATS as EXPORTED
from baton.imports.datacite import from_datacite
from baton.imports.datacite_xml import from_datacite_xml
from baton.imports.errors import UnknownDocument
from baton.imports.imported import Imported
from baton.imports.parse import parse_json, parse_xml


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


FORMATS = {
    "datacite-json": _same("datacite-json", lambda data: from_datacite(parse_json(data))),
    "datacite-xml": _same(
        "datacite-xml", lambda data: from_datacite_xml(parse_xml(data)), "application/xml", "text/xml"
    ),
}
_BY_MEDIA_TYPE = {kind: form for form in FORMATS.values() for kind in form.media_types}
MEDIA_TYPES = tuple(_BY_MEDIA_TYPE)


def by_media_type(content_type: str) -> Format:
    """The format that a `Content-Type` names; its arguments do not count. Raises `UnknownDocument`."""
    kind = content_type.partition(";")[0].strip().lower()
    found = _BY_MEDIA_TYPE.get(kind)
    if found is None:
        raise UnknownDocument(kind, MEDIA_TYPES)
    return found
