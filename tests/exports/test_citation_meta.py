"""Meta tags for reference managers and harvesters."""

from dataclasses import replace

import pytest
from tests.exports.samples import (
    BASE,
    EVERYBODY,
    NO_FILES,
    empty_draft,
    full_record,
    hostile_record,
    minimal_record,
    with_access,
)

from baton.exports.citation_meta import citation_meta

FULL = citation_meta(full_record(), EVERYBODY)


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("description", ["First & last. Second one."]),
        ("citation_title", ["A study of everything"]),
        ("citation_author", ["Nielsen, Lars Holm", "Data and Sons"]),
        ("citation_author_orcid", ["0000-0001-8135-3489"]),
        ("citation_author_institution", ["CERN", "TU Wien", "CERN"]),
        ("citation_publication_date", ["2024/05/31"]),
        ("citation_publisher", ["Example Press"]),
        ("citation_doi", ["10.5072/baton.124"]),
        ("citation_abstract_html_url", [f"{BASE}/records/124"]),
        ("citation_language", ["eng", "dan"]),
        ("citation_keywords", ["physics", "Astronomy"]),
        ("citation_journal_title", ["Journal of All"]),
        ("citation_volume", ["7"]),
        ("citation_issue", ["2"]),
        ("citation_issn", ["1234-5679"]),
        ("citation_isbn", ["978-3-16-148410-0"]),
        ("citation_firstpage", ["10"]),
        ("citation_lastpage", ["20"]),
        ("citation_conference_title", ["Great Meeting"]),
        ("citation_dissertation_institution", ["Uni of Life"]),
        ("citation_pdf_url", [f"{BASE}/records/124/files/paper.pdf"]),
        ("DC.title", ["A study of everything"]),
        ("DC.creator", ["Nielsen, Lars Holm", "Data and Sons"]),
        ("DC.contributor", ["Doe, Jo", "Roe"]),
        ("DC.date", ["2024-05-31"]),
        ("DC.identifier", ["https://doi.org/10.5072/baton.124"]),
        ("DC.type", ["Journal article"]),
        ("DC.subject", ["physics", "Astronomy"]),
    ],
)
def test_a_record_has(name: str, contents: list[str]) -> None:
    assert [content for tag, content in FULL if tag == name] == contents


def test_what_belongs_to_an_author_follows_them() -> None:
    tags = [name for name, _content in FULL if name.startswith("citation_author")]
    assert tags == [
        "citation_author",
        "citation_author_institution",
        "citation_author_institution",
        "citation_author_orcid",
        "citation_author",
        "citation_author_institution",
    ]


def test_no_tag_is_empty() -> None:
    for record in (minimal_record(), empty_draft()):
        assert all(content for _name, content in citation_meta(record, EVERYBODY))


def test_closed_documents_are_not_pointed_at() -> None:
    closed = full_record()
    closed = replace(closed, body=with_access(closed.body, files="restricted"))
    for shown in (citation_meta(closed, EVERYBODY), citation_meta(full_record(), NO_FILES)):
        assert "citation_pdf_url" not in dict(shown)


@pytest.mark.parametrize(("edtf", "written"), [("2024", "2024"), ("2024-05", "2024/05"), ("2018/2020", "2018")])
def test_dates_are_as_exact_as_they_were_given(edtf: str, written: str) -> None:
    record = minimal_record()
    record.metadata["publication_date"] = edtf
    assert dict(citation_meta(record, EVERYBODY))["citation_publication_date"] == written


def test_hostile_text_is_left_to_the_page_to_escape() -> None:
    assert all(isinstance(content, str) for _name, content in citation_meta(hostile_record(), EVERYBODY))
