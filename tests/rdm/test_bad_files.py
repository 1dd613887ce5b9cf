"""Bad names, sizes, checksums and ranges of files: refused in the documented shape, and nothing of them is kept."""

import base64
import hashlib
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from tests.refusals import BODY, make_draft, make_record, refused

BAD_KEYS = {
    "empty": "",
    "blank": " ",
    "dot": ".",
    "parent": "..",
    "above": "../secret",
    "within": "a/../b",
    "root": "/etc/passwd",
    "twice": "a//b",
    "folder": "a/",
    "backslash": "a\\..\\b",
    "NUL": "a\0b",
    "line": "a\r\nSet-Cookie: x=y",
    "tab": "a\tb",
    "delete": "a\x7f",
    "turned": "photo\u202egpj.exe",
    "separator": "a\u2028b",
    "4 KB": "x" * 4096,
    "1025 bytes": "é" * 512 + "x",
}


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS)
def test_a_name_that_no_file_can_have_is_refused(alice: TestClient, key: str) -> None:
    draft = f"/api/records/{make_draft(alice)}/draft"
    refused(alice.post(f"{draft}/files", json=[{"key": "good.txt"}, {"key": key}]))
    assert alice.get(f"{draft}/files").json()["entries"] == []


@pytest.mark.parametrize("key", [key for name, key in BAD_KEYS.items() if name not in {"empty", "dot", "parent"}])
def test_a_name_that_no_file_can_have_is_not_found_either(alice: TestClient, key: str) -> None:
    draft = f"/api/records/{make_draft(alice)}/draft"
    address = f"{draft}/files/{quote(key, safe='')}"
    for method, path in (("GET", "/content"), ("PUT", "/content"), ("POST", "/commit")):
        refused(alice.request(method, address + path, content=b"x" if method == "PUT" else None), 404)


def test_names_that_only_look_different_are_one(alice: TestClient) -> None:
    files = f"/api/records/{make_draft(alice)}/draft/files"
    refused(alice.post(files, json=[{"key": "caf\u00e9"}, {"key": "cafe\u0301"}]))
    assert alice.post(files, json=[{"key": "caf\u00e9"}]).status_code == 201
    assert "already" in refused(alice.post(files, json=[{"key": "cafe\u0301"}]))["message"]


CHECKSUMS: tuple[Any, ...] = ("md5:zz", "crc32:00", "md5:", "x" * 5000, 5, [])
SAYINGS: tuple[Any, ...] = ([], "x", 5, {"a": "x" * 200_000})
BAD_FILES: list[Any] = [
    *("x", None, 5, [], {}, {"key": 1}, {"key": None}, {"key": ["x"]}, {"key": "x", "nonsense": 1}),
    *({"key": "x", "size": size} for size in (-1, 2**63, 10**40, 1.5, "5", True, 60 * 10**9)),
    *({"key": "x", "checksum": checksum} for checksum in CHECKSUMS),
    *({"key": "x", "transfer": transfer} for transfer in ("L", {"type": 5}, {"type": "F"})),
    *({"key": "x", "metadata": metadata} for metadata in SAYINGS),
]


@pytest.mark.parametrize("item", BAD_FILES, ids=lambda item: str(item)[:40])
def test_what_announces_no_file_is_refused(alice: TestClient, item: Any) -> None:
    files = f"/api/records/{make_draft(alice)}/draft/files"
    refused(alice.post(files, json=[item]))
    refused(alice.post(files, json=[{"key": "good.txt"}, item]))
    assert alice.get(files).json()["entries"] == []


@pytest.mark.parametrize("depth", [21, 253, 500])
def test_what_is_said_about_a_file_cannot_be_so_deep_that_it_cannot_be_shown(alice: TestClient, depth: int) -> None:
    files = f"/api/records/{make_draft(alice)}/draft/files"
    alice.post(files, json=[{"key": "a.txt"}])
    nested = b'{"a":' * depth + b"1" + b"}" * depth
    told = refused(alice.put(f"{files}/a.txt", content=b'{"metadata": ' + nested + b"}"))
    assert "nested 20 levels" in told["message"]
    refused(alice.post(files, content=b'[{"key": "b.txt", "metadata": ' + nested + b"}]"))
    assert [entry["metadata"] for entry in alice.get(files).json()["entries"]] == [None]


def test_more_files_than_a_record_may_have_are_refused_together(alice: TestClient) -> None:
    files = f"/api/records/{make_draft(alice)}/draft/files"
    told = refused(alice.post(files, json=[{"key": f"{number}.txt"} for number in range(100_001)]))
    assert "at most 100,000 files" in told["message"]
    assert alice.get(files).json()["entries"] == []


CONTENT = b"the right bytes"


def b64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


MD5, SHA256 = (b64(hashlib.new(name, CONTENT, usedforsecurity=False).digest()) for name in ("md5", "sha256"))
BAD_DIGESTS = [
    *({"Content-MD5": value} for value in (b64(b"x" * 16), "nonsense", "", b64(b"x" * 15), "0" * 32)),
    *(
        {"Digest": value}
        for value in (f"MD5={b64(b'x' * 16)}", "sha-256=zz", "sha-256", f"md5={MD5},md5={b64(bytes(16))}")
    ),
    *({"Content-Digest": value} for value in (f"sha-256=:{b64(b'x' * 32)}:", "sha-256=:nope:", "sha-256")),
    {"Repr-Digest": f"sha-256=:{b64(b'x' * 32)}:"},
    {"Content-MD5": MD5, "Content-Digest": f"sha-256=:{b64(b'x' * 32)}:"},
]


