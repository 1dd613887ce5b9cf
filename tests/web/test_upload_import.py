"""`/uploads/import` from a browser without scripts: a file that describes a work, or a whole crate."""

import pytest
from tests.imports.crates import GOOD
from tests.web.browser import HTML, MULTIPART, Browser, Page, multipart
from tests.web.conftest import Owner
from tests.web.test_upload_form import number_of, stored

CFF = (
    b"cff-version: 1.2.0\ntitle: Ice flow\nmessage: Cite it\nauthors:\n- {family-names: Marsh, given-names: Ada}\n"
    b"date-released: 2024-05-06\nlicense: MIT\ndoi: 10.1234/all\nmood: good\n"
)


def send(alice: Browser, name: str, content: bytes, token: str | None = None) -> Page:
    if token is None:
        token = alice.get("/uploads/new").form("/uploads/import").value("csrf_token")
    body = multipart([("csrf_token", token)], [("metadata", name, content)] if name else [])
    answer = alice.client.post("/uploads/import", content=body, headers={**HTML, "Content-Type": MULTIPART})
    return Page("/uploads/import", answer.status_code, answer.text, answer.headers)


def test_a_file_fills_the_form_in_and_what_it_does_not_hold_is_shown(alice: Browser, owner: Owner) -> None:
    page = send(alice, "CITATION.cff", CFF)
    assert page.status == 200
    assert page.upload.value("title") == "Ice flow"
    assert page.upload.value("publisher") == "Baton"
    assert page.upload.value("creators.0.family_name") == "Marsh"
    assert "Not taken over from the file" in page.text
    assert '<span class="mono">mood</span>' in page.text
    assert stored(owner, page)["metadata"]["publication_date"] == "2024-05-06"
    assert "Draft saved." in alice.press(page, "save").text


def test_a_file_of_which_all_is_taken_leads_to_the_draft_so_that_loading_anew_makes_no_second(
    alice: Browser, owner: Owner
) -> None:
    page = send(alice, "CITATION.cff", CFF.partition(b"doi:")[0])
    assert page.status == 303
    shown = alice.get(page.headers["location"])
    assert shown.upload.value("title") == "Ice flow"
    assert "Draft saved." in shown.text
    assert owner.call("GET", "/api/user/records")["hits"]["total"] == 1


def test_a_crate_brings_its_files(alice: Browser, owner: Owner) -> None:
    page = send(alice, "crate.zip", GOOD)
    assert page.upload.value("title") == "Ice"
    entries = owner.call("GET", f"/api/records/{number_of(page)}/draft/files")["entries"]
    assert [entry["key"] for entry in entries] == ["ro-crate-metadata.json", "a.txt"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("", b"", "Choose the file"),
        ("empty.json", b"", "is empty"),
        ("thesis.pdf", b"%PDF-1.7\xff", "not in UTF-8"),
        ("a.bib", b"@misc{a, title={x}}" * 2, "several entries"),
        ("crate.zip", b"PK\x03\x04", "cannot be read"),
        ("large.json", b" " * 8_100_000, "at most"),
    ],
)
def test_a_file_that_is_none_is_told_and_makes_no_draft(
    alice: Browser, owner: Owner, name: str, content: bytes, said: str
) -> None:
    page = send(alice, name, content)
    assert page.status in {400, 413}
    assert said in page.text
    assert page.upload.action == "/uploads/new"
    assert owner.call("GET", "/api/user/records")["hits"]["total"] == 0


def test_only_a_form_of_ours_is_taken(alice: Browser, visitor: Browser, owner: Owner) -> None:
    assert "CSRF token missing" in send(alice, "CITATION.cff", CFF, "forged").text
    assert send(visitor, "CITATION.cff", CFF, "forged").headers["location"].startswith("/login")
    assert owner.call("GET", "/api/user/records")["hits"]["total"] == 0
