"""XML as text: one function for an element. What XML 1.0 cannot hold is left out (its production 2, `Char`)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NewType

Xml = NewType("Xml", str)
"""Markup; a plain `str` is text that has yet to be escaped."""

DECLARATION = Xml('<?xml version="1.0" encoding="UTF-8"?>\n')

_SPECIAL = re.compile('[\x00-\x1f&<>"\x7f-\x9f\ud800-\udfff\ufffe\uffff]')
# Control characters that XML may hold have no place in a text either; but line breaks and tabs stay what they are.
_WRITTEN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}


def escape(text: str) -> Xml:
    """The text for an element or an attribute in double quotes."""
    return Xml(_SPECIAL.sub(_write, text))


def _write(found: re.Match[str]) -> str:
    return _WRITTEN.get(found[0], "")


def element(
    name: str, content: str | Iterable[Xml | None] | None = None, attributes: Mapping[str, str | None] | None = None
) -> Xml:
    """One element around text, or around other elements; attributes and children that are `None` are left out."""
    given = "".join(f' {key}="{escape(value)}"' for key, value in (attributes or {}).items() if value is not None)
    inner = escape(content) if isinstance(content, str) else "".join(filter(None, content or ()))
    return Xml(f"<{name}{given}>{inner}</{name}>" if inner else f"<{name}{given}/>")


def wrapped(name: str, children: Iterable[Xml | None]) -> Xml | None:
    """The element around these, or nothing around nothing."""
    found = [child for child in children if child]
    return element(name, found) if found else None


def collection(documents: Sequence[str], namespace: str | None = None) -> str:
    """Several documents that begin with `DECLARATION` as one."""
    inside = [Xml(document.removeprefix(DECLARATION)) for document in documents]
    return DECLARATION + element("collection", inside, {"xmlns": namespace})
