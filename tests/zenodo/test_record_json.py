"""What programs read of a record: Zenodo's JSON by default, InvenioRDM's on demand. Numbers are the wire contract's."""

from typing import Any
from urllib.parse import urlsplit

import pytest

RDM = "application/vnd.inveniordm.v1+json"
RICH = {
    "upload_type": "publication",
    "publication_type": "article",
    "license": "CC-BY-4.0",
    "keywords": ["one", "two"],
    "version": "1.0",
    "creators": [{"name": "Doe, John", "affiliation": "Zenodo", "orcid": "0000-0002-1825-0097"}, {"name": "Plato"}],
}


def found_links(value: Any) -> list[str]:
    """Every string below a member called `links`."""
    if isinstance(value, dict):
        own = value.get("links")
        inner = [link for name, part in value.items() if name != "links" for link in found_links(part)]
        return inner + (list(own.values()) if isinstance(own, dict) else [])
    return [link for inner in value for link in found_links(inner)] if isinstance(value, list) else []


# 1


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/json, text/plain, */*"])
def test_1_a_record_is_zenodo_json_unless_more_is_asked_for(alice: Any, nobody: Any, accept: str | None) -> None:
    number = alice.publish_new(**RICH)["id"]
    headers = {"Accept": accept} if accept else {}
    if accept is None:
        del alice.http.headers["Accept"]
    answer = nobody(f"/api/records/{number}", headers=headers)
    assert answer.headers["content-type"] == "application/json"
    record = answer.json()
    assert (record["id"], record["recid"]) == (number, str(number))
    assert record["conceptrecid"] == str(number - 1)
    assert record["doi"] == f"10.5072/baton.{number}"
    assert record["doi_url"] == f"https://doi.org/10.5072/baton.{number}"
    assert record["conceptdoi"] == f"10.5072/baton.{number - 1}"
    assert record["title"] == "My first upload"
    assert record["created"] <= record["modified"] == record["updated"]
    assert isinstance(record["revision"], int)
    assert record["owners"] == [{"id": "1"}]
    assert (record["state"], record["submitted"], record["status"]) == ("done", True, "published")
    assert {"views", "downloads", "unique_views", "version_views", "volume"} <= set(record["stats"])


def test_1_the_metadata_is_in_legacy_form(alice: Any, nobody: Any) -> None:
    number = alice.publish_new(**RICH)["id"]
    metadata = nobody(f"/api/records/{number}").json()["metadata"]
    assert metadata["license"] == {"id": "cc-by-4.0"}
    assert metadata["resource_type"] == {"title": "Journal article", "type": "publication", "subtype": "article"}
    assert metadata["access_right"] == "open"
    assert metadata["doi"] == f"10.5072/baton.{number}"
    assert metadata["keywords"] == ["one", "two"]
    assert metadata["creators"] == [
        {"name": "Doe, John", "affiliation": "Zenodo", "orcid": "0000-0002-1825-0097"},
        {"name": "Plato", "affiliation": None},
    ]
    (version,) = metadata["relations"]["version"]
    assert version == {
        "index": 0,
        "is_last": True,
        "parent": {"pid_type": "recid", "pid_value": str(number - 1)},
    }


def test_1_files_are_a_list_with_addresses_of_their_content(alice: Any, nobody: Any) -> None:
    number = alice.publish_new()["id"]
    (file,) = nobody(f"/api/records/{number}").json()["files"]
    assert (file["key"], file["size"]) == ("a.txt", 5)
    assert file["checksum"] == "md5:5d41402abc4b2a76b9719d911017c592"
    assert file["id"]
    assert file["links"]["self"] == f"http://testserver/api/records/{number}/files/a.txt/content"
    assert nobody(file["links"]["self"]).content == b"hello"


def test_1_links_are_those_of_the_rdm_dialect(alice: Any, nobody: Any) -> None:
    number = alice.publish_new()["id"]
    links = nobody(f"/api/records/{number}").json()["links"]
    api = f"http://testserver/api/records/{number}"
    expected = {
        "self": api,
        "files": f"{api}/files",
        "archive": f"{api}/files-archive",
        "latest": f"{api}/versions/latest",
        "versions": f"{api}/versions",
        "self_html": f"http://testserver/records/{number}",
        "latest_html": f"http://testserver/records/{number}/latest",
        "parent": f"http://testserver/api/records/{number - 1}",
        "doi": f"https://doi.org/10.5072/baton.{number}",
    }
    assert {name: links[name] for name in expected} == expected


def test_1_hits_versions_and_drafts_have_the_same_form(alice: Any) -> None:
    number = alice.publish_new()["id"]
    record = alice.http.get(f"/api/records/{number}").json()
    alice.settle()
    (hit,) = alice.http.get("/api/records").json()["hits"]["hits"]
    (version,) = alice.http.get(f"/api/records/{number}/versions").json()["hits"]["hits"]
    assert hit == version == record
    alice.http.post(f"/api/records/{number}/draft")
    draft = alice.http.get(f"/api/records/{number}/draft").json()
    assert set(record) - {"doi_url"} <= set(draft)
    assert (draft["id"], draft["state"], draft["status"]) == (number, "inprogress", "draft")
    alice.settle()
    (own,) = alice.http.get("/api/user/records").json()["hits"]["hits"]
    assert own == draft


# 2


@pytest.mark.parametrize("path", ["", "/draft"])
def test_2_rdm_json_is_given_for_its_own_media_type_only(alice: Any, path: str) -> None:
    number = alice.publish_new(**RICH)["id"]
    alice.http.post(f"/api/records/{number}/draft")
    answer = alice.http.get(f"/api/records/{number}{path}", headers={"Accept": RDM})
    assert answer.headers["content-type"] == RDM
    record = answer.json()
    assert record["id"] == str(number)
    assert record["files"]["entries"]["a.txt"]["checksum"] == "md5:5d41402abc4b2a76b9719d911017c592"
    assert record["pids"]["doi"]["identifier"] == f"10.5072/baton.{number}"
    assert record["metadata"]["resource_type"]["id"] == "publication-article"
    assert record["parent"]["id"] == str(number - 1)


@pytest.mark.parametrize("accept", ["application/json", RDM])
@pytest.mark.parametrize("path", ["/api/records", "/api/user/records", "/api/records/{}/versions"])
def test_2_lists_have_a_number_in_total_and_aggregations(alice: Any, path: str, accept: str) -> None:
    number = alice.publish_new()["id"]
    alice.settle()
    page = alice.http.get(path.format(number), headers={"Accept": accept}).json()
    assert page["hits"]["total"] == 1
    assert len(page["hits"]["hits"]) == 1
    assert isinstance(page["aggregations"], dict)
    assert page["links"]["self"].startswith("http://testserver/api/")


def test_2_rdm_json_that_was_read_can_be_sent_back_and_says_the_same(alice: Any) -> None:
    number = alice.publish_new(**RICH)["id"]
    alice.http.post(f"/api/records/{number}/draft")
    address, headers = f"/api/records/{number}/draft", {"Accept": RDM}
    draft = alice.http.get(address, headers=headers).json()
    again = alice.http.put(address, json=draft, headers=headers)
    assert again.status_code == 200
    assert "errors" not in again.json()
    changing = {"revision_id", "updated"}
    assert {k: v for k, v in again.json().items() if k not in changing} == {
        k: v for k, v in draft.items() if k not in changing
    }


# 3


@pytest.mark.parametrize("accept", ["*/*", "application/json", RDM])
@pytest.mark.parametrize("kind", ["record", "draft"])
def test_3_file_lists_are_in_rdm_form_for_every_accept(alice: Any, accept: str, kind: str) -> None:
    if kind == "record":
        address = f"/api/records/{alice.publish_new()['id']}/files"
    else:
        deposition = alice.create()
        alice.put(deposition)
        address = f"/api/records/{deposition['id']}/draft/files"
    listed = alice.http.get(address, headers={"Accept": accept}).json()
    assert listed["enabled"] is True
    (entry,) = listed["entries"]
    assert (entry["key"], entry["status"], entry["size"]) == ("a.txt", "completed", 5)
    assert entry["checksum"] == "md5:5d41402abc4b2a76b9719d911017c592"
    assert (entry["mimetype"], entry["storage_class"], entry["transfer"]["type"]) == ("text/plain", "L", "L")
    assert {"created", "updated", "file_id", "version_id", "bucket_id"} <= set(entry)
    assert entry["links"]["self"].endswith("/files/a.txt")
    assert alice.http.get(entry["links"]["content"]).content == b"hello"
    assert ("commit" in entry["links"]) == (kind == "draft")
    assert alice.http.get(entry["links"]["self"]).json() == entry


