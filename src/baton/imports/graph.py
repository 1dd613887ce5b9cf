"""JSON-LD without its algebra: things that refer to each other by `@id`. Contexts are never fetched."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from baton.imports.errors import UnreadableDocument
from baton.imports.imported import Complaints
from baton.imports.values import listed, text
from baton.records.metadata import limits

Thing = Mapping[str, Any]

# What stands before a name that a context would have shortened.
_ALIASES = {"id": "@id", "type": "@type"}  # as CodeMeta 3 has them
_PREFIXES = ("schema:", "codemeta:", "https://schema.org/", "http://schema.org/")


# One thing may stand in many places, and refer to many: a short document can mean more than could ever be read.
MOST_FOLLOWED = 400_000


@dataclass(slots=True)
class Graph:
    """The things of a document by their ids, and what of them is lost."""

    complaints: Complaints
    things: Mapping[str, Thing]
    followed: int = 0

    def found(self, value: object, path: str) -> Iterator[tuple[str, Thing]]:
        """The things that a value stands for, each with its path; a text is a thing with that name.

        Raises `UnreadableDocument` when there are too many in all.
        """
        items = listed(value)
        if len(items) > limits.ITEMS:
            self.complaints.lose(path, f"Only the first {limits.ITEMS:,} were taken.")
        self.followed += len(items)
        if self.followed > MOST_FOLLOWED:
            raise UnreadableDocument("The things of this document refer to each other too often to be read.")
        for at, item in enumerate(items[: limits.ITEMS]):
            thing = self._thing(item)
            if thing:
                yield (f"{path}.{at}" if isinstance(value, list) else path), thing

    def _thing(self, item: object) -> Thing:
        if not isinstance(item, Mapping):
            return {"name": text(item)} if text(item) else {}
        if item.keys() == {"@list"}:
            return self._thing(next(iter(listed(item["@list"])), None))
        if "@value" in item:
            return {"name": text(item["@value"])} if text(item["@value"]) else {}
        return self.things.get(text(item.get("@id")), item) if len(item) == 1 else item


def in_graph(document: Thing, complaints: Complaints) -> Graph:
    """The document's things. Of two with one id the first counts."""
    things: dict[str, Thing] = {}
    for one in listed(document.get("@graph")):
        if isinstance(one, Mapping) and text(one.get("@id")):
            things.setdefault(text(one["@id"]), short_named(one))
    return Graph(complaints, things)


def short_named(thing: Thing) -> dict[str, Any]:
    """The thing, and what is written inside it, with the short names that contexts give to members."""
    return {_ALIASES.get(name) or _short(str(name)): _inside(value) for name, value in thing.items()}


def _inside(value: Any) -> Any:  # noqa: ANN401  any JSON
    if isinstance(value, Mapping):
        return short_named(value)
    return [_inside(one) for one in value] if isinstance(value, list) else value


def _short(name: str) -> str:
    return next((name.removeprefix(prefix) for prefix in _PREFIXES if name.startswith(prefix)), name)


def types_of(thing: Thing) -> list[str]:
    """What kind of thing it says it is, by short names."""
    return [_short(text(kind)) for kind in listed(thing.get("@type")) if text(kind)]


def word(value: object) -> str:
    """A text, or what is the text of an object."""
    if isinstance(value, list):
        return next(filter(None, map(word, value)), "")
    if isinstance(value, Mapping):
        return next(filter(None, (text(value.get(name)) for name in ("@value", "name", "@id", "value"))), "")
    return text(value)


def words(value: object) -> list[str]:
    """The texts in a value."""
    return [found for one in listed(value) if (found := word(one))]


def address_of(thing: Thing) -> str:
    """The web address that a thing is known by, or that stands in its place."""
    told = (text(thing.get("@id")), word(thing.get("url")), word(thing.get("identifier")), text(thing.get("name")))
    return next((one for one in told if one.startswith(("https://", "http://"))), "")
