"""People with an ORCID iD: ORCID's public summaries (XML in a tar), and simple tables (CSV, JSON lines)."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree as ET

from baton.kernel.libraries import library
from baton.vocabularies.importers.rows import Unusable, present, ror_of, terms_of, text_of
from baton.vocabularies.importers.sources import LONGEST, OnBytes, Read, csv_rows, json_lines, streams
from baton.vocabularies.term import BadRow, Term

_TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
_SEPARATORS = re.compile(r"[;|]")


def names(path: Path, on_bytes: OnBytes) -> Iterator[Term | BadRow]:
    """Everybody who shows a name."""
    for name, stream in streams(path, on_bytes, _is_wanted):
        where = "" if name == path.name else name
        if name.endswith(".xml"):
            yield from terms_of(_whole(stream), _of_xml, where)
        elif name.endswith(_TABLES):
            yield from terms_of(csv_rows(stream), _of_row, where)
        else:
            yield from terms_of(json_lines(stream), _of_row, where)


def _is_wanted(name: str) -> bool:
    return name.endswith((".xml", ".jsonl", ".jsonl.gz", *_TABLES))


def _whole(stream: IO[bytes]) -> Iterator[Read]:
    content = stream.read(LONGEST + 1)
    yield BadRow(1, "the file is too long for a person's summary") if len(content) > LONGEST else (1, content)


def _of_xml(content: bytes) -> Term | None:
    try:
        record = ET.fromstring(content)  # noqa: S314  expat itself bounds what entities grow to
    except ET.ParseError as error:
        raise Unusable(f"not XML: {error}") from error
    orcid = _inside(record, "orcid-identifier/path")
    given = _inside(record, "person/name/given-names")
    family = _inside(record, "person/name/family-name")
    credit = _inside(record, "person/name/credit-name")
    if not given and not family and not credit:
        return None
    return _term(orcid, given=given, family=family, name=credit, affiliations=list(_employers(record)))


def _employers(record: ET.Element) -> Iterator[dict[str, str]]:
    """Where the person works now."""
    for job in record.iterfind(_path("activities-summary/employments/affiliation-group/employment-summary")):
        name = _inside(job, "organization/name")
        if not name or job.find(_path("end-date")) is not None:
            continue
        disambiguated = "organization/disambiguated-organization/"
        source = _inside(job, f"{disambiguated}disambiguation-source")
        ror = ror_of(_inside(job, f"{disambiguated}disambiguated-organization-identifier")) if source == "ROR" else None
        yield {"id": ror, "name": name} if ror else {"name": name}


def _inside(element: ET.Element, path: str) -> str:
    return (element.findtext(_path(path)) or "").strip()


def _path(path: str) -> str:
    """ORCID's namespaces change with its versions, its names do not."""
    return "/".join(f"{{*}}{name}" for name in path.split("/"))


def _of_row(row: Mapping[str, Any]) -> Term:
    stated = row.get("identifiers") or []
    orcid = next((known["identifier"] for known in stated if known.get("scheme") == "orcid"), "")
    return _term(
        orcid or text_of(row, "orcid", "id"),
        given=text_of(row, "given_name", "given_names", "given-names"),
        family=text_of(row, "family_name", "family-name"),
        name=text_of(row, "name", "credit_name"),
        affiliations=_affiliations(row.get("affiliations") or row.get("affiliation") or []),
    )


def _affiliations(stated: str | list[Any]) -> list[dict[str, str]]:
    parts = _SEPARATORS.split(stated) if isinstance(stated, str) else stated
    return [{"name": part.strip()} if isinstance(part, str) else part for part in parts if part]


def _term(orcid: str, *, given: str, family: str, name: str, affiliations: list[dict[str, str]]) -> Term:
    bare = orcid.rstrip("/").rsplit("/", 1)[-1].upper()
    if not library("idutils").is_orcid(bare):
        raise Unusable(f"{orcid!r} is not an ORCID iD")
    if given and family:
        name = f"{family}, {given}"
    full = name or family or given
    props = present(
        name=full,
        given_name=given,
        family_name=family,
        identifiers=[{"scheme": "orcid", "identifier": bare}],
        affiliations=[known for number, known in enumerate(affiliations) if known not in affiliations[:number]],
    )
    return Term("names", bare, {"en": full} if full else {}, props, weight=min(len(affiliations), 1))
