"""tus 1.0 over HTTP: core and the extensions that are announced."""

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.refusals import make_draft, refused
from tests.uploads.conftest import TUS, TUS_BODY, md5, words

from baton.app import create_app
from baton.context import Context
from baton.kernel import clock
from baton.kernel.settings import Settings
from baton.uploads.jobs import expire_uploads

Begin = Callable[..., str]


def send(alice: TestClient, address: str, offset: int, data: bytes, **headers: str) -> Any:
    return alice.patch(address, content=data, headers={**TUS_BODY, "Upload-Offset": str(offset), **headers})


def offset(alice: TestClient, address: str) -> int:
    answer = alice.head(address, headers=TUS)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return int(answer.headers["upload-offset"])


def entry(alice: TestClient, draft: str, key: str = "a ü.bin") -> dict[str, Any]:
    found = {entry["key"]: dict(entry) for entry in alice.get(f"{draft}/files").json()["entries"]}
    return found[key]


def test_what_the_server_can_do_is_told_to_everybody(alice: TestClient, draft: str) -> None:
    told = alice.options(f"{draft}/uploads")
    assert told.status_code == 204
    assert told.headers["tus-version"] == "1.0.0"
    assert {"creation", "checksum", "termination", "expiration", "concatenation"} <= set(
        told.headers["tus-extension"].split(",")
    )
    assert told.headers["tus-max-size"] == str(50 * 10**9)
    assert "sha1" in told.headers["tus-checksum-algorithm"].split(",")


def test_a_file_in_three_requests_is_the_file_that_was_cut(
    alice: TestClient, draft: str, begin: Begin, whole: bytes
) -> None:
    address = begin(len(whole))
    assert offset(alice, address) == 0
    for start, stop in ((0, 100_000), (100_000, 100_001), (100_001, len(whole))):
        sent = send(alice, address, start, whole[start:stop])
        assert (sent.status_code, sent.content) == (204, b"")
        assert sent.headers["upload-offset"] == str(stop)
        assert sent.headers["tus-resumable"] == "1.0.0"
        assert offset(alice, address) == stop
    done = entry(alice, draft)
    assert (done["status"], done["size"], done["checksum"]) == ("completed", len(whole), md5(whole))
    assert alice.get(done["links"]["content"]).content == whole
    assert base64.b64encode(hashlib.sha256(whole).digest()).decode() in sent.headers["repr-digest"]


def test_the_first_bytes_may_come_with_the_creation(alice: TestClient, draft: str, whole: bytes) -> None:
    said = {"Upload-Length": str(len(whole)), "Upload-Metadata": words(filename="a.bin")}
    begun = alice.post(f"{draft}/uploads", content=whole[:1000], headers={**TUS_BODY, **said})
    assert (begun.status_code, begun.headers["upload-offset"]) == (201, "1000")
    assert send(alice, begun.headers["location"], 1000, whole[1000:]).status_code == 204
    at_once = alice.post(f"{draft}/uploads", content=whole, headers={**TUS_BODY, **said})
    assert (at_once.status_code, at_once.headers["upload-offset"]) == (201, str(len(whole)))
    assert entry(alice, draft, "a.bin")["checksum"] == md5(whole)


def test_an_empty_file_is_complete_when_it_begins(alice: TestClient, draft: str, begin: Begin) -> None:
    assert offset(alice, begin(0)) == 0
    assert entry(alice, draft)["size"] == 0


def test_the_length_may_come_later_but_never_change(alice: TestClient, draft: str, whole: bytes) -> None:
    said = {"Upload-Defer-Length": "1", "Upload-Metadata": words(name="later.bin")}
    address = alice.post(f"{draft}/uploads", headers={**TUS, **said}).headers["location"]
    assert send(alice, address, 0, whole[:10]).status_code == 204
    assert alice.head(address, headers=TUS).headers["upload-defer-length"] == "1"
    assert send(alice, address, 10, whole[10:20], **{"Upload-Length": str(len(whole))}).status_code == 204
    answer = send(alice, address, 20, whole[20:], **{"Upload-Length": "21"})
    assert answer.status_code == 409
    assert "cannot change" in answer.json()["message"]
    assert send(alice, address, 20, whole[20:]).status_code == 204
    assert entry(alice, draft, "later.bin")["checksum"] == md5(whole)


