"""Dates of the protocol: UTC, in days or in seconds."""

import re
from datetime import UTC, datetime

from baton.oai.errors import BadArgument

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def written(moment: datetime) -> str:
    """As in `2024-05-31T09:30:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)  # years before 1000 lose their zeros


def bounds(begin: str | None, end: str | None) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment that `from` and `until` mean; both are included. Raises `BadArgument`."""
    if begin and end and len(begin) != len(end):
        raise BadArgument("`from` and `until` have different granularities.")
    first = _read("from", begin) if begin else None
    last = _read("until", end) if end else None
    if last is not None and end is not None:
        last = last.replace(microsecond=999_999)
        if _DAY.fullmatch(end):
            last = last.replace(hour=23, minute=59, second=59)
    if first is not None and last is not None and first > last:
        raise BadArgument("`from` is later than `until`.")
    return first, last


def _read(name: str, text: str) -> datetime:
    try:
        if _DAY.fullmatch(text) or _SECOND.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        pass
    raise BadArgument(f"`{name}` is no date such as 2024-05-31 or 2024-05-31T09:30:00Z.")
