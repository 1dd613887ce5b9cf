"""BibTeX entries."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exports.samples import (
    EVERYBODY,
    empty_draft,
    full_record,
    hostile_record,
    make_body,
    make_record,
    minimal_record,
)

from baton.exports.bibtex import bibtex


def entry(metadata: dict[str, Any], custom_fields: dict[str, Any] | None = None) -> str:
    body = make_body({"title": "T", "publisher": "P", **metadata}, custom_fields=custom_fields or {})
    return bibtex(make_record(body), EVERYBODY)


def is_balanced(text: str) -> bool:
    """Whether BibTeX, which counts braces whether or not TeX would, finds the entry's end where we end it."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0 and "{" in text[: at + 1] and text[at + 1 :].strip():
            return False
    return depth == 0


def test_a_full_record() -> None:
    assert bibtex(full_record(), EVERYBODY) == (
        "@article{nielsen_2024_124,\n"
        "  author    = {Nielsen, Lars Holm and\n"
        "               {Data and Sons}},\n"
        "  title     = {A study of everything},\n"
        "  year      = {2024},\n"
        "  month     = may,\n"
        "  publisher = {Example Press},\n"
        "  version   = {1.0},\n"
        "  journal   = {Journal of All},\n"
        "  volume    = {7},\n"
        "  number    = {2},\n"
        "  pages     = {10-20},\n"
        "  issn      = {1234-5679},\n"
        "  booktitle = {Big Book},\n"
        "  isbn      = {978-3-16-148410-0},\n"
        "  address   = {Berlin},\n"
        "  venue     = {Geneva},\n"
        "  school    = {Uni of Life},\n"
        "  doi       = {10.5072/baton.124},\n"
        "  url       = {https://doi.org/10.5072/baton.124}\n"
        "}\n"
    )


def test_a_minimal_record() -> None:
    assert bibtex(minimal_record(), EVERYBODY) == (
        "@dataset{doe_2024_124,\n"
        "  author    = {Doe},\n"
        "  title     = {Numbers},\n"
        "  year      = {2024},\n"
        "  publisher = {Example Archive},\n"
        "  url       = {https://data.example.org/records/124}\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("resource_type", "custom_fields", "kind"),
    [
        ("software", {}, "software"),
        ("dataset", {}, "dataset"),
        ("publication-article", {"journal:journal": {"title": "J"}}, "article"),
        ("publication-article", {}, "misc"),
        ("publication-book", {}, "book"),
        ("publication-section", {"imprint:imprint": {"title": "B"}}, "incollection"),
        ("publication-conferencepaper", {"meeting:meeting": {"title": "M"}}, "inproceedings"),
        ("publication-conferencepaper", {}, "misc"),
        ("publication-dissertation", {"thesis:thesis": {"university": "U"}}, "phdthesis"),
        ("publication-report", {}, "techreport"),
        ("poster", {}, "misc"),
        ("gone", {}, "misc"),
    ],
)
def test_the_kind_of_entry_has_what_it_requires(resource_type: str, custom_fields: dict[str, Any], kind: str) -> None:
    assert entry({"resource_type": {"id": resource_type}}, custom_fields).startswith(f"@{kind}{{")


def test_a_report_names_its_institution() -> None:
    assert "institution = {P}" in entry({"resource_type": {"id": "publication-report"}})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("50 % & $5_#", r"50 \% \& \$5\_\#"),
        ("{x}", r"\textbraceleft{}x\textbraceright{}"),
        ("a\\b~c^d", r"a\textbackslash{}b\textasciitilde{}c\textasciicircum{}d"),
        ("two\nlines", "two lines"),
        ("Ångström", "Ångström"),
    ],
)
def test_what_tex_would_read_is_escaped(text: str, written: str) -> None:
    assert f"title     = {{{written}}}" in entry({"title": text})


@pytest.mark.parametrize("name", ["Simon and Garfunkel", "One, Two, Three"])
def test_names_that_bibtex_would_take_apart_are_kept_whole(name: str) -> None:
    creators = [{"person_or_org": {"type": "personal", "family_name": name}}]
    assert f"author    = {{{{{name}}}}}" in entry({"creators": creators})


def test_a_family_name_of_several_words_is_one_name() -> None:
    person = {"type": "personal", "family_name": "van der Berg", "name": "van der Berg"}
    assert "author    = {{van der Berg}}" in entry({"creators": [{"person_or_org": person}]})


@pytest.mark.parametrize(
    ("text", "written"), [("a -- b", "a -{}- b"), ("a---b", "a-{}-{}-b"), ("``x''", "`{}`x'{}'"), ("!`", "!{}`")]
)
def test_what_tex_would_print_as_one_character_stays_two(text: str, written: str) -> None:
    assert f"title     = {{{written}}}" in entry({"title": text})


def test_the_key_is_plain() -> None:
    creators = [{"person_or_org": {"type": "personal", "family_name": "O'Håra {x}, \\y"}}]
    assert "@misc{o_h_ra_x_y_124," in entry({"creators": creators})


def test_a_draft_without_anything_is_an_entry() -> None:
    assert bibtex(empty_draft(), EVERYBODY).startswith("@misc{124,\n")


def test_hostile_text_cannot_leave_its_field() -> None:
    text = bibtex(hostile_record(), EVERYBODY)
    assert is_balanced(text)
    assert not re.search(r"^\s*@", text.partition("\n")[2], re.MULTILINE)


@given(st.text(), st.text(), st.text(min_size=1))
def test_any_text_gives_one_balanced_entry(title: str, name: str, doi: str) -> None:
    metadata = {"title": title, "creators": [{"person_or_org": {"type": "personal", "family_name": name}}]}
    pids = {"doi": {"identifier": doi, "provider": "external"}}
    assert is_balanced(bibtex(make_record(make_body(metadata, pids=pids)), EVERYBODY))
