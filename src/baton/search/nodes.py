"""A query as a small typed tree over the engine's own fields: what `query` makes and every backend compiles.

Values are final: words are folded and split, numbers and dates are integers, names are those of `documents`. Nodes are
immutable and can be compared, so that a whole request can be the key of a cache.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Everything:
    """Every document."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No document: a known field with a value that it cannot have."""


@dataclass(frozen=True, slots=True)
class All:
    """Every part matches."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part matches."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not match."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Boost:
    """The part, counting `factor` times as much for relevance."""

    part: "Node"
    factor: float


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a text field, one after the other with at most `slop` moves between them."""

    field: str
    words: tuple[str, ...]
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Exact:
    """A keyword field has one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A word or keyword that fits; `analysis.ANY` and `analysis.ONE` are the wildcards."""

    field: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A word that differs in at most `distance` letters (1 or 2)."""

    field: str
    word: str
    distance: int


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `low` to `high`, both included; `None` is no bound."""

    field: str
    low: int | None
    high: int | None


Node: TypeAlias = Everything | Nothing | All | Some | Not | Boost | Words | Exact | Pattern | Fuzzy | Between


def all_of(parts: list[Node]) -> Node:
    """Every one of `parts`, written as simply as it can be."""
    needed = [part for part in dict.fromkeys(parts) if not isinstance(part, Everything)]
    if any(isinstance(part, Nothing) for part in needed):
        return Nothing()
    if not needed:
        return Everything()
    return needed[0] if len(needed) == 1 else All(tuple(needed))


def some_of(parts: list[Node]) -> Node:
    """At least one of `parts`, written as simply as it can be."""
    possible = [part for part in dict.fromkeys(parts) if not isinstance(part, Nothing)]
    if not possible:
        return Nothing()
    return possible[0] if len(possible) == 1 else Some(tuple(possible))
