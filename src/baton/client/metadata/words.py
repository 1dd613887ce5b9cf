"""Small values that several forms of metadata share."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from baton.vocabularies.legacy import licence_of_legacy

_SPDX = re.compile(r"https?://(?:www\.)?spdx\.org/licenses/([^/#]+?)(?:\.html|\.json)?/?")


def text(value: Any) -> str:  # noqa: ANN401  any JSON or YAML value
    """A word, a number or a date as text; nothing for anything else."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def listed(value: Any) -> list[Any]:  # noqa: ANN401  any JSON or YAML value
    """A list; one thing counts as a list of it."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def licences(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401  any JSON or YAML value
    """Licences by SPDX id or address; one that no list has keeps its own words."""
    return [licence(name) for one in listed(value) if (name := _licence_name(one))]


def licence(name: str) -> dict[str, Any]:
    """One licence by its id, in any case, or its address at SPDX."""
    found = _SPDX.fullmatch(name)
    known = licence_of_legacy(found[1] if found else name)
    if known:
        return {"id": known}
    return {"title": {"en": name}, **({"link": name} if name.startswith(("http://", "https://")) else {})}


def _licence_name(value: Any) -> str:  # noqa: ANN401  any JSON or YAML value
    if isinstance(value, Mapping):
        return text(value.get("@id") or value.get("id") or value.get("url") or value.get("name"))
    return text(value)
