"""HTML that depositors write: only harmless tags stay."""

import nh3

from baton.records.metadata import limits
from baton.records.metadata.fields import ABSENT, Reader, Report, clean

_TAGS = """
a abbr acronym b blockquote br code col colgroup div em h1 h2 h3 h4 h5 i li ol p pre s span strike strong sub sup
table tbody td tfoot th thead tr u ul
"""
_DIRECTION = {"dir", "lang"}
_ATTRIBUTES = {
    "a": {"href", "title", "name"},
    "abbr": {"title", *_DIRECTION},
    "acronym": {"title", *_DIRECTION},
    "div": _DIRECTION,
    "p": _DIRECTION,
    "span": _DIRECTION,
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "col": {"span"},
    "colgroup": {"span"},
}
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS.split()),
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,  # no `target` is kept, so no page is opened that could reach back
)
_NEEDS_CLEANING = frozenset("<>&\r\xa0")


def html(least: int = 0) -> Reader:
    """A text with markup, kept clean. The length counts after cleaning."""

    def read(value: object, path: str, report: Report) -> object:
        if not isinstance(value, str):
            report.add(path, "Not a valid string.")
            return ABSENT
        report.tags += value.count("<")
        if len(value) > limits.HTML:
            report.add(path, f"Longer than maximum length {limits.HTML}.", "too_long")
            return ABSENT
        if report.tags > limits.TAGS:
            report.add(path, f"More than {limits.TAGS} tags; put tables and long texts into a file.", "too_long")
            return ABSENT
        cleaned = sanitize(value)
        if len(cleaned) > limits.HTML:
            report.add(path, f"Longer than maximum length {limits.HTML}.", "too_long")
            return ABSENT
        if len(cleaned) < least:
            report.add(path, f"Shorter than minimum length {least}.", "too_short")
            return ABSENT
        return cleaned or ABSENT

    return read


def sanitize(value: str) -> str:
    """The text without anything that a browser would run or load."""
    value = clean(value)
    if not _NEEDS_CLEANING.intersection(value):
        return value
    cleaned = _CLEANER.clean(value).strip()
    visible = clean(cleaned)
    # Character references may have hidden control characters; taking them out can put `java` and `script` together.
    return _CLEANER.clean(visible).strip() if visible != cleaned else cleaned
