"""What can happen to a DOI before its record is published."""

from dataclasses import dataclass

from baton.kernel.events import Event


@dataclass(frozen=True, slots=True)
class DoiReserved(Event):
    """A draft was promised the DOI that it will be published under."""

    doi: str


@dataclass(frozen=True, slots=True)
class DoiReleased(Event):
    """A DOI that was only promised is free again."""

    doi: str