# 5, 23


def test_5_what_was_not_said_is_absent(alice: Any, nobody: Any) -> None:
    metadata = nobody(f"/api/records/{alice.publish_new()['id']}").json()["metadata"]
    assert not {name for name, value in metadata.items() if value in (None, "", [], {})}


@pytest.mark.parametrize("accept", ["application/json", RDM])
def test_23_every_link_is_an_absolute_address(alice: Any, accept: str) -> None:
    number = alice.publish_new(**RICH)["id"]
    alice.http.post(f"/api/records/{number}/draft")
    for path in ("", "/draft", "/versions", "/files", "/draft/files"):
        links = found_links(alice.http.get(f"/api/records/{number}{path}", headers={"Accept": accept}).json())
        assert links, path
        for link in links:
            assert isinstance(link, str), (path, link)
            assert urlsplit(link).scheme in {"http", "https"}, (path, link)
            assert urlsplit(link).netloc, (path, link)


@pytest.mark.parametrize("kind", ["record", "draft"])
def test_23_every_link_to_this_server_leads_somewhere(alice: Any, kind: str) -> None:
    number = alice.publish_new()["id"]
    if kind == "draft":
        number = alice.create()["id"]
        alice.put({"links": alice.http.get(f"/api/deposit/depositions/{number}").json()["links"]})
    address = f"/api/records/{number}/draft" if kind == "draft" else f"/api/records/{number}"
    links = alice.http.get(address).json()["links"]
    ours = {name: link for name, link in links.items() if link.startswith("http://testserver/")}
    assert len(ours) > 5
    # Until it is published, or open for changes.
    later = {"record", "record_html", "preview_html", "versions"} if kind == "draft" else {"draft"}
    for name in ours.keys() - later:
        assert alice.http.get(ours[name]).status_code in {200, 301, 302, 405}, name


