"""Who may see a record: its metadata, its files, and from when."""

from collections.abc import Collection
from datetime import date
from typing import Any

from baton.records.metadata import limits
from baton.records.metadata.dates import is_day
from baton.records.metadata.fields import ABSENT, WRONG_TYPE, Report, text

_LEVELS = ("public", "restricted")
_REASON = text(limits.PHRASE)


def access(value: object, path: str, report: Report, today: date) -> dict[str, Any]:
    """{record, files, embargo}; public if nothing is said. What cannot be understood closes rather than opens."""
    if value is not None and not isinstance(value, dict):
        report.add(path, WRONG_TYPE, "invalid_access")
        value = dict.fromkeys(("record", "files"), _LEVELS[1])
    given = value or {}
    _tell_unknown(given, ("record", "files", "embargo", "status"), path, report)
    record = _level(given, "record", path, report)
    files = _level(given, "files", path, report)
    if record == _LEVELS[1]:
        files = record
    embargo = _embargo(given.get("embargo"), f"{path}.embargo", report, today)
    if embargo["active"] and files == _LEVELS[0]:
        report.add(f"{path}.embargo.until", "An embargo needs restricted files; set access.files to 'restricted'.")
    return {"record": record, "files": files, "embargo": embargo}


def _level(given: dict[str, Any], name: str, path: str, report: Report) -> str:
    level = given.get(name)
    if level is None:
        return _LEVELS[0]
    if level in _LEVELS:
        return str(level)
    report.add(f"{path}.{name}", f"'{name}' must be either 'public' or 'restricted'", "invalid_access")
    return _LEVELS[1]


def _embargo(value: object, path: str, report: Report, today: date) -> dict[str, Any]:
    """{active, until, reason}, without `until` where there is none. Unless said, it is active until a day to come."""
    if value is not None and not isinstance(value, dict):
        report.add(path, WRONG_TYPE)
    given = value if isinstance(value, dict) else {}
    _tell_unknown(given, ("active", "until", "reason"), path, report)
    until = _until(given.get("until"), f"{path}.until", report)
    coming = until is not None and date.fromisoformat(until) > today
    active = given.get("active")
    if active is not None and not isinstance(active, bool):
        report.add(f"{path}.active", "Not a valid boolean.")
        active = None
    if active and not coming:
        report.add(f"{path}.until", "Embargo end date must be set to a future date.")
    if active is False and coming:
        report.add(f"{path}.until", "Embargo end date must be unset or in the past.")
    reason = _REASON(given["reason"], f"{path}.reason", report) if given.get("reason") is not None else ABSENT
    embargo = {"active": coming if active is None else active, "reason": None if reason is ABSENT else reason}
    return embargo if until is None else {**embargo, "until": until}


def _until(value: object, path: str, report: Report) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and is_day(value.strip()):
        return value.strip()
    report.add(path, "Not a valid date. Write it as YYYY-MM-DD.")
    return None


def _tell_unknown(given: dict[str, Any], known: Collection[str], path: str, report: Report) -> None:
    for name in given:
        if name not in known:
            report.add(f"{path}.{name[:100]}", "Unknown field.", "unknown_field")
