"""What a registrar is told of a DOI and what it answers: plain data, and the Protocol of whoever registers DOIs.

Without a registrar DOIs resolve on this instance only, at `/doi/{doi}`.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import orjson


class DoiState(StrEnum):
    """How far a DOI is known to the world; the words are DataCite's."""

    DRAFT = "draft"  # kept for us, resolves nowhere
    REGISTERED = "registered"  # resolves, and is found in no search
    FINDABLE = "findable"


@dataclass(frozen=True, slots=True)
class Entry:
    """All that the registrar is to know of a DOI at present. `attributes`: the metadata as DataCite names them."""

    doi: str
    state: DoiState
    url: str
    attributes: Mapping[str, Any]

    def digest(self, registrar: str) -> str:
        """The same for the same entry at the same registrar."""
        said = [registrar, self.doi, self.state, self.url, self.attributes]
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(frozen=True, slots=True)
class Held:
    """What the registrar has of a DOI now, as far as it is compared."""

    doi: str
    state: str
    url: str
    title: str


class Registrar(Protocol):
    """Makes DOIs known. Every call bears being repeated; all raise `outbox.Away` and `outbox.Refused`."""

    @property
    def name(self) -> str:
        """Which registrar it is: to move to another one is to tell it everything."""

    @property
    def takes_drafts(self) -> bool:
        """Whether it is told of DOIs that are only reserved."""

    def put(self, entry: Entry) -> DoiState:
        """Bring what the registrar has of this DOI to `entry`, whatever it was; returns the state that it has now."""

    def forget(self, doi: str) -> None:
        """Take back a DOI that has never been more than a draft."""

    def pages(self, prefix: str) -> Iterator[Sequence[Held]]:
        """Every DOI that the registrar has of ours under `prefix`, page by page."""
