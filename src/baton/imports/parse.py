"""Bytes that anybody may have sent, as data: bounded in time, memory and depth, and nothing is ever fetched."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

import orjson
import yaml
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from baton.imports.errors import UnreadableDocument
from baton.imports.values import text

BOM = b"\xef\xbb\xbf"
DEEPEST = 100
MOST_NODES = 400_000  # elements of XML, events of YAML: ten thousand people with everything that can be said of them


def parse_text(data: bytes) -> str:
    """A text in UTF-8."""
    try:
        return data.removeprefix(BOM).decode()
    except UnicodeDecodeError as error:
        raise UnreadableDocument(f"The document is not in UTF-8: {error.reason} at byte {error.start}.") from None


def parse_json(data: bytes) -> dict[str, Any]:
    """A JSON object."""
    try:
        found = orjson.loads(data.removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        raise UnreadableDocument(f"The document is not valid JSON: {error}.") from None
    if not isinstance(found, dict):
        raise UnreadableDocument("The document is valid JSON, but no object.")
    _check_depth(found)
    return found


def _check_depth(found: Any) -> None:  # noqa: ANN401  any JSON
    level = [found]
    for _depth in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise UnreadableDocument(f"The document is nested more than {DEEPEST} levels deep.")


def _inside(value: object) -> list[Any]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [inner for inner in inside if isinstance(inner, (dict, list))]


def parse_yaml(data: bytes) -> dict[str, Any]:
    """A mapping in YAML, of texts, lists and mappings: `1.10` is a version and no number, `no` is a word."""
    return _mapping(data, yaml.CBaseLoader)


def parse_typed_yaml(data: bytes) -> dict[str, Any]:
    """A mapping in YAML as JSON could hold it: numbers are numbers; dates, which few people quote, are texts."""
    return {str(name): _as_json(value) for name, value in _mapping(data, yaml.CSafeLoader).items()}


def _as_json(value: Any) -> Any:  # noqa: ANN401  any YAML value
    if isinstance(value, dict):
        return {str(name): _as_json(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_json(inner) for inner in value]
    if isinstance(value, (date, bytes, set)):
        return text(value)
    return value


def _mapping(data: bytes, loader: type[yaml.CBaseLoader | yaml.CSafeLoader]) -> dict[Any, Any]:
    source = parse_text(data)
    try:
        _check_yaml(source)
        # Both loaders make plain values only.
        found = yaml.load(source, Loader=loader)  # noqa: S506
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableDocument(f"The document is not valid YAML: {' '.join(str(error).split())[:300]}") from None
    if not isinstance(found, dict):
        raise UnreadableDocument("The document is valid YAML, but no mapping of names to values.")
    return found


def _check_yaml(source: str) -> None:
    """Before anything is made of it: a few lines of aliases can stand for more than all memory holds."""
    depth = 0
    for number, event in enumerate(yaml.parse(source, Loader=yaml.CBaseLoader)):
        if isinstance(event, yaml.AliasEvent):
            raise UnreadableDocument("The document has YAML aliases (`*name`). Write out what they stand for.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise UnreadableDocument(f"The document is nested more than {DEEPEST} levels deep.")
        if number > MOST_NODES:
            raise UnreadableDocument(f"The document has more than {MOST_NODES:,} parts; that describes no single work.")


def parse_xml(data: bytes) -> Element:
    """The root element. A document with a type declaration is refused: entities come with one."""
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException:
        raise UnreadableDocument("The document has a <!DOCTYPE>. Send it without: entities are not read.") from None
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableDocument(f"The document is not well-formed XML: {error}.") from None
    return root


class _Bounded(TreeBuilder):
    """Builds the tree as long as it is neither too deep nor too large."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._number = 0

    def start(self, tag: Any, attrs: Mapping[Any, Any], /) -> Element:  # noqa: ANN401  as in the base class
        self._depth += 1
        self._number += 1
        if self._depth > DEEPEST:
            raise UnreadableDocument(f"The document is nested more than {DEEPEST} levels deep.")
        if self._number > MOST_NODES:
            raise UnreadableDocument(
                f"The document has more than {MOST_NODES:,} elements; that describes no single work."
            )
        return super().start(tag, dict(attrs))

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)
