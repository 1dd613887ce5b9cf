"""Dates as the index keeps them: days as integers like 20240131, moments as milliseconds since 1970.

Both have bounds, because `2024-01` is a month: the first and the last day or millisecond that it can mean. Integers
and not the engine's own dates, which end at the year 1677.
"""

import calendar
import re
from datetime import UTC, datetime, timedelta

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_TIMED = re.compile(r"\d{4}-\d\d-\d\dT\S+")
# Elasticsearch's date arithmetic, as clients of Zenodo send it: now, now-7d, now-1M/d.
_NOW = re.compile(r"now((?:[+-]\d{1,6}[yMwdhHms])*)(?:/[yMwdhHms])?")
_STEP = re.compile(r"([+-]\d+)([yMwdhHms])")
_LENGTHS = {"w": "weeks", "d": "days", "h": "hours", "H": "hours", "m": "minutes", "s": "seconds"}

Bounds = tuple[int, int]

EARLIEST, LATEST = 101, 99991231

# A moment as a sort key: its milliseconds, then this many bits that make it unique, all in 63 bits.
LOW_BITS = 21


def day_bounds(text: str) -> Bounds | None:
    """First and last day of an EDTF date or interval of level 0, also of a timestamp; `None` when it is neither."""
    start, slash, end = text.strip().partition("/")
    first = _one_day(start)
    if not slash:
        return first
    last = _one_day(end)
    low = first[0] if first else EARLIEST
    high = last[1] if last else LATEST
    is_interval = (first or start in {"", ".."}) and (last or end in {"", ".."}) and (first or last)
    return (low, high) if is_interval and low <= high else None


def _one_day(text: str) -> Bounds | None:
    if _TIMED.fullmatch(text):
        text = text[:10]
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    if year is None or not 1 <= (month or 1) <= 12 or not 1 <= (day or 1) <= 31:  # noqa: PLR2004
        return None
    return year * 10000 + (month or 1) * 100 + (day or 1), year * 10000 + (month or 12) * 100 + (day or 31)


def milliseconds(moment: datetime) -> int:
    """`moment` as the index keeps it."""
    return int(moment.timestamp() * 1000)


def moment_bounds(text: str, now: datetime) -> Bounds | None:
    """First and last millisecond of a year, month, day, timestamp or date arithmetic; `None` when it is none."""
    try:
        if text.startswith("now"):
            moment = shifted(text, now)
            return (milliseconds(moment), milliseconds(moment)) if moment else None
        if _TIMED.fullmatch(text):
            moment = datetime.fromisoformat(text)
            start = milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
            return start, start if "." in text else start + 999
        days = _one_day(text)
        if days is None:
            return None
        first, last = (_midnight(day) for day in days)
        return milliseconds(first), milliseconds(last + timedelta(days=1)) - 1
    except (ValueError, OverflowError):
        return None


def _midnight(day: int) -> datetime:
    year, month = day // 10000, day // 100 % 100
    return datetime(year, month, min(day % 100, calendar.monthrange(year, month)[1]), tzinfo=UTC)


def shifted(text: str, now: datetime) -> datetime | None:
    """The moment that `now-1M`, `now+2h` and the like mean; rounding (`/d`) is left out."""
    match = _NOW.fullmatch(text)
    if match is None:
        return None
    moment = now
    for amount, unit in _STEP.findall(match.group(1)):
        if unit in _LENGTHS:
            moment += timedelta(**{_LENGTHS[unit]: int(amount)})
            continue
        months = moment.year * 12 + moment.month - 1 + int(amount) * (12 if unit == "y" else 1)
        year, month = months // 12, months % 12 + 1
        moment = moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))
    return moment
