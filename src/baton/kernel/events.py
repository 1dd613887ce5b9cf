"""The base of every event: a frozen fact in the past tense, kept as a row of the outbox."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class Event:
    """A fact. Subclasses add fields of plain JSON types; the class name is what is stored as its kind."""

    kinds: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls) -> None:
        Event.kinds[cls.__name__] = cls

    @property
    def kind(self) -> str:
        """The name under which the event is stored."""
        return type(self).__name__

    def payload(self) -> dict[str, Any]:
        """The fields, as stored."""
        return asdict(self)

    @classmethod
    def load(cls, payload: dict[str, Any]) -> Self:
        """The event that `payload` was made from."""
        return cls(**payload)
