"""The time. The only module that asks the system for it, so that tests and drills can set it."""

from datetime import UTC, date, datetime

_frozen: datetime | None = None


def now() -> datetime:
    """The current moment in UTC, or the moment that `freeze` set."""
    return _frozen or real()


def real() -> datetime:
    """The current moment in UTC, whatever `freeze` set: for what other processes must understand."""
    return datetime.now(UTC)


def today() -> date:
    """The current day in UTC; embargoes end and publications are dated by it."""
    return now().date()


def freeze(moment: datetime | None) -> None:
    """Let the clock of this process stand at `moment` (which must know its zone); `None` lets it run again."""
    global _frozen  # noqa: PLW0603  the clock is the one thing in a process that is rightly global
    if moment is not None and moment.tzinfo is None:
        message = "a moment needs a time zone"
        raise ValueError(message)
    _frozen = moment
