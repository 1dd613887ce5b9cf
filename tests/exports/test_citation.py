"""One entry of a reference list."""

from typing import Any

import pytest
from tests.exports.samples import (
    EVERYBODY,
    empty_draft,
    full_record,
    hostile_record,
    make_body,
    make_record,
    minimal_record,
)

from baton.exports.citation import citation


def person(family: str, given: str = "") -> dict[str, Any]:
    return {"person_or_org": {"type": "personal", "family_name": family, "given_name": given}}


def cite(metadata: dict[str, Any]) -> str:
    whole = {"title": "Numbers", "publication_date": "2024", "publisher": "Press", **metadata}
    pids = {"doi": {"identifier": "10.1/x", "provider": "external"}}
    return citation(make_record(make_body(whole, pids=pids)), EVERYBODY)


def test_a_full_record() -> None:
    assert citation(full_record(), EVERYBODY) == (
        "Nielsen, L. H., & Data and Sons. (2024). A study of everything (Version 1.0). Example Press. "
        "https://doi.org/10.5072/baton.124"
    )


def test_without_doi_and_publisher_the_site_stands_in() -> None:
    assert citation(minimal_record(), EVERYBODY) == (
        "Doe. (2024). Numbers [Data set]. Example Archive. https://data.example.org/records/124"
    )


def test_a_draft_without_anything() -> None:
    assert citation(empty_draft(), EVERYBODY) == (
        "(n.d.). Untitled. Example Archive. https://data.example.org/records/124"
    )


@pytest.mark.parametrize(
    ("creators", "authors"),
    [
        ([person("Doe", "Jane")], "Doe, J. "),
        ([person("Sartre", "Jean-Paul")], "Sartre, J.-P. "),
        ([person("A", "B"), person("C", "D")], "A, B., & C, D. "),
        ([person("A", "B"), person("C", "D"), person("E")], "A, B., C, D., & E. "),
        ([{"person_or_org": {"type": "organizational", "name": "CERN"}}], "CERN. "),
        ([{"person_or_org": {}}, {}], ""),
        ([person(f"N{n}", "X") for n in range(20)], f"{', '.join(f'N{n}, X.' for n in range(19))}, & N19, X. "),
        ([person(f"N{n}", "X") for n in range(30)], f"{', '.join(f'N{n}, X.' for n in range(19))}, … N29, X. "),
    ],
)
def test_authors(creators: list[dict[str, Any]], authors: str) -> None:
    assert cite({"creators": creators}) == f"{authors}(2024). Numbers. Press. https://doi.org/10.1/x"


@pytest.mark.parametrize(
    ("resource_type", "label"),
    [
        ("dataset", " [Data set]"),
        ("software", " [Computer software]"),
        ("software-computationalnotebook", " [Computer software]"),
        ("poster", " [Poster]"),
        ("image-figure", " [Figure]"),
        ("publication-article", ""),
        ("publication", ""),
        ("unheard-of", ""),
    ],
)
def test_all_but_texts_say_what_they_are(resource_type: str, label: str) -> None:
    assert f"Numbers{label}. Press." in cite({"resource_type": {"id": resource_type}})


@pytest.mark.parametrize(
    ("title", "sentence"), [("Why?", "Why? Press."), ("Stop!", "Stop! Press."), ("A.", "A. Press.")]
)
def test_a_title_that_ends_itself_gets_no_stop(title: str, sentence: str) -> None:
    assert sentence in cite({"title": title})


@pytest.mark.parametrize(("date", "shown"), [("2018/2020-09", "(2018)"), ("2024-05-31", "(2024)"), ("x", "(n.d.)")])
def test_the_year(date: str, shown: str) -> None:
    assert shown in cite({"publication_date": date})


def test_hostile_text_stays_text() -> None:
    assert "<img" in citation(hostile_record(), EVERYBODY)
