"""Grants: the projects of OpenAIRE's graph (JSON lines, also in gzip and tar), and CSV as CORDIS publishes it."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from baton.vocabularies.builtin import find
from baton.vocabularies.importers.rows import Unusable, present, ror_of, terms_of, text_of
from baton.vocabularies.importers.sources import OnBytes, csv_rows, json_lines, streams
from baton.vocabularies.legacy import funder_of_legacy
from baton.vocabularies.lists import rows
from baton.vocabularies.term import BadRow, Term

EUROPEAN_COMMISSION = "00k4n6c32"

# Suggestions put newer grants first: a grant of 2024 weighs 124.
_YEAR_ZERO = 1900

_TEXTS = (".json", ".jsonl", ".ndjson", ".txt", ".json.gz", ".jsonl.gz", ".ndjson.gz", ".txt.gz")
_TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")


def awards(path: Path, on_bytes: OnBytes) -> Iterator[Term | BadRow]:
    """Every grant whose funder is known."""
    for name, stream in streams(path, on_bytes, _is_wanted):
        where = "" if name == path.name else name
        if name.endswith(_TABLES):
            yield from terms_of(csv_rows(stream), _of_table, where)
        else:
            yield from terms_of(json_lines(stream), _of_openaire, where)


def _is_wanted(name: str) -> bool:
    """CORDIS puts tables of organisations, publications and more beside the one of projects."""
    base = name.rsplit("/", 1)[-1]
    return base.endswith(_TEXTS) or (base.endswith(_TABLES) and base.startswith("project."))


def _of_openaire(project: dict[str, Any]) -> Term:
    prefix = project["id"].split("::", 1)[0].rsplit("|", 1)[-1]
    funder = _openaire_funders().get(prefix)
    if funder is None:
        raise Unusable(f"the funder {prefix!r} is unknown")
    funding = [*(project.get("funding") or project.get("fundings") or []), {}][0]
    stream = funding.get("fundingStream") or funding.get("funding_stream") or {}
    # `EC::HE::HORIZON-AG-UN`: the second part is the programme.
    parts = (stream.get("id") or "").split("::")
    return _term(
        funder=funder,
        number=text_of(project, "code"),
        title=text_of(project, "title"),
        acronym=text_of(project, "acronym"),
        program=parts[1] if len(parts) > 1 else "",
        website=text_of(project, "websiteUrl", "websiteurl"),
        dates=(text_of(project, "startDate", "startdate"), text_of(project, "endDate", "enddate")),
    )


def _of_table(row: Mapping[str, str]) -> Term:
    return _term(
        funder=_funder_in(row),
        number=text_of(row, "number", "id", "code", "projectID", "grant_number"),
        title=text_of(row, "title"),
        acronym=text_of(row, "acronym"),
        program=text_of(row, "program", "programme", "frameworkProgramme"),
        website=text_of(row, "url", "website"),
        dates=(text_of(row, "startDate", "start_date"), text_of(row, "endDate", "end_date")),
        doi=text_of(row, "grantDoi", "doi"),
    )


def _funder_in(row: Mapping[str, str]) -> str:
    """Named by ROR id or by DOI; tables of CORDIS name none, being of the European Commission."""
    named = text_of(row, "funder", "funder_id", "funder_ror")
    if not named and "frameworkProgramme" in row:
        return EUROPEAN_COMMISSION
    funder = ror_of(named) or funder_of_legacy(named.removeprefix("https://doi.org/"))
    if funder is None:
        raise Unusable(f"the funder {named!r} is neither a ROR id nor a known funder's DOI")
    return funder


def _term(
    *,
    funder: str,
    number: str,
    title: str,
    acronym: str,
    program: str,
    website: str,
    dates: tuple[str, str],
    doi: str = "",
) -> Term:
    if not number or number == "unidentified":
        raise Unusable("has no grant number")
    known = find("funders", funder)
    address = f"https://cordis.europa.eu/projects/{number}" if funder == EUROPEAN_COMMISSION else website
    identifiers = [{"scheme": "url", "identifier": address}] if address else []
    identifiers += [{"scheme": "doi", "identifier": doi}] if doi else []
    start, end = dates
    props = present(
        number=number,
        acronym=acronym,
        program=program,
        funder={"id": funder} | ({"name": known.props["name"]} if known else {}),
        identifiers=identifiers,
        start_date=start,
        end_date=end,
    )
    year = int(start[:4]) if start[:4].isdecimal() else _YEAR_ZERO
    title = title or acronym or number
    return Term("awards", f"{funder}::{number}", {"en": title}, props, weight=min(max(0, year - _YEAR_ZERO), 200))


@cache
def _openaire_funders() -> dict[str, str]:
    return {row["prefix"]: row["ror"] for row in rows("openaire_funders")}
