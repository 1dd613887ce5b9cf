"""What administrators have settled about quotas."""

from dataclasses import dataclass

from baton.kernel.events import Event


@dataclass(frozen=True, slots=True)
class RecordQuotaSet(Event):
    """The versions of a work may hold another amount than before."""

    work_id: int


@dataclass(frozen=True, slots=True)
class UserQuotaSet(Event):
    """The records of a person may hold another amount than before."""

    user_id: int
