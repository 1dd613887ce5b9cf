"""Licences by id, by name or by address."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from baton.identifiers.schemes import url_for
from baton.imports.imported import filled
from baton.imports.values import listed, text
from baton.vocabularies.builtin import vocabulary
from baton.vocabularies.legacy import licence_of_legacy

_SPDX = re.compile(r"https?://(?:www\.)?spdx\.org/licenses/([^/#]+?)(?:\.html|\.json)?/?")
_CHOICE = re.compile(r"\s+(?:OR|AND)\s+")
# What stands behind the address of a licence for readers of another language, or for the law.
_VIEW = re.compile(r"/(?:legalcode|deed)(?:\.[a-z_-]+)?$", re.IGNORECASE)


def licences(value: object) -> list[dict[str, Any]]:
    """Licences by SPDX id, expression or address; one that no list has keeps its own words."""
    return [licence(name) for one in listed(value) for name in _names(one)]


def licence(name: str, link: str = "") -> dict[str, Any]:
    """One licence by its id, in any case, its address, or its name beside the address `link`."""
    known = known_licence(name) or known_licence(link)
    if known:
        return {"id": known}
    address = link if url_for("url", link) else name if url_for("url", name) else ""
    return filled({"title": {"en": name or link}, "link": address})


def known_licence(name: str) -> str | None:
    """The id of a licence in the vocabulary."""
    if not name:
        return None
    spdx = _SPDX.fullmatch(name)
    return licence_of_legacy(spdx[1] if spdx else name) or _by_address().get(_folded(name))


def _names(value: object) -> list[str]:
    if isinstance(value, Mapping):
        told = (text(value.get(name)) for name in ("identifier", "@id", "id", "url", "name"))
        return [next((name for name in told if name), "")]
    given = text(value)
    parts = _CHOICE.split(given)
    return parts if len(parts) > 1 and all(map(known_licence, parts)) else [given] if given else []


@cache
def _by_address() -> dict[str, str]:
    known = vocabulary("licenses")
    terms = known.terms if known else ()
    # The better known wins where two have one address.
    return {
        _folded(str(term.props["url"])): term.id
        for term in sorted(terms, key=lambda term: term.weight)
        if term.props.get("url")
    }


def _folded(address: str) -> str:
    plain = _VIEW.sub("", address.strip().rstrip("/")).rstrip("/")
    return plain.removeprefix("https://").removeprefix("http://").removeprefix("www.").lower()
