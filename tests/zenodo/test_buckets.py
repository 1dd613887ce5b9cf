"""Uploads as Zenodo's programs make them: into buckets, and in forms. Numbers are those of the wire contract."""

import hashlib
import random
from typing import Any
from urllib.parse import quote

import pytest

HELLO = "5d41402abc4b2a76b9719d911017c592"


# 6: the two shapes


def test_6_a_bucket_answers_in_its_own_form_with_the_algorithm_named(alice: Any) -> None:
    file = alice.put(alice.create(), "a.csv", b"hello")
    assert {name: file[name] for name in ("key", "size", "mimetype", "checksum", "is_head", "delete_marker")} == {
        "key": "a.csv",
        "size": 5,
        "mimetype": "text/csv",
        "checksum": f"md5:{HELLO}",
        "is_head": True,
        "delete_marker": False,
    }
    assert file["version_id"]
    assert file["created"] <= file["updated"]
    assert {"self", "version", "uploads"} <= set(file["links"])
    assert alice.http.get(file["links"]["self"]).content == b"hello"
    assert alice.http.get(file["links"]["version"]).content == b"hello"


@pytest.mark.parametrize("name", ["named.csv", None])
def test_6_a_form_answers_like_the_list_of_the_deposition(alice: Any, name: str | None) -> None:
    files = alice.create()["links"]["files"]
    sent = alice.http.post(files, data={"name": name} if name else {}, files={"file": ("own name.csv", b"hello")})
    assert sent.status_code == 201
    file = sent.json()
    assert file["filename"] == (name or "own name.csv")
    assert (file["filesize"], file["checksum"]) == (5, HELLO)
    assert alice.http.get(file["links"]["self"]).json() == file
    assert alice.http.get(file["links"]["download"]).content == b"hello"
    assert alice.http.get(files).json() == [file]


def test_6_a_form_may_call_the_name_filename_as_old_programs_do(alice: Any) -> None:
    files = alice.create()["links"]["files"]
    sent = alice.http.post(files, data={"filename": "/home/ada/a.csv"}, files={"file": ("a.csv", b"hello")})
    assert sent.json()["filename"] == "a.csv"


def test_6_a_form_without_a_file_is_told_what_is_missing(alice: Any) -> None:
    refused = alice.http.post(alice.create()["links"]["files"], data={"name": "a.csv"})
    assert refused.status_code == 400
    assert "file" in refused.json()["message"]


def test_a_bucket_lists_its_files(alice: Any) -> None:
    deposition = alice.create()
    alice.put(deposition, "a.txt")
    alice.put(deposition, "b.txt")
    bucket = alice.http.get(deposition["links"]["bucket"]).json()
    assert bucket["id"] == deposition["links"]["bucket"].rpartition("/")[2]
    assert [file["key"] for file in bucket["contents"]] == ["a.txt", "b.txt"]
    assert bucket["size"] == 10


def test_a_second_put_replaces_the_file(alice: Any) -> None:
    deposition = alice.create()
    first = alice.put(deposition, "a.txt", b"hello")
    second = alice.put(deposition, "a.txt", b"hello again")
    assert first["version_id"] != second["version_id"]
    assert [file["filesize"] for file in alice.http.get(deposition["links"]["files"]).json()] == [11]
    assert alice.http.get(second["links"]["self"]).content == b"hello again"


def test_a_file_is_removed_from_the_bucket(alice: Any) -> None:
    deposition = alice.create()
    file = alice.put(deposition)
    assert alice.http.delete(file["links"]["self"]).status_code == 204
    assert alice.http.delete(file["links"]["self"]).status_code == 404
    assert alice.http.get(file["links"]["self"]).status_code == 404
    assert alice.http.get(deposition["links"]["files"]).json() == []


# 17


def test_17_a_token_in_the_address_serves_for_uploads_and_downloads(alice: Any, nobody: Any, cast: Any) -> None:
    deposition = alice.create()
    params = {"access_token": cast.alice.token}
    file = nobody(f"{deposition['links']['bucket']}/a.txt", "PUT", params=params, content=b"hello")
    assert file.status_code == 201
    assert nobody(file.json()["links"]["self"], params=params).content == b"hello"
    draft = f"/api/records/{deposition['id']}/draft/files/a.txt/content"
    assert nobody(draft, params=params).content == b"hello"
    assert nobody(draft).status_code == 403


# 18: bodies