# 11, 12: addresses that people cite


def test_11_the_number_of_a_work_leads_to_its_newest_version(alice: Any, nobody: Any) -> None:
    first = alice.publish_new()
    second = alice.publish_next(first)
    for address in ("/api/records/{}", "/records/{}"):
        moved = nobody(address.format(first["conceptrecid"]))
        assert moved.status_code == 302
        assert moved.headers["location"].endswith(address.format(second["id"]))
    assert nobody(f"/records/{first['id']}").status_code == 200


def test_11_a_doi_leads_to_the_page_with_nothing_behind_its_number(alice: Any, nobody: Any) -> None:
    first = alice.publish_new()
    second = alice.publish_next(first)
    for doi, number in ((first["doi"], first["id"]), (second["conceptdoi"], second["id"])):
        for spelt in (doi, doi.upper()):
            moved = nobody(f"/doi/{spelt}")
            assert moved.status_code == 302
            assert moved.headers["location"] == f"http://testserver/records/{number}"
    for unknown in ("10.5072/baton.4711", "10.5072/%00", "%00", "nothing"):
        assert nobody(f"/doi/{unknown}").status_code == 404


def test_11_the_latest_version_is_known_to_anybody(alice: Any, nobody: Any) -> None:
    first = alice.publish_new()
    second = alice.publish_next(first)
    latest = nobody(nobody(f"/api/records/{first['id']}").json()["links"]["latest"])
    assert latest.status_code == 301
    assert latest.json()["location"] == latest.headers["location"] == f"http://testserver/api/records/{second['id']}"
    relations = nobody(f"/api/records/{first['id']}").json()["metadata"]["relations"]["version"][0]
    assert (relations["index"], relations["is_last"]) == (0, False)
    relations = nobody(f"/api/records/{second['id']}").json()["metadata"]["relations"]["version"][0]
    assert (relations["index"], relations["is_last"]) == (1, True)


