"""Custom fields, read from `custom_fields.json`: a kind's name, an object of kinds, or one of them in a list."""

import json
from collections.abc import Iterator
from importlib import resources
from math import isfinite

from baton.identifiers.schemes import is_valid
from baton.records.metadata import dates, limits
from baton.records.metadata.fields import ABSENT, NULL, WRONG_TYPE, Reader, Report, listing, tested, text, thing
from baton.records.metadata.identifiers import WORK, identified
from baton.records.metadata.references import reference
from baton.records.metadata.schema import URL

_Kind = str | list["_Kind"] | dict[str, "_Kind"]

_MOST_INTEGER = 2**63 - 1


def _number(value: object, path: str, report: Report) -> object:
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        number = None
    if number is None or not isfinite(number):
        report.add(path, "Not a valid number.")
        return ABSENT
    return number


def _integer(value: object, path: str, report: Report) -> object:
    try:
        number = int(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
    except ValueError:
        number = None
    if number is None or abs(number) > _MOST_INTEGER:
        report.add(path, "Not a valid integer.")
        return ABSENT
    return number


def _identifier_text(scheme: str, message: str) -> Reader:
    return tested(text(limits.IDENTIFIER), lambda value: is_valid(scheme, value), message)


_KINDS: dict[str, Reader] = {
    "text": text(limits.CUSTOM_TEXT),
    "url": URL,
    "isbn": _identifier_text("isbn", "Please provide a valid ISBN."),
    "issn": _identifier_text("issn", "Please provide a valid ISSN."),
    "identifier": identified(WORK),
    "day": tested(text(limits.DATE), dates.is_day, "Not a valid date. Write it as YYYY-MM-DD."),
    "date": tested(text(limits.DATE), dates.is_date_or_interval, "Please provide a valid date or interval."),
    "edtf": tested(text(limits.DATE), dates.is_edtf, "Please provide a valid date or interval."),
    "number": _number,
    "integer": _integer,
}


def _reader(kind: _Kind) -> Reader:
    if isinstance(kind, list):
        return listing(_reader(kind[0]))
    if isinstance(kind, dict):
        return thing({name: _reader(each) for name, each in kind.items()})
    return reference(kind.removeprefix(_TERM)) if kind.startswith(_TERM) else _KINDS[kind]


def _vocabularies(fields: dict[str, _Kind]) -> Iterator[tuple[str, str]]:
    for name, kind in fields.items():
        inner = kind[0] if isinstance(kind, list) else kind
        if isinstance(inner, str) and inner.startswith(_TERM):
            yield name, inner.removeprefix(_TERM)


_TERM = "term "
_FIELDS: dict[str, _Kind] = json.loads(resources.files(__package__).joinpath("custom_fields.json").read_text("utf-8"))
_READERS = {name: _reader(kind) for name, kind in _FIELDS.items()}

VOCABULARIES = dict(_vocabularies(_FIELDS))
"""Which of the fields refer to a vocabulary, and to which."""


def custom_fields(value: object, path: str, report: Report) -> dict[str, object]:
    """The configured fields of `value`; others are passed over in silence, as an instance may have fewer of them."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        report.add(path, WRONG_TYPE)
        return {}
    kept = {}
    for name, given in value.items():
        reader = _READERS.get(name)
        if reader is None:
            continue
        if given is None:
            report.add(f"{path}.{name}", NULL, "null")
        elif (got := reader(given, f"{path}.{name}", report)) is not ABSENT:
            kept[name] = got
    return kept
