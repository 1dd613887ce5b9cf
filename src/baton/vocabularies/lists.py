"""Reads the lists in `data/`: one CSV file each, a row for a term, columns such as `title.en` and `props.csl`."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from baton.vocabularies.term import Term

DATA = Path(__file__).parent / "data"

# Weight of what is recommended to depositors, so that it is suggested first.
RECOMMENDED = 100


def rows(file: str) -> Iterator[dict[str, str]]:
    """The rows of `data/{file}.csv`."""
    with (DATA / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def read_terms(vocabulary: str, file: str) -> list[Term]:
    """The terms of `data/{file}.csv`. Every `props.` column is a property, empty or not; empty texts are left out."""
    return [term_of(vocabulary, row) for row in rows(file)]


def term_of(vocabulary: str, row: Mapping[str, str]) -> Term:
    """The term in one row; `tags` are parted by blanks."""
    tags = tuple(row.get("tags", "").split())
    return Term(
        vocabulary=vocabulary,
        id=row["id"],
        title=_group(row, "title."),
        props={name.removeprefix("props."): value for name, value in row.items() if name.startswith("props.")},
        tags=tags,
        icon=row.get("icon", ""),
        description=_group(row, "description."),
        weight=RECOMMENDED if "recommended" in tags else 0,
    )


def _group(row: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): text for name, text in row.items() if text and name.startswith(prefix)}
