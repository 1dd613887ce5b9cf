"""Readers: small functions that take a value of any JSON type and give what can be kept of it, telling what is wrong.

A reader never raises. It returns `ABSENT` when nothing can be kept. Readers are made by the functions below and put
together in tables (`schema`).
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from baton.kernel.errors import FieldError
from baton.records.metadata import limits
from baton.vocabularies.term import Term

ABSENT: Final = object()

MISSING = "Missing data for required field."
NULL = "Field may not be null."
WRONG_TYPE = "Invalid input type."

# Control characters but tab and line breaks, zero-width blanks, halves of surrogate pairs and non-characters: invisible
# to readers, and refused by databases or by XML.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\ufeff\ud800-\udfff\ufffe\uffff]")


class Report:
    """What the readers of one body share: the terms it may refer to and the errors found so far."""

    __slots__ = ("errors", "tags", "terms")

    def __init__(self, terms: Mapping[tuple[str, str], Term]) -> None:
        self.terms = terms
        self.errors: list[FieldError] = []
        self.tags = 0

    def add(self, field: str, message: str, code: str = "invalid") -> None:
        """Tell the depositor, unless they have been told more than anybody reads."""
        if len(self.errors) < limits.ERRORS:
            # The depositor's own keys are part of the path; it goes out as JSON.
            self.errors.append(FieldError(field if field.isprintable() else clean(field), message, code))


Reader = Callable[[object, str, Report], object]
Finish = Callable[[dict[str, Any], str, Report], None]
FinishList = Callable[[list[Any], str, Report], None]


def clean(value: str) -> str:
    """Without blanks around it and without characters that nobody can see or store."""
    return value.strip() if value.isprintable() else _UNWANTED.sub("", value).strip()


def text(most: int, least: int = 0, blank: str | None = None) -> Reader:
    """One text of `least` to `most` characters. An empty one counts as absent, or is told by `blank`."""

    def read(value: object, path: str, report: Report) -> object:
        if not isinstance(value, str):
            report.add(path, "Not a valid string.")
            return ABSENT
        if len(value) > most:
            report.add(path, f"Longer than maximum length {most}.", "too_long")
            return ABSENT
        cleaned = clean(value)
        if len(cleaned) < least:
            report.add(path, f"Shorter than minimum length {least}.", "too_short")
            return ABSENT
        if not cleaned and blank:
            report.add(path, blank, "blank")
        return cleaned or ABSENT

    return read


def tested(reader: Reader, holds: Callable[[str], bool], message: str) -> Reader:
    """A text that must pass a test to be kept."""

    def read(value: object, path: str, report: Report) -> object:
        kept = reader(value, path, report)
        if isinstance(kept, str) and not holds(kept):
            report.add(path, message)
            return ABSENT
        return kept

    return read


def choice(options: Sequence[str], message: str) -> Reader:
    """One of a few words."""

    def read(value: object, path: str, report: Report) -> object:
        if isinstance(value, str) and value in options:
            return value
        report.add(path, message)
        return ABSENT

    return read


def listing(item: Reader, finish: FinishList | None = None) -> Reader:
    """A list of things; an empty one counts as absent. `finish` tells what is wrong between the items."""

    def read(value: object, path: str, report: Report) -> object:
        if not isinstance(value, list):
            report.add(path, "Not a valid list.")
            return ABSENT
        if len(value) > limits.ITEMS:
            report.add(path, f"Longer than maximum length {limits.ITEMS}.", "too_long")
        kept = []
        for index, each in enumerate(value[: limits.ITEMS]):
            if each is None:
                report.add(f"{path}.{index}", NULL, "null")
            elif (got := item(each, f"{path}.{index}", report)) is not ABSENT:
                kept.append(got)
        if finish is not None and len(kept) > 1:
            finish(kept, path, report)
        return kept or ABSENT

    return read


def thing(
    members: Mapping[str, Reader],
    required: Collection[str] | Mapping[str, str] = (),
    shown: Collection[str] = (),
    finish: Finish | None = None,
) -> Reader:
    """An object with these members. Members that are only `shown` to readers may be sent back and are not stored.

    `required` may say with which message. `finish` completes what was kept and tells what is wrong between members;
    what it leaves empty counts as absent.
    """
    messages = required if isinstance(required, Mapping) else dict.fromkeys(required, MISSING)

    def read(value: object, path: str, report: Report) -> object:
        if not isinstance(value, dict):
            report.add(path, WRONG_TYPE)
            return ABSENT
        kept: dict[str, Any] = {}
        told = set()
        for name, given in value.items():
            before = len(report.errors)
            if (got := _member(members.get(name), name in shown, given, f"{path}.{name[:100]}", report)) is not ABSENT:
                kept[name] = got
            if len(report.errors) > before:
                told.add(name)
        for name, message in messages.items():
            if name not in kept and name not in told:
                report.add(f"{path}.{name}", message, "required")
        if finish is not None:
            finish(kept, path, report)
        return kept or ABSENT

    return read


def _member(reader: Reader | None, shown: bool, given: object, path: str, report: Report) -> object:
    if reader is not None and given is not None:
        return reader(given, path, report)
    if reader is not None:
        report.add(path, NULL, "null")
    elif not shown:
        report.add(path, "Unknown field.", "unknown_field")
    return ABSENT


def translations(most: int) -> Reader:
    """A text in one or more languages: {"en": "Text"}."""
    each = text(most)

    def read(value: object, path: str, report: Report) -> object:
        if not isinstance(value, dict):
            report.add(path, 'Not a valid mapping of language codes to texts, such as {"en": "Text"}.')
            return ABSENT
        if len(value) > limits.TRANSLATIONS:
            report.add(path, f"Longer than maximum length {limits.TRANSLATIONS}.", "too_long")
            return ABSENT
        kept = {}
        for language, given in value.items():
            if _LANGUAGE.fullmatch(language) is None:
                report.add(path, "Not a valid locale.")
            elif (got := each(given, f"{path}.{language}", report)) is not ABSENT:
                kept[language] = got
        return kept or ABSENT

    return read


_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})?", re.ASCII)