def test_12_files_are_downloaded_from_the_page_old_and_new(alice: Any, nobody: Any) -> None:
    number = alice.publish_new()["id"]
    shown = nobody(f"/records/{number}/files/a.txt")
    assert (shown.status_code, shown.content) == (200, b"hello")
    saved = nobody(f"/records/{number}/files/a.txt?download=1")
    assert saved.content == b"hello"
    assert saved.headers["content-disposition"].startswith("attachment")
    for old in (f"/record/{number}", f"/record/{number}/files/a.txt?download=1"):
        moved = nobody(old)
        assert moved.status_code in {301, 302, 308}
        assert moved.headers["location"].endswith(old.replace("/record/", "/records/"))


@pytest.mark.parametrize(("name", "content_type"), [("json", "application/json"), ("bibtex", "application/x-bibtex")])
def test_12_records_are_exported_by_address(alice: Any, nobody: Any, name: str, content_type: str) -> None:
    number = alice.publish_new()["id"]
    answer = nobody(f"/records/{number}/export/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(content_type)
    assert "My first upload" in answer.text


# 13


def test_13_records_and_drafts_answer_head(alice: Any) -> None:
    number = alice.publish_new()["id"]
    alice.http.post(f"/api/records/{number}/draft")
    paths = (
        f"/api/records/{number}",
        f"/api/records/{number}/draft",
        f"/api/records/{number}/files",
        f"/records/{number}",
    )
    for path in paths:
        head = alice.http.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == alice.http.get(path).headers["content-length"]
    assert alice.http.head("/api/records/4711").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "content", "told"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=0-0", 206, b"0", "bytes 0-0/10"),
        ("bytes=10-", 416, None, "bytes */10"),
        ("chapters=1", 200, b"0123456789", None),
    ],
)
@pytest.mark.parametrize("path", ["/api/records/{}/files/n.txt/content", "/records/{}/files/n.txt?download=1"])
def test_13_a_download_can_be_had_in_parts(
    alice: Any, nobody: Any, path: str, asked: str, status: int, content: bytes | None, told: str | None
) -> None:
    deposition = alice.create(title="Numbers", upload_type="dataset", creators=[{"name": "Doe, John"}])
    alice.put(deposition, "n.txt", b"0123456789")
    address = path.format(alice.publish(deposition)["id"])
    whole = nobody(address)
    assert whole.headers["accept-ranges"] == "bytes"
    part = nobody(address, headers={"Range": asked})
    assert part.status_code == status
    assert content is None or part.content == content
    assert part.headers.get("content-range") == told
    assert nobody(address, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    resumed = nobody(address, headers={"Range": "bytes=4-", "If-Range": whole.headers["etag"]})
    assert resumed.content == b"456789"
    changed = nobody(address, headers={"Range": "bytes=4-", "If-Range": '"other"'})
    assert (changed.status_code, len(changed.content)) == (200, 10)


# 24


def test_24_a_page_leads_programs_to_the_record_in_json(alice: Any, nobody: Any) -> None:
    number = alice.publish_new()["id"]
    page = nobody(f"/records/{number}")
    assert page.links["linkset"]["url"] == f"http://testserver/api/records/{number}"
    assert nobody(page.links["linkset"]["url"]).json()["id"] == number


# 10


@pytest.mark.parametrize("path", ["/api/records/4711", "/api/records/4711/files", "/api/records/4711/versions/latest"])
def test_10_unknown_records_are_404_in_json(nobody: Any, path: str) -> None:
    answer = nobody(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
    assert (answer.json()["status"], type(answer.json()["message"])) == (404, str)


def test_14_slashes_too_many_make_no_difference_to_reading(alice: Any, nobody: Any) -> None:
    number = alice.publish_new()["id"]
    for path in (f"/api//records/{number}", f"//api/records//{number}/", f"/api/records//{number}//files/"):
        assert nobody(f"http://testserver{path}").status_code == 200, path