def test_bytes_that_do_not_follow_are_refused_and_nothing_is_lost(
    alice: TestClient, draft: str, begin: Begin, whole: bytes
) -> None:
    address = begin(len(whole))
    send(alice, address, 0, whole[:1000])
    for wrong in (0, 999, 1001, len(whole), len(whole) + 1):
        answer = send(alice, address, wrong, whole[wrong:])
        assert (answer.status_code, answer.headers["upload-offset"]) == (409, "1000")
        assert answer.headers["tus-resumable"] == "1.0.0"
    beyond = send(alice, address, 1000, whole[1000:] + b"x")
    assert beyond.status_code == 409
    assert offset(alice, address) == 1000
    send(alice, address, 1000, whole[1000:])
    assert entry(alice, draft)["checksum"] == md5(whole)


@pytest.mark.parametrize("algorithm", ["sha1", "md5", "sha256"])
def test_a_request_whose_bytes_are_not_those_of_its_checksum_is_460(
    alice: TestClient, draft: str, begin: Begin, whole: bytes, algorithm: str
) -> None:
    address = begin(len(whole))

    def said(data: bytes) -> dict[str, str]:
        digest = hashlib.new(algorithm, data, usedforsecurity=False).digest()
        return {"Upload-Checksum": f"{algorithm} {base64.b64encode(digest).decode()}"}

    assert send(alice, address, 0, whole[:1000], **said(whole[:1000])).status_code == 204
    answer = send(alice, address, 1000, whole[1000:], **said(b"other"))
    assert answer.status_code == 460
    assert offset(alice, address) == 1000
    assert send(alice, address, 1000, whole[1000:], **said(whole[1000:])).status_code == 204
    assert entry(alice, draft)["checksum"] == md5(whole)


@pytest.mark.parametrize("text", ["sha1", "crc32 AAAAAA==", "sha1 AAAA", "md5 !!!"])
def test_a_checksum_that_cannot_be_read_is_400(alice: TestClient, begin: Begin, text: str) -> None:
    address = begin(10)
    assert send(alice, address, 0, b"x", **{"Upload-Checksum": text}).status_code == 400
    assert offset(alice, address) == 0


def test_an_upload_that_is_given_up_is_gone(alice: TestClient, draft: str, begin: Begin, inside: Context) -> None:
    address = begin(10)
    send(alice, address, 0, b"12345")
    assert alice.delete(address, headers=TUS).status_code == 204
    assert list(inside.uploads.staging.root.iterdir()) == []
    assert alice.head(address, headers=TUS).status_code == 410
    assert send(alice, address, 5, b"67890").status_code == 410
    assert alice.delete(address, headers=TUS).status_code == 410
    assert alice.get(f"{draft}/files").json()["entries"] == []


def test_an_upload_that_is_complete_takes_nothing_more(alice: TestClient, draft: str, begin: Begin) -> None:
    address = begin(3)
    send(alice, address, 0, b"abc")
    assert send(alice, address, 3, b"").status_code == 204
    assert send(alice, address, 3, b"d").status_code == 410
    assert alice.delete(address, headers=TUS).status_code == 410
    assert offset(alice, address) == 3
    assert entry(alice, draft)["size"] == 3


def test_pieces_that_came_apart_are_put_together(alice: TestClient, draft: str, begin: Begin, whole: bytes) -> None:
    cuts = [whole[:100_000], whole[100_000:150_000], whole[150_000:]]
    pieces = [begin(len(cut), name="", **{"Upload-Concat": "partial"}) for cut in cuts]
    final = {"Upload-Concat": "final;" + " ".join(pieces), "Upload-Metadata": words(filename="joined.bin")}
    for number in (2, 0):
        assert send(alice, pieces[number], 0, cuts[number]).status_code == 204
    assert alice.post(f"{draft}/uploads", headers={**TUS, **final}).status_code == 409  # one is missing
    send(alice, pieces[1], 0, cuts[1])
    assert alice.get(f"{draft}/files").json()["entries"] == []
    joined = alice.post(f"{draft}/uploads", headers={**TUS, **final})
    assert joined.status_code == 201
    assert entry(alice, draft, "joined.bin")["checksum"] == md5(whole)
    told = alice.head(joined.headers["location"], headers=TUS).headers
    assert (told["upload-concat"], told["upload-length"]) == (final["Upload-Concat"], str(len(whole)))
    assert send(alice, joined.headers["location"], 0, b"x").status_code == 403
    assert alice.post(f"{draft}/uploads", headers={**TUS, **final}).status_code == 409  # they are used up


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Length": "-1"},
        {"Upload-Length": "1e3"},
        {"Upload-Length": "9" * 19},
        {"Upload-Length": "9" * 40},
        {"Upload-Length": str(51 * 10**9)},
        {"Upload-Length": "1", "Upload-Defer-Length": "1"},
        {"Upload-Defer-Length": "2"},
        {},
        {"Upload-Length": "1", "Upload-Metadata": "filename"},
        {"Upload-Length": "1", "Upload-Metadata": "filename !!"},
        {"Upload-Length": "1", "Upload-Metadata": "filename YQ==,filename YQ=="},
        {"Upload-Length": "1", "Upload-Metadata": words(filename="../x")},
        {"Upload-Length": "1", "Upload-Metadata": words(filename="")},
        {"Upload-Length": "1", "Upload-Metadata": words(other="x")},
        {"Upload-Length": "1", "Upload-Metadata": "a YQ==," * 2000},
        {"Upload-Length": "1", "Upload-Concat": "half"},
        {"Upload-Concat": "final;"},
        {"Upload-Concat": "final;/a/b /a/b"},
        {"Upload-Length": "1", "Upload-Concat": "final;/a/b"},
    ],
)
def test_an_upload_that_cannot_be_is_refused_with_a_reason(
    alice: TestClient, draft: str, headers: dict[str, str]
) -> None:
    answer = alice.post(f"{draft}/uploads", headers={**TUS, "Upload-Metadata": words(filename="a.bin"), **headers})
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert alice.get(f"{draft}/uploads").json()["total"] == 0