@pytest.mark.parametrize("headers", BAD_DIGESTS, ids=str)
def test_bytes_that_do_not_match_their_checksum_are_not_kept(alice: TestClient, headers: dict[str, str]) -> None:
    files = f"/api/records/{make_draft(alice)}/draft/files"
    alice.post(files, json=[{"key": "a.txt"}])
    refused(alice.put(f"{files}/a.txt/content", content=CONTENT, headers=headers))
    refused(alice.post(f"{files}/a.txt/commit"))
    right = {"Content-MD5": MD5, "Digest": f"SHA-256={SHA256}", "Content-Digest": f"sha-256=:{SHA256}:"}
    assert alice.put(f"{files}/a.txt/content", content=CONTENT, headers=right).status_code == 200


def test_a_checksum_announced_beforehand_is_checked(alice: TestClient) -> None:
    files = f"/api/records/{make_draft(alice)}/draft/files"
    alice.post(files, json=[{"key": "a.txt", "checksum": "md5:" + "0" * 32, "size": len(CONTENT)}])
    assert "as announced" in refused(alice.put(f"{files}/a.txt/content", content=CONTENT))["message"]
    refused(alice.post(f"{files}/a.txt/commit"))


def test_a_part_is_not_taken_for_the_whole(alice: TestClient) -> None:
    files = f"/api/records/{make_draft(alice)}/draft/files"
    alice.post(files, json=[{"key": "a.txt"}])
    headers = {"Content-Range": f"bytes 0-{len(CONTENT) - 1}/1000"}
    assert alice.put(f"{files}/a.txt/content", content=CONTENT, headers=headers).status_code == 202
    refused(alice.post(f"{files}/a.txt/commit"))
    plan = {"key": "b.txt", "size": 1000, "transfer": {"type": "M", "parts": 1}}
    alice.post(files, json=[plan])
    assert "whole" in refused(alice.put(f"{files}/b.txt/content/1", content=CONTENT, headers=headers))["message"]


def test_content_for_what_was_never_announced_or_is_complete_is_refused(alice: TestClient) -> None:
    files = f"/api/records/{make_draft(alice)}/draft/files"
    refused(alice.put(f"{files}/a.txt/content", content=CONTENT), 404)
    alice.post(files, json=[{"key": "a.txt"}])
    refused(alice.get(f"{files}/a.txt/content"))
    alice.put(f"{files}/a.txt/content", content=CONTENT)
    alice.post(f"{files}/a.txt/commit")
    assert "is complete" in refused(alice.put(f"{files}/a.txt/content", content=b"other"))["message"]
    assert alice.get(f"{files}/a.txt/content").content == CONTENT


def test_a_draft_without_files_takes_none(alice: TestClient) -> None:
    number = make_draft(alice, {**BODY, "files": {"enabled": False}})
    told = refused(alice.post(f"/api/records/{number}/draft/files", json=[{"key": "a.txt"}]))
    assert "files.enabled" in told["message"]


@pytest.mark.parametrize("is_edited", [False, True])
def test_the_files_of_a_published_record_stay_as_they_are(alice: TestClient, is_edited: bool) -> None:
    number = make_record(alice)
    if is_edited:
        assert alice.post(f"/api/records/{number}/draft").status_code == 201
    files = f"/api/records/{number}/draft/files"
    for answer in (
        alice.post(files, json=[{"key": "b.txt"}]),
        alice.put(f"{files}/a.txt/content", content=b"other"),
        alice.put(f"{files}/a.txt", json={"metadata": {}}),
        alice.post(f"{files}/a.txt/commit"),
        alice.delete(f"{files}/a.txt"),
        alice.delete(files),
    ):
        assert "new version" in refused(answer, 403)["message"]
    refused(alice.put(f"/api/records/{number}/files/a.txt/content", content=b"other"), 405)
    assert alice.get(f"/api/records/{number}/files/a.txt/content").content == b"hello"


@pytest.mark.parametrize("kind", ["files/a.txt/content", "files-archive"])
@pytest.mark.parametrize(
    "spans",
    [
        *("bytes=-0", "bytes=5-1", "bytes=99999999-", "bytes=x", "bytes=-", "bytes=", "bytes=--1", "bytes=1-x"),
        "bytes=" + "9" * 5000 + "-",
        "bytes=" + ",".join(f"{place}-{place}" for place in range(0, 400, 2)),
    ],
    ids=lambda spans: spans[:20],
)
def test_ranges_that_name_no_bytes_are_a_416_that_tells_the_size(alice: TestClient, kind: str, spans: str) -> None:
    number = make_record(alice)
    answer = alice.get(f"/api/records/{number}/{kind}", headers={"Range": spans})
    assert len(refused(answer, 416)["message"]) < 300
    size = alice.get(f"/api/records/{number}/{kind}").headers["content-length"]
    assert answer.headers["content-range"] == f"bytes */{size}"