@pytest.mark.parametrize(
    "content_type",
    [
        None,  # curl -T
        "application/x-www-form-urlencoded",  # curl --data-binary
        "undefined",  # a program in JavaScript
        "application/octet-stream",
        "application/json",
        "text/csv; charset=utf-8",
        "multipart/form-data; boundary=xyz",
        "",
    ],
)
def test_18_the_bytes_are_kept_whatever_the_content_type_says(alice: Any, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    body = b'{"a": 1}&b=%20\r\n'
    sent = alice.http.put(f"{alice.create()['links']['bucket']}/a.dat", content=body, headers=headers)
    assert sent.status_code == 201
    assert sent.json()["checksum"] == f"md5:{hashlib.md5(body, usedforsecurity=False).hexdigest()}"
    assert alice.http.get(sent.json()["links"]["self"]).content == body


@pytest.mark.parametrize("pieces", [[], [b""], [b"hel", b"lo"], [b"x" * 1_000_000] * 3])
def test_18_a_body_may_come_in_pieces_without_a_length_and_be_empty(alice: Any, pieces: list[bytes]) -> None:
    sent = alice.http.put(f"{alice.create()['links']['bucket']}/a.dat", content=iter(pieces))
    assert sent.status_code == 201
    assert sent.json()["size"] == sum(map(len, pieces))
    assert alice.http.get(sent.json()["links"]["self"]).content == b"".join(pieces)


def test_18_an_empty_body_is_an_empty_file(alice: Any) -> None:
    assert alice.put(alice.create(), "empty", b"")["checksum"] == "md5:d41d8cd98f00b204e9800998ecf8427e"


def test_18_twenty_megabytes_come_back_as_they_were(alice: Any) -> None:
    content = random.Random(1).randbytes(20_000_000)
    deposition = alice.create()
    file = alice.put(deposition, "big.bin", content)
    assert file["size"] == 20_000_000
    assert alice.http.get(file["links"]["self"]).content == content


# 21: names


@pytest.mark.parametrize(
    "name",
    [
        "two words.txt",
        "Übergröße.txt",
        "データ.csv",
        "100% [final] (1).txt",
        "a+b&c=d;e,f.txt",
        "it's #1?.txt",
        'with "quotes".txt',
        "folder/inner/a.txt",
        ".hidden",
        "no-extension",
    ],
)
@pytest.mark.parametrize("way", ["bucket", "bucket, all quoted", "form"])
def test_21_names_come_back_as_they_were_given(alice: Any, nobody: Any, name: str, way: str) -> None:
    deposition = alice.create(title="Names", upload_type="poster", creators=[{"name": "Doe, John"}])
    if way == "form":
        sent = alice.http.post(deposition["links"]["files"], data={"name": name}, files={"file": b"hello"})
    else:
        safe = "" if way == "bucket, all quoted" else "/"
        sent = alice.http.put(f"{deposition['links']['bucket']}/{quote(name, safe=safe)}", content=b"hello")
    assert sent.status_code == 201, sent.text
    assert sent.json()["filename" if way == "form" else "key"] == name
    record = alice.publish(deposition)
    (file,) = nobody(f"/api/records/{record['id']}").json()["files"]
    assert file["key"] == name
    assert nobody(file["links"]["self"]).content == b"hello"
    (listed,) = nobody(f"/api/records/{record['id']}/files").json()["entries"]
    assert listed["key"] == name
    assert nobody(listed["links"]["content"]).content == b"hello"
    assert nobody(f"/records/{record['id']}/files/{quote(name)}?download=1").content == b"hello"


@pytest.mark.parametrize("name", ["..", "a/../b", "a%00b", "%0A"])
def test_21_names_that_no_file_system_takes_are_refused(alice: Any, name: str) -> None:
    bucket = alice.create()["links"]["bucket"]
    assert alice.http.put(f"{bucket}/{name.replace('..', '%2E%2E')}", content=b"x").status_code == 400


# Who sees a bucket


def test_a_published_bucket_is_public_and_locked(alice: Any, nobody: Any) -> None:
    record = alice.publish_new()
    bucket = record["links"]["bucket"]
    assert nobody(bucket).json()["locked"]
    assert nobody(f"{bucket}/a.txt").content == b"hello"
    assert alice.http.put(f"{bucket}/b.txt", content=b"x").status_code == 403


def test_an_unknown_bucket_or_file_is_a_404(alice: Any) -> None:
    bucket = alice.create()["links"]["bucket"]
    assert alice.http.get(f"{bucket}/none").status_code == 404
    unknown = "/api/files/00000000-0000-0000-0000-000000000000"
    for method in ("GET", "PUT", "DELETE"):
        answer = alice.http.request(method, f"{unknown}/a.txt")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")


# 13, 14


def test_13_a_file_of_a_bucket_is_downloaded_in_parts(alice: Any) -> None:
    own = alice.put(alice.create(), "a.txt", b"0123456789")["links"]["self"]
    part = alice.http.get(own, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert alice.http.head(own).headers["content-length"] == "10"


def test_14_doubled_slashes_before_the_name_are_one(alice: Any) -> None:
    deposition = alice.create()
    sent = alice.http.put(f"{deposition['links']['bucket']}//a.txt", content=b"hello")
    assert sent.json()["key"] == "a.txt"
    doubled = deposition["links"]["bucket"].replace("/api/", "//api//")
    assert alice.http.get(f"{doubled}//a.txt").content == b"hello"
    assert alice.http.delete(f"{doubled}/a.txt/").status_code == 204