def test_limits_are_asked_before_bytes_flow(settings: Settings, cast: Any) -> None:
    small = settings.model_copy(update={"max_files": 2, "max_record_bytes": 10})
    with TestClient(create_app(small), headers=cast.alice.headers) as alice:
        draft = f"/api/records/{make_draft(alice)}/draft"

        def begin(length: int, name: str) -> Any:
            said = {**TUS, "Upload-Length": str(length), "Upload-Metadata": words(filename=name)}
            return alice.post(f"{draft}/uploads", headers=said)

        for name in ("a.txt", "b.txt"):
            assert send(alice, begin(4, name).headers["location"], 0, b"abcd").status_code == 204
        assert "at most 2 files" in refused(begin(1, "c.txt"))["message"]
        assert "together" in refused(begin(7, "b.txt"))["message"]
        assert begin(6, "b.txt").status_code == 201


def test_only_the_protocol_that_is_spoken_is_taken(alice: TestClient, draft: str, begin: Begin) -> None:
    address = begin(10)
    for method, version in (("POST", "0.2.2"), ("POST", ""), ("PATCH", "2.0.0"), ("HEAD", "0.1")):
        answer = alice.request(
            method,
            f"{draft}/uploads" if method == "POST" else address,
            headers={**TUS_BODY, "Tus-Resumable": version, "Upload-Offset": "0"},
        )
        assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")
    number = address.rpartition("/")[2]
    for kind in ("application/octet-stream", "", "text/plain"):
        answer = alice.patch(
            f"{draft}/uploads/{number}", content=b"x", headers={**TUS, "Upload-Offset": "0", "Content-Type": kind}
        )
        assert answer.status_code == 415
    assert offset(alice, address) == 0


