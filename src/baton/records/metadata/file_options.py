"""What a depositor says about the list of files, beside the files themselves."""

from typing import Any

from baton.records.metadata import limits
from baton.records.metadata.fields import WRONG_TYPE, Report

_SHOWN = ("count", "total_bytes", "entries", "links")


def file_options(value: object, path: str, report: Report) -> dict[str, Any]:
    """{enabled, default_preview, order}. Keys of files are kept as they are; nothing is known here of which exist."""
    options: dict[str, Any] = {"enabled": True, "default_preview": None, "order": []}
    if value is None:
        return options
    if not isinstance(value, dict):
        report.add(path, WRONG_TYPE)
        return options
    for name, given in value.items():
        if name in _SHOWN or given is None:
            continue
        problem = _PROBLEMS[name](given) if name in _PROBLEMS else "Unknown field."
        if problem:
            report.add(f"{path}.{name[:100]}", problem)
        else:
            options[name] = given
    options["default_preview"] = options["default_preview"] or None
    return options


def _boolean_problem(value: object) -> str | None:
    return None if isinstance(value, bool) else "Not a valid boolean."


def _key_problem(value: object) -> str | None:
    if not isinstance(value, str):
        return "Not a valid string."
    # A name that could be stored nowhere is no file's key.
    fits = len(value) <= limits.FILE_KEY and (value.isprintable() or not any(_unstorable(each) for each in value))
    return None if fits else "Not the name of a file."


def _keys_problem(value: object) -> str | None:
    if not isinstance(value, list) or len(value) > limits.ITEMS:
        return "Not a valid list."
    return next((problem for each in value if (problem := _key_problem(each))), None)


def _unstorable(character: str) -> bool:
    return character < " " or "\ud800" <= character <= "\udfff"


_PROBLEMS = {"enabled": _boolean_problem, "default_preview": _key_problem, "order": _keys_problem}
