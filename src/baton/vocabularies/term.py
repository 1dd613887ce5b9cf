"""A term of a controlled vocabulary, as the rest of the program sees it, and what is not one. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a vocabulary.

    `title` and `description` are {language: text}. `props` holds whatever else the vocabulary's wire shape has (see
    `shape`). `weight` orders suggestions that match equally well: the greater, the better known; below zero means
    withdrawn, shown last. The moments are those of imported terms; built-in ones have none.
    """

    vocabulary: str
    id: str
    title: Mapping[str, str]
    props: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    icon: str = ""
    description: Mapping[str, str] = field(default_factory=dict)
    weight: int = 0
    revision: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def label(self) -> str:
        """The title in English, or in the first language that there is."""
        return self.title.get("en") or next(iter(self.title.values()), self.id)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a dump that no term could be made of; `line` counts from 1: lines of a text, items of a JSON array."""

    line: int
    reason: str
