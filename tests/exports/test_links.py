"""Links: absolute URL strings, whatever the record."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from tests.exports.samples import (
    BASE,
    OWNER,
    empty_draft,
    file_entry,
    full_record,
    hostile_record,
    make_body,
    make_draft,
    minimal_record,
)

from baton.exports.file_json import files_json
from baton.exports.links import doi_url, file_links, links
from baton.exports.rdm_json import rdm_json
from baton.exports.zenodo_json import zenodo_json
from baton.records.record import Record


def values_of_links(shown: object) -> Iterator[object]:
    """Every value of every member named `links`."""
    if isinstance(shown, list):
        for item in shown:
            yield from values_of_links(item)
    if isinstance(shown, dict):
        for name, value in shown.items():
            if name == "links" and isinstance(value, dict):
                yield from value.values()
            else:
                yield from values_of_links(value)


@pytest.mark.parametrize("record", [full_record(), minimal_record(), empty_draft(), hostile_record()])
def test_every_link_is_an_absolute_url(record: Record) -> None:
    answers = [zenodo_json(record, OWNER), rdm_json(record, OWNER), files_json(record, record.files, OWNER)]
    found = list(values_of_links(answers))
    assert found
    for value in found:
        assert isinstance(value, str)
        assert urlsplit(value).scheme in {"http", "https"}
        assert value.isascii()
        assert not set(value) & set(' "<>\\^`{}|\x00')


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("self", f"{BASE}/api/records/124"),
        ("self_html", f"{BASE}/records/124"),
        ("preview_html", f"{BASE}/records/124?preview=1"),
        ("doi", "https://doi.org/10.5072/baton.124"),
        ("self_doi", "https://doi.org/10.5072/baton.124"),
        ("self_doi_html", f"{BASE}/doi/10.5072/baton.124"),
        ("reserve_doi", f"{BASE}/api/records/124/draft/pids/doi"),
        ("parent", f"{BASE}/api/records/123"),
        ("parent_html", f"{BASE}/records/123"),
        ("parent_doi", "https://doi.org/10.5072/baton.123"),
        ("parent_doi_html", f"{BASE}/doi/10.5072/baton.123"),
        ("files", f"{BASE}/api/records/124/files"),
        ("archive", f"{BASE}/api/records/124/files-archive"),
        ("latest", f"{BASE}/api/records/124/versions/latest"),
        ("latest_html", f"{BASE}/records/124/latest"),
        ("versions", f"{BASE}/api/records/124/versions"),
        ("draft", f"{BASE}/api/records/124/draft"),
    ],
)
def test_a_record_links_to(name: str, address: str) -> None:
    assert links(full_record(), BASE)[name] == address


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("self", f"{BASE}/api/records/124/draft"),
        ("self_html", f"{BASE}/uploads/124"),
        ("record", f"{BASE}/api/records/124"),
        ("record_html", f"{BASE}/records/124"),
        ("publish", f"{BASE}/api/records/124/draft/actions/publish"),
        ("reserve_doi", f"{BASE}/api/records/124/draft/pids/doi"),
        ("files", f"{BASE}/api/records/124/draft/files"),
        ("archive", f"{BASE}/api/records/124/draft/files-archive"),
        ("versions", f"{BASE}/api/records/124/versions"),
    ],
)
def test_a_draft_links_to(name: str, address: str) -> None:
    assert links(empty_draft(), BASE)[name] == address


def test_a_draft_without_a_doi_links_to_none() -> None:
    assert not [name for name in links(empty_draft(), BASE) if "doi" in name and name != "reserve_doi"]


def test_a_draft_with_a_reserved_doi_links_to_it() -> None:
    body = make_body(pids={"doi": {"identifier": "10.5072/baton.124", "provider": "datacite"}})
    assert links(make_draft(body), BASE)["doi"] == "https://doi.org/10.5072/baton.124"


@pytest.mark.parametrize(
    ("key", "quoted"),
    [
        ("a b.txt", "a%20b.txt"),
        ("Ångström/ü.csv", "%C3%85ngstr%C3%B6m/%C3%BC.csv"),
        ("what?.txt", "what%3F.txt"),
        ("100%#1.txt", "100%25%231.txt"),
        ("it's (1) & [2].txt", "it's%20(1)%20&%20%5B2%5D.txt"),
    ],
)
def test_names_are_quoted_and_folders_stay_folders(key: str, quoted: str) -> None:
    assert file_links(file_entry(key), "https://x/files") == {
        "self": f"https://x/files/{quoted}",
        "content": f"https://x/files/{quoted}/content",
    }


def test_strange_dois_are_quoted() -> None:
    assert doi_url("10.1002/(SICI)1<1::AID>3.0;2-#") == "https://doi.org/10.1002/(SICI)1%3C1::AID%3E3.0;2-%23"
