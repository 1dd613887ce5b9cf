"""`/api/records/{id}/crate-archive`: a record with all its files as one crate, and a crate as a record again."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml.html import fromstring
from rocrate.rocrate import ROCrate
from starlette.testclient import TestClient
from tests.exports.samples import EVERYBODY, file_entry, make_body, make_record
from tests.imports.crates import METADATA, NAME, ZIP, archive
from tests.refusals import refused
from tests.web.conftest import Owner

from baton.exports.crate_preview import MOST_FILES, PREVIEW, crate_files

UPLOADS = {
    "readme.md": b"# Hello",
    "data/deep/levels.csv": b"1,2\n" * 1000,
    "empty": b"",
    "naïve 数据 😀 50%.bin": bytes(range(256)),
    "12:00?#&.txt": b"noon",
}


def crate_of(client: TestClient, number: int, **headers: str) -> bytes:
    answer = client.get(f"/api/records/{number}/crate-archive", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.content


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def test_it_has_every_file_and_what_is_known_of_it(owner: Owner) -> None:
    number = owner.record({}, UPLOADS)
    files = unpacked(crate_of(owner.client, number))
    metadata = json.loads(files.pop(NAME))
    assert files.pop(PREVIEW)
    assert files == UPLOADS
    described = {one["name"]: int(one["contentSize"]) for one in metadata["@graph"] if one["@type"] == "File"}
    assert described == {key: len(content) for key, content in UPLOADS.items()}


def test_the_rocrate_library_finds_every_file(owner: Owner, tmp_path: Path) -> None:
    number = owner.record({}, UPLOADS)
    (tmp_path / "crate.zip").write_bytes(crate_of(owner.client, number))
    with zipfile.ZipFile(tmp_path / "crate.zip") as opened:
        opened.extractall(tmp_path / "crate")
    crate = ROCrate(tmp_path / "crate")
    assert (crate.name, crate.datePublished.year) == ("Water levels", 2024)
    assert [one["name"] for one in crate.data_entities] == list(UPLOADS)
    assert {one.source.read_bytes() for one in crate.data_entities} == set(UPLOADS.values())


def test_a_break_is_gone_on_from_and_what_is_there_is_not_sent_again(owner: Owner) -> None:
    address = f"/api/records/{owner.record({}, UPLOADS)}/crate-archive"
    whole = owner.client.get(address)
    half = len(whole.content) // 2
    for start, stop in ((0, 50), (half, len(whole.content)), (20, half)):
        part = owner.client.get(
            address, headers={"Range": f"bytes={start}-{stop - 1}", "If-Range": whole.headers["etag"]}
        )
        assert (part.status_code, part.content) == (206, whole.content[start:stop])
    assert owner.client.get(address, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert owner.client.head(address).headers["content-length"] == str(len(whole.content))


def test_an_edit_changes_the_metadata_in_it(owner: Owner) -> None:
    number = owner.record({}, UPLOADS)
    before = crate_of(owner.client, number)
    owner.call("POST", f"/api/records/{number}/draft")
    draft = owner.call("GET", f"/api/records/{number}/draft")
    draft["metadata"]["title"] = "Levels of water"
    owner.call("PUT", f"/api/records/{number}/draft", json=draft)
    owner.publish(number)
    after = crate_of(owner.client, number)
    assert b"Levels of water" in after
    assert b"Levels of water" not in before


@pytest.mark.parametrize(
    "access", [{"record": "public", "files": "restricted"}, {"record": "restricted", "files": "restricted"}]
)
def test_who_may_not_read_the_files_gets_none(owner: Owner, access: dict[str, Any]) -> None:
    number = owner.record(access=access)
    refused(owner.client.get(f"/api/records/{number}/crate-archive"), 403)
    answer = owner.client.get(f"/api/records/{number}/crate-archive", headers=owner.headers)
    assert answer.headers["cache-control"] == "private, no-store"
    assert "levels.csv" in unpacked(answer.content)


def test_a_record_without_files_is_a_crate_without_files(owner: Owner) -> None:
    number = owner.record({}, {}, files={"enabled": False})
    assert list(unpacked(crate_of(owner.client, number))) == [NAME, PREVIEW]


def test_a_crate_goes_out_as_it_was_deposited(owner: Owner) -> None:
    entries = {NAME: METADATA.encode(), "a.txt": b"hello"}
    assert unpacked(crate_of(owner.client, owner.record({}, entries))) == entries


def imported(owner: Owner, data: bytes) -> int:
    answer = owner.client.post("/api/records", content=data, headers={**owner.headers, **ZIP})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def of_no_record(metadata: bytes) -> Any:
    """What stands in the metadata but for what names the record and says when it was changed."""
    document = json.loads(metadata)
    about, root, *things = document["@graph"]
    for name in ("identifier", "url", "dateCreated", "dateModified"):
        root.pop(name)
    about.pop("identifier")
    return about, root, things


def test_what_comes_out_goes_in_again_and_comes_out_the_same(owner: Owner) -> None:
    first = unpacked(crate_of(owner.client, owner.record({"version": "1.0"}, UPLOADS)))
    number = imported(owner, archive({**first}))
    assert {entry["key"] for entry in owner.call("GET", f"/api/records/{number}/draft/files")["entries"]} == set(
        UPLOADS
    )
    owner.publish(number)
    again = unpacked(crate_of(owner.client, number))
    assert of_no_record(again.pop(NAME)) == of_no_record(first.pop(NAME))
    assert again.keys() == first.keys()
    assert {key: again[key] for key in UPLOADS} == UPLOADS


def test_its_page_says_what_the_metadata_say_without_running_anything(owner: Owner) -> None:
    title = "</script><script>alert(1)</script> & 漢字"
    files = unpacked(crate_of(owner.client, owner.record({"title": title}, UPLOADS)))
    page = fromstring(files[PREVIEW].decode())
    (script,) = page.iter("script")
    assert script.get("type") == "application/ld+json"
    assert json.loads(script.text_content()) == json.loads(files[NAME])
    assert page.findtext(".//h1") == title
    links = {link.text_content(): unquote(link.get("href")) for link in page.iter("a")}
    assert {name: links[name] for name in UPLOADS} == {name: name for name in UPLOADS}
    assert "Marsh, Ada" in {fact.text_content() for fact in page.iter("dd")}


def test_a_page_that_somebody_has_changed_is_kept_as_a_file(owner: Owner) -> None:
    files = unpacked(crate_of(owner.client, owner.record({}, UPLOADS)))
    files[PREVIEW] = files[PREVIEW].replace(b"Water levels", b"Levels of water")
    again = imported(owner, archive({**files}))
    owner.publish(again)
    assert unpacked(crate_of(owner.client, again))[PREVIEW] == files[PREVIEW]


def test_a_page_of_the_depositor_takes_the_place_of_ours(owner: Owner) -> None:
    uploads = {PREVIEW: b"<title>Mine</title>", "a.txt": b"hello"}
    files = unpacked(crate_of(owner.client, owner.record({}, uploads)))
    assert files.pop(NAME)
    assert files == uploads


def test_very_many_files_have_no_page() -> None:
    files = [file_entry(f"{number}.csv") for number in range(MOST_FILES + 1)]
    for given, made in ((files[1:], [NAME, PREVIEW]), (files, [NAME])):
        assert [name for name, _data in crate_files(make_record(make_body(), files=given), EVERYBODY)] == made


def test_metadata_that_somebody_has_added_to_are_kept_as_a_file(owner: Owner) -> None:
    files = unpacked(crate_of(owner.client, owner.record({}, UPLOADS)))
    document = json.loads(files[NAME])
    document["@graph"].append({"@id": "#run", "@type": "CreateAction", "name": "How it was made"})
    files[NAME] = json.dumps(document).encode()
    number = imported(owner, archive({**files}))
    owner.publish(number)
    assert unpacked(crate_of(owner.client, number)) == files
