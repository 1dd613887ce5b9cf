"""Tiny dumps in the formats of their publishers, and a few imported terms."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from baton.kernel.db import Database
from baton.vocabularies.commands import Counts, import_terms
from baton.vocabularies.importers import IMPORTERS
from baton.vocabularies.term import BadRow, Term


def organisation(ror: str, name: str, **members: Any) -> dict[str, Any]:
    """An organisation as ROR's schema 2 has it; `acronym`, `aliases` and `fundref` are put where they belong."""
    names: list[dict[str, Any]] = [{"lang": "en", "types": ["ror_display", "label"], "value": name}]
    names += [{"lang": None, "types": ["acronym"], "value": text} for text in members.pop("acronyms", ())]
    names += [{"lang": "fr", "types": ["alias"], "value": text} for text in members.pop("aliases", ())]
    fundref = members.pop("fundref", [])
    external = [{"type": "grid", "all": ["grid.1.2"], "preferred": "grid.1.2"}]
    external += [{"type": "fundref", "all": fundref, "preferred": fundref[0]}] if fundref else []
    place = {"country_code": "CH", "country_name": "Switzerland", "name": "Geneva", "lat": 46.2, "lng": 6.1}
    return {
        "id": f"https://ror.org/{ror}",
        "names": names,
        "types": ["facility"],
        "status": "active",
        "locations": [{"geonames_id": 2660646, "geonames_details": place}],
        "external_ids": external,
        "links": [{"type": "website", "value": "https://home.example"}],
        "domains": ["home.example"],
        "relationships": [],
        **members,
    }


CERN = organisation("01ggx4157", "European Organization for Nuclear Research", acronyms=["CERN"], aliases=["Conseil"])
DFG = organisation(
    "018mejw64", "Deutsche Forschungsgemeinschaft", acronyms=["DFG"], fundref=["501100001659", "501100000266"]
)
SNSF = organisation("00yjd3n13", "Swiss National Science Foundation", types=["funder", "government"])


def write_json(path: Path, rows: Iterable[Any]) -> Path:
    path.write_text(json.dumps(list(rows), indent=2), encoding="utf-8")
    return path


def write_zip(path: Path, members: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def write_tar(path: Path, members: Mapping[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def json_lines(rows: Iterable[Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content)


def read(vocabulary: str, path: Path) -> tuple[list[Term], list[BadRow]]:
    """What an importer makes of a dump."""
    found = list(IMPORTERS[vocabulary](path))
    return [row for row in found if isinstance(row, Term)], [row for row in found if isinstance(row, BadRow)]


def affiliation(term_id: str, name: str, *, weight: int = 0, **props: Any) -> Term:
    return Term("affiliations", term_id, {"en": name}, {"name": name, **props}, weight=weight)


def store(database: Database, *found: Term) -> Counts:
    """Import terms of one vocabulary."""
    return import_terms(database, found[0].vocabulary, found)
