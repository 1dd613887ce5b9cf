"""HTML descriptions as plain text."""

import html
import re

import nh3

# Where a browser would begin a new line; without it "<p>One.</p><p>Two.</p>" would read "One.Two.".
_BLOCK_END = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6]|/blockquote|/pre)\b[^>]{0,100}>", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


def plain_text(markup: str, limit: int | None = None) -> str:
    """The words of `markup` in one line, cut at a word's end after `limit` characters if need be."""
    spaced = _BLOCK_END.sub(" ", markup)
    text = _BLANKS.sub(" ", html.unescape(nh3.clean(spaced, tags=set()))).strip()
    if limit is None or len(text) <= limit:
        return text
    return f"{text[:limit].rsplit(' ', 1)[0]}…"


_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str) -> str:
    """The text without line breaks and control characters, for formats that end a value at the end of its line."""
    return _CONTROLS.sub(" ", text).strip()
