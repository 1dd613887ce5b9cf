"""What is found out about stored bytes."""

from dataclasses import dataclass

from baton.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ContentFoundBad(Event):
    """A content is damaged or lost, and no other copy has helped so far."""

    sha256: str
    state: str  # damaged | lost


@dataclass(frozen=True, slots=True)
class ContentHealed(Event):
    """A content was damaged or lost, and is whole again."""

    sha256: str
    state: str  # what it was
