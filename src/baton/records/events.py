"""What can happen to a record."""

from dataclasses import dataclass

from baton.kernel.events import Event


@dataclass(frozen=True, slots=True)
class DraftSaved(Event):
    """A draft was made or changed."""

    record_id: int


@dataclass(frozen=True, slots=True)
class DraftDiscarded(Event):
    """An open draft was thrown away; the version itself too if it was never published."""

    record_id: int


@dataclass(frozen=True, slots=True)
class RecordPublished(Event):
    """A version became public, or its changed metadata did. `replaced_id` was the newest version before."""

    record_id: int
    work_id: int
    revision: int
    replaced_id: int | None


@dataclass(frozen=True, slots=True)
class EmbargoLifted(Event):
    """The day came on which the record's files were to be open."""

    record_id: int
    work_id: int
