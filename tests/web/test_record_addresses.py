"""What hangs below a record's page: downloads, exports, DOIs, and the addresses of former days."""

import pytest
from starlette.testclient import TestClient
from tests.web.browser import HTML, Browser
from tests.web.conftest import Owner


def test_a_file_is_shown_or_saved_under_its_own_name(owner: Owner, client: TestClient) -> None:
    number = owner.record(None, {"data/levels ü.txt": b"hello"})
    path = f"/records/{number}/files/data/levels%20%C3%BC.txt"
    shown, saved = client.get(path), client.get(f"{path}?download=1")
    assert shown.content == saved.content == b"hello"
    assert shown.headers["content-disposition"].startswith("inline")
    assert saved.headers["content-disposition"].startswith("attachment")
    assert "levels%20%C3%BC.txt" in saved.headers["content-disposition"]


def test_downloads_can_be_resumed_and_repeated(owner: Owner, client: TestClient) -> None:
    path = f"/records/{owner.record()}/files/levels.csv"
    part = client.get(path, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, b"level")
    same = client.get(path, headers={"If-None-Match": part.headers["etag"]})
    assert same.status_code == 304


def test_files_of_a_closed_record_are_not_given_out(owner: Owner, visitor: Browser, alice: Browser) -> None:
    number = owner.record(access={"record": "public", "files": "restricted"})
    path = f"/records/{number}/files/levels.csv"
    assert visitor.get(path).status == 403
    assert alice.get(path).status == 200


def test_a_file_that_is_not_there_is_not_found(owner: Owner, visitor: Browser) -> None:
    page = visitor.get(f"/records/{owner.record()}/files/other.csv")
    assert page.status == 404
    assert "other.csv" in page.text


@pytest.mark.parametrize("address", ["files-archive", "export/ro-crate-zip"])
def test_all_files_come_in_one_archive(owner: Owner, client: TestClient, address: str) -> None:
    number = owner.record()
    answer = client.get(f"/records/{number}/{address}", follow_redirects=True)
    assert answer.headers["content-type"] == "application/zip"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("json", "application/json"),
        ("json-ld", "application/ld+json"),
        ("bibtex", "application/x-bibtex"),
        ("zenodo", "application/vnd.zenodo.v1+json"),
    ],
)
def test_a_record_is_exported_as_a_file(owner: Owner, client: TestClient, name: str, media_type: str) -> None:
    number = owner.record()
    answer = client.get(f"/records/{number}/export/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)
    assert f'filename="{number}.' in answer.headers["content-disposition"]
    assert "Water levels" in answer.text


def test_every_export_that_the_page_names_works(owner: Owner, visitor: Browser, client: TestClient) -> None:
    number = owner.record()
    text = visitor.get(f"/records/{number}").text
    paths = {part.partition('"')[0] for part in text.split('href="') if part.startswith(f"/records/{number}/export/")}
    assert len(paths) >= 4
    assert {client.get(path).status_code for path in paths} == {200}


def test_an_unknown_export_format_is_not_found(owner: Owner, visitor: Browser) -> None:
    assert visitor.get(f"/records/{owner.record()}/export/papyrus").status == 404


def test_dois_lead_to_versions_and_to_the_newest_of_a_work(owner: Owner, client: TestClient) -> None:
    first = owner.record()
    second = owner.next_version(first)
    for doi, number in ((f"10.5072/baton.{first}", first), (f"10.5072/BATON.{first - 1}", second)):
        answer = client.get(f"/doi/{doi}")
        assert (answer.status_code, answer.headers["location"]) == (302, f"http://testserver/records/{number}")


def test_an_external_doi_leads_to_its_record(owner: Owner, client: TestClient) -> None:
    number = owner.record(pids={"doi": {"identifier": "10.1234/Elsewhere", "provider": "external"}})
    assert client.get("/doi/10.1234/elsewhere").headers["location"] == f"http://testserver/records/{number}"


def test_a_doi_that_is_not_ours_is_not_found(visitor: Browser) -> None:
    page = visitor.get("/doi/10.9999/unknown")
    assert page.status == 404
    assert "https://doi.org/" in page.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/record/7", "/records/7"),
        ("/record/7/", "/records/7"),
        ("/records/7/", "/records/7"),
        ("/record/7/files/a b/ü.csv?download=1", "/records/7/files/a%20b/%C3%BC.csv?download=1"),
        ("/record/7/export/bibtex", "/records/7/export/bibtex"),
        ("/deposit", "/me/uploads"),
        ("/deposit/new", "/uploads/new"),
        ("/deposit/7", "/uploads/7"),
        ("/uploads", "/me/uploads"),
        ("/records", "/search"),
        ("/signup/", "/register"),
    ],
)
def test_old_addresses_lead_to_new_ones(client: TestClient, old: str, new: str) -> None:
    answer = client.get(old, headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (301, new)
