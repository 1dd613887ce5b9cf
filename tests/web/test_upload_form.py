"""`/uploads/new` and `/uploads/{id}` from a browser without scripts."""

import hashlib
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.web.browser import HTML, MULTIPART, Browser, Page, multipart
from tests.web.conftest import Owner

FILLED = {
    "title": "My data",
    "resource_type": "dataset",
    "publication_date": "2024-05-01",
    "creators.0.family_name": "Marsh",
    "creators.0.given_name": "Ada",
}
A_FILE = ("file", "a.csv", b"1,2\n")


def number_of(page: Page) -> int:
    """The draft that the page shows."""
    return int(page.upload.action.split("/")[2])


def stored(owner: Owner, page: Page) -> Any:
    return owner.call("GET", f"/api/records/{number_of(page)}/draft")


def start(alice: Browser, changes: dict[str, str] | None = None, *files: tuple[str, str, bytes]) -> Page:
    """A draft that was just made with the form."""
    return alice.press(alice.get("/uploads/new"), "save", changes or FILLED, files)


def test_the_form_needs_a_login_and_leads_back_after_it(visitor: Browser, client: TestClient) -> None:
    answer = client.get("/uploads/new", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (302, "/login?next=%2Fuploads%2Fnew")
    assert visitor.get("/uploads/7").path.startswith("/login")


def test_looking_at_the_empty_form_stores_nothing(alice: Browser, owner: Owner) -> None:
    page = alice.get("/uploads/new")
    assert page.upload.value("publisher") == "Baton"
    assert owner.call("GET", "/api/user/records")["hits"]["total"] == 0


def test_saving_makes_a_draft_with_everything_typed(alice: Browser, owner: Owner) -> None:
    page = start(alice)
    assert page.status == 200
    assert "Draft saved." in page.text
    metadata = stored(owner, page)["metadata"]
    assert metadata["title"] == "My data"
    assert metadata["creators"][0]["person_or_org"]["name"] == "Marsh, Ada"
    assert metadata["rights"][0]["id"] == "cc-by-4.0"


def test_files_come_with_the_form_and_go_where_the_folder_says(alice: Browser, owner: Owner) -> None:
    files = [A_FILE, ("file", "ü “b”.txt", b"x" * 300_000), ("directory", "site/plots/c.txt", b"")]
    page = start(alice, {**FILLED, "folder": "/data/ "}, *files)
    entries = owner.call("GET", f"/api/records/{number_of(page)}/draft/files")["entries"]
    assert {entry["key"]: entry["size"] for entry in entries} == {
        "data/a.csv": 4,
        "data/ü “b”.txt": 300_000,
        "data/site/plots/c.txt": 0,
    }
    sums = {entry["key"]: entry["checksum"] for entry in entries}
    assert sums["data/a.csv"] == f"md5:{hashlib.md5(A_FILE[2], usedforsecurity=False).hexdigest()}"
    assert "3 files, 300 kB" in page.text


def test_a_file_of_the_same_name_replaces_the_one_before(alice: Browser) -> None:
    page = start(alice, FILLED, A_FILE)
    again = alice.press(page, "save", {}, [("file", "a.csv", b"longer than it was")])
    assert "1 file, 18 bytes" in again.text


def test_publishing_leads_to_the_page_of_the_record(alice: Browser, visitor: Browser) -> None:
    page = alice.press(alice.get("/uploads/new"), "publish", FILLED, [A_FILE])
    assert page.status == 200
    assert page.path.startswith("/records/")
    assert "Published." in page.text
    shown = visitor.get(page.path.partition("?")[0])
    assert "My data" in shown.text
    assert "a.csv" in shown.text


def test_what_is_missing_is_said_calmly_while_saving_and_clearly_when_publishing(alice: Browser) -> None:
    saved = start(alice, {"title": "Only a title", "publisher": "Baton"})
    assert "needed before you can publish" in saved.text
    assert 'class="error"' not in saved.text
    refused = alice.press(saved, "publish")
    assert refused.status == 400
    assert "Not published yet" in refused.text
    assert "Name at least one creator." in refused.text
    assert "Upload at least one file" in refused.text
    assert refused.upload.value("title") == "Only a title"


def test_what_is_wrong_stands_beside_its_input_and_is_still_there(alice: Browser, owner: Owner) -> None:
    wrong = {
        "title": "My data",
        "publication_date": "soon",
        "creators.0.family_name": "Marsh",
        "creators.0.identifiers": "0000-0002-1825-0098",
        "languages": "Klingonese",
        "description": "a < b\n\nnew paragraph",
    }
    page = start(alice, wrong)
    assert "except for these" in page.text
    for name, text in wrong.items():
        assert page.upload.value(name) == text.replace("<", "&lt;") or page.upload.value(name) == text
    assert "no date that we understand" in page.text
    assert "Check each digit" in page.text
    assert page.text.count('aria-invalid="true"') == 3
    mended = alice.press(
        page,
        "save",
        {"publication_date": "2024", "creators.0.identifiers": "0000-0002-1825-0097", "languages": "German"},
    )
    assert 'aria-invalid="true"' not in mended.text
    metadata = stored(owner, mended)["metadata"]
    assert metadata["languages"][0]["id"] == "deu"
    assert metadata["creators"][0]["person_or_org"]["identifiers"][0]["scheme"] == "orcid"
    assert metadata["description"] == "<p>a &lt; b</p><p>new paragraph</p>"


def test_rows_can_be_added_moved_and_removed_without_losing_anything(alice: Browser) -> None:
    page = alice.press(alice.get("/uploads/new"), "more:creators", {**FILLED, "creators.1.family_name": "Bell"})
    rows = [name for name, _ in page.upload.fields if name.endswith("family_name") and name.startswith("creators")]
    assert len(rows) == 4
    moved = alice.press(page, "up:creators.1", {"title": "Changed meanwhile"})
    names = [moved.upload.value(f"creators.{n}.family_name") for n in range(2)]
    assert names == ["Bell", "Marsh"]
    assert moved.upload.value("title") == "Changed meanwhile"
    removed = alice.press(moved, "remove:creators.0")
    assert removed.upload.value("creators.0.family_name") == "Marsh"


def test_a_doi_can_be_reserved_and_given_back(alice: Browser) -> None:
    page = start(alice)
    reserved = alice.press(page, "reserve-doi")
    assert f"10.5072/baton.{number_of(page)}" in reserved.text
    back = alice.press(reserved, "release-doi")
    assert "Reserve a DOI now" in back.text


def test_a_doi_from_elsewhere_is_checked(alice: Browser, owner: Owner) -> None:
    page = start(alice, {**FILLED, "doi": "10.1234/there"})
    assert stored(owner, page)["pids"]["doi"] == {"identifier": "10.1234/there", "provider": "external"}
    wrong = alice.press(page, "save", {"doi": "10.5072/ours"})
    assert wrong.upload.value("doi") == "10.5072/ours"
    assert "managed by this repository" in wrong.text


def test_files_can_be_deleted_and_one_chosen_to_be_shown_first(alice: Browser, owner: Owner) -> None:
    page = start(alice, FILLED, A_FILE, ("file", "b.csv", b"x"))
    chosen = alice.press(page, "save", {"default_preview": "b.csv"})
    assert stored(owner, chosen)["files"]["default_preview"] == "b.csv"
    deleted = alice.press(chosen, "delete-file:a.csv")
    assert "a.csv" not in deleted.text
    assert "1 file, 1 byte" in deleted.text


def test_an_embargo_must_close_something(alice: Browser, owner: Owner) -> None:
    page = start(alice, {**FILLED, "embargo_until": "2999-01-01"})
    assert "above it what is closed until then" in page.text
    closed = alice.press(page, "save", {"visibility": "files", "embargo_reason": "Under review"})
    access = stored(owner, closed)["access"]
    assert (access["record"], access["files"]) == ("public", "restricted")
    assert access["embargo"] == {"active": True, "until": "2999-01-01", "reason": "Under review"}


def test_a_new_version_takes_over_files_and_discarding_it_leaves_the_record(alice: Browser, owner: Owner) -> None:
    first = owner.record()
    form = alice.get(f"/records/{first}").form(f"/uploads/{first}/new-version")
    page = alice.send(form, {})
    assert "draft of a new version" in page.text
    taken = alice.press(page, "import-files")
    assert "levels.csv" in taken.text
    question = alice.press(taken, "discard")
    assert "Throw this draft away?" in question.text
    gone = alice.send(question.forms[-1], {}, action=question.path)
    assert "thrown away" in gone.text
    assert alice.get(f"/uploads/{number_of(page)}").status == 404
    assert alice.get(f"/records/{first}").status == 200


def test_editing_a_published_record_changes_its_description_only(
    alice: Browser, owner: Owner, visitor: Browser
) -> None:
    number = owner.record()
    page = alice.send(alice.get(f"/records/{number}").form(f"/uploads/{number}/edit"), {})
    assert 'type="file"' not in page.text
    published = alice.press(page, "publish", {"title": "Better title"})
    assert "Published." in published.text
    assert "Better title" in visitor.get(f"/records/{number}").text


def test_a_form_without_the_token_of_its_page_does_nothing_and_loses_nothing(alice: Browser, owner: Owner) -> None:
    page = start(alice)
    forged = alice.press(page, "save", {"csrf_token": "wrong", "title": "Typed"}, [A_FILE])
    assert forged.status == 400
    assert forged.upload.value("title") == "Typed"
    assert stored(owner, page)["metadata"]["title"] == "My data"
    assert "No files yet" in forged.text
    assert "Draft saved." in alice.press(forged, "save").text


def test_nobody_touches_the_drafts_of_others(alice: Browser, bob: Browser, owner: Owner) -> None:
    page = start(alice)
    number = number_of(page)
    assert bob.get(f"/uploads/{number}").status == 403
    own_form = bob.get("/uploads/new")
    own_form.upload.action = f"/uploads/{number}"
    form = own_form.upload
    answer = bob.send(form, {"title": "Taken over"}, [("action", "save")], [A_FILE], f"/uploads/{number}")
    assert answer.status == 403
    assert stored(owner, page)["metadata"]["title"] == "My data"
    assert owner.call("GET", f"/api/records/{number}/draft/files")["entries"] == []


def test_whoever_was_logged_out_meanwhile_keeps_what_they_typed(alice: Browser) -> None:
    page = start(alice)
    session = alice.client.cookies["session"]
    alice.send(page.form("/logout"), {})
    alice.client.cookies.set("session", session)
    refused = alice.press(page, "save", {"title": "Long text"}, [A_FILE])
    assert refused.status == 403
    assert "You have been logged out" in refused.text
    assert refused.upload.value("title") == "Long text"


def test_two_windows_do_not_overwrite_each_other_unseen(alice: Browser) -> None:
    page = start(alice)
    alice.press(page, "save", {"title": "From the first window"})
    late = alice.press(page, "save", {"title": "From the second window"})
    assert late.status == 412
    assert late.upload.value("title") == "From the second window"
    assert "Draft saved." in alice.press(late, "save").text


@pytest.mark.parametrize("name", ["../up.csv", "a/../b.csv", "x" * 2000, "tab\there.csv"])
def test_impossible_file_names_are_told_and_the_rest_is_saved(alice: Browser, owner: Owner, name: str) -> None:
    page = start(alice, FILLED, ("file", name, b"1"), A_FILE)
    assert page.status == 200
    assert 'id="files"' in page.text
    assert "file name" in page.text
    assert stored(owner, page)["metadata"]["title"] == "My data"
    assert [entry["key"] for entry in owner.call("GET", f"/api/records/{number_of(page)}/draft/files")["entries"]] == [
        "a.csv"
    ]


def test_a_broken_form_is_refused_in_words(alice: Browser) -> None:
    for body, kind in (
        (b"junk", MULTIPART),
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"", "multipart/form-data"),
    ):
        answer = alice.client.post("/uploads/new", content=body, headers={**HTML, "Content-Type": kind})
        assert answer.status_code == 400


def test_more_text_than_the_server_reads_is_refused(alice: Browser) -> None:
    token = alice.get("/uploads/new").upload.value("csrf_token")
    body = multipart([("csrf_token", token), ("description", "x" * 8_100_000)])
    answer = alice.client.post("/uploads/new", content=body, headers={**HTML, "Content-Type": MULTIPART})
    assert answer.status_code == 413