def test_a_method_may_be_said_in_a_header(alice: TestClient, draft: str, begin: Begin) -> None:
    address = begin(10)
    number = address.rpartition("/")[2]
    over = {**TUS_BODY, "X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    assert alice.post(f"{draft}/uploads/{number}", content=b"12345", headers=over).status_code == 204
    assert offset(alice, address) == 5
    assert alice.post(address, headers=TUS).status_code == 405
    assert alice.post(address, headers={**TUS, "X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert alice.get(address).json()["state"] == "cancelled"


def test_uploads_are_for_those_who_may_fill_the_draft(alice: TestClient, draft: str, begin: Begin, cast: Any) -> None:
    address = begin(10)
    for headers in (cast.bob.headers, {"Authorization": ""}):
        assert alice.head(address, headers={**TUS, **headers}).status_code == 403
        assert send(alice, address, 0, b"x", **headers).status_code == 403
        assert alice.delete(address, headers={**TUS, **headers}).status_code == 403
        assert alice.get(f"{draft}/uploads", headers=headers).status_code == 403
        said = {**TUS, "Upload-Length": "1", "Upload-Metadata": words(filename="a"), **headers}
        assert alice.post(f"{draft}/uploads", headers=said).status_code == 403
    other = f"/api/records/{alice.post('/api/records', json={}).json()['id']}/draft"
    elsewhere = address.replace(draft, other)
    assert send(alice, elsewhere, 0, b"x").status_code == 404
    assert alice.head(f"{draft}/uploads/{'0' * 36}", headers=TUS).status_code == 404


def test_a_page_of_another_site_cannot_upload_with_the_session(client: TestClient) -> None:
    session = {"Cookie": "session=somebody"}
    for method, address in (("POST", ""), ("PATCH", "/1"), ("DELETE", "/1")):
        answer = client.request(method, f"/api/records/1/draft/uploads{address}", headers={**TUS_BODY, **session})
        assert "Forged" in refused(answer)["title"]


def test_scripts_of_other_sites_may_read_how_far_it_is(alice: TestClient, draft: str) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "PATCH"}
    asked["Access-Control-Request-Headers"] = "authorization,tus-resumable,upload-offset,content-type"
    told = alice.options(f"{draft}/uploads/x", headers=asked)
    assert told.status_code == 200
    assert "PATCH" in told.headers["access-control-allow-methods"]
    shown = alice.get(f"{draft}/uploads", headers={"Origin": "https://example.org"})
    exposed = shown.headers["access-control-expose-headers"].lower()
    assert all(name in exposed for name in ("upload-offset", "location", "tus-resumable", "upload-expires"))


def test_an_upload_nobody_goes_on_with_expires(alice: TestClient, draft: str, begin: Begin, inside: Context) -> None:
    old = begin(10, name="old")
    send(alice, old, 0, b"12345")
    assert "GMT" in alice.head(old, headers=TUS).headers["upload-expires"]
    clock.freeze(clock.real() + timedelta(days=6))
    young = begin(10, name="young")
    send(alice, young, 0, b"1")
    clock.freeze(clock.real() + timedelta(days=8))
    expire_uploads(inside.uploads, timedelta(hours=24))
    assert alice.head(old, headers=TUS).status_code == 404
    assert [upload["key"] for upload in alice.get(f"{draft}/uploads").json()["entries"]] == ["young"]
    assert [path.name for path in inside.uploads.staging.root.iterdir()] == [young.rpartition("/")[2]]


def test_an_upload_at_work_is_not_swept(alice: TestClient, begin: Begin, inside: Context) -> None:
    address = begin(10)
    send(alice, address, 0, b"12345")
    clock.freeze(clock.real() + timedelta(days=80))
    with inside.uploads.staging.open(address.rpartition("/")[2]):
        expire_uploads(inside.uploads, timedelta(0))
    assert send(alice, address, 5, b"67890").status_code == 204


def test_the_bytes_of_a_draft_that_is_thrown_away_are_swept(
    alice: TestClient, draft: str, begin: Begin, inside: Context
) -> None:
    send(alice, begin(10), 0, b"12345")
    assert alice.delete(draft).status_code == 204
    assert len(list(inside.uploads.staging.root.iterdir())) == 1
    clock.freeze(clock.real() + timedelta(days=2))
    expire_uploads(inside.uploads, timedelta(hours=24))
    assert list(inside.uploads.staging.root.iterdir()) == []


def test_a_file_that_was_announced_must_be_what_was_announced(alice: TestClient, draft: str, begin: Begin) -> None:
    alice.post(f"{draft}/files", json=[{"key": "a.bin", "size": 3, "checksum": md5(b"abc")}])
    answer = send(alice, begin(3, name="a.bin"), 0, b"abd")
    assert answer.status_code == 400
    assert "md5" in answer.json()["message"]
    assert entry(alice, draft, "a.bin")["status"] == "pending"
    assert send(alice, begin(3, name="a.bin"), 0, b"abc").status_code == 204
    assert entry(alice, draft, "a.bin")["status"] == "completed"


def test_nothing_comes_into_a_published_record(alice: TestClient) -> None:
    number = make_draft(alice)
    files = f"/api/records/{number}/draft/files"
    alice.post(files, json=[{"key": "a.txt"}])
    alice.put(f"{files}/a.txt/content", content=b"hello")
    alice.post(f"{files}/a.txt/commit")
    said = {**TUS, "Upload-Length": "10", "Upload-Metadata": words(filename="late.txt")}
    address = alice.post(f"/api/records/{number}/draft/uploads", headers=said).headers["location"]
    assert send(alice, address, 0, b"12345").status_code == 204
    assert alice.post(f"/api/records/{number}/draft/actions/publish").status_code == 202
    assert send(alice, address, 5, b"67890").status_code in {403, 404}
    assert [entry["key"] for entry in alice.get(f"/api/records/{number}/files").json()["entries"]] == ["a.txt"]
