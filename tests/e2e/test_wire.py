"""What only shows on the wire: lengths that lie, requests that are none, two clients at the same moment."""

import hashlib
import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import Live, Reply, next_reply, read_reply
from tests.waiting import until

from baton.kernel.settings import Settings

METADATA = {
    "title": "Wire",
    "resource_type": {"id": "dataset"},
    "publication_date": "2024-01-01",
    "publisher": "Test",
    "creators": [{"person_or_org": {"type": "organizational", "name": "Us"}}],
}


def make_draft(live: Live) -> str:
    return str(live.call("POST", "/api/records", {"metadata": METADATA}).json()["id"])


def make_file(live: Live, number: str, key: str = "a.bin", **declared: Any) -> str:
    """Announce a file; returns the address of its content."""
    files = f"/api/records/{number}/draft/files"
    assert live.call("POST", files, [{"key": key, **declared}]).status == 201
    return f"{files}/{key}/content"


def entries(live: Live, number: str) -> dict[str, Any]:
    answer = live.call("GET", f"/api/records/{number}/draft/files").json()
    return {entry["key"]: entry for entry in answer["entries"]}


def refused(reply: Reply, status: int = 400) -> str:
    """What a refusal in the documented shape tells."""
    assert reply.status == status, reply
    assert reply.headers["content-type"] == "application/json"
    body = reply.json()
    assert body["status"] == status
    assert {"type", "title", "detail", "message"} <= body.keys()
    return str(body["message"])


def at_once(*calls: Callable[[], Reply]) -> list[Reply]:
    """Do all calls at the same moment."""
    ready = threading.Barrier(len(calls))
    replies: dict[int, Reply] = {}

    def run(place: int, call: Callable[[], Reply]) -> None:
        ready.wait()
        replies[place] = call()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [replies[place] for place in range(len(calls))]


def incoming(settings: Settings) -> list[Path]:
    """What lies in the store without a name."""
    return list((settings.data_dir / "files" / "incoming").glob("*"))


# --- lengths ---


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_content_that_ends_too_early_leaves_nothing_behind(
    live: Live, settings: Settings, caplog: pytest.LogCaptureFixture, size: int
) -> None:
    number = make_draft(live)
    content = make_file(live, number)
    with caplog.at_level(logging.ERROR):
        live.raw(live.head("PUT", content, Content_Length=str(size * 2)) + b"x" * size, close=True)
        until(lambda: not incoming(settings))
    assert entries(live, number)["a.bin"]["status"] == "pending"
    assert refused(live.call("POST", content.removesuffix("content") + "commit")).startswith("The content of")
    assert not caplog.records


@pytest.mark.parametrize("path", ["/api/records", "/api/records/{}/draft", "/api/deposit/depositions/{}"])
def test_json_that_ends_too_early_changes_nothing(live: Live, caplog: pytest.LogCaptureFixture, path: str) -> None:
    number = make_draft(live)
    method = "POST" if path == "/api/records" else "PUT"
    with caplog.at_level(logging.ERROR):
        head = live.head(method, path.format(number), Content_Length="500", Content_Type="application/json")
        live.raw(head + b'{"metadata": {}}', close=True)
        draft = live.call("GET", f"/api/records/{number}/draft").json()
    assert draft["metadata"]["title"] == "Wire"
    assert draft["revision_id"] == 1
    until(lambda: live.call("GET", "/api/user/records").json()["hits"]["total"] == 1)
    assert not caplog.records


def test_a_form_that_ends_too_early_leaves_nothing_behind(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    number = make_draft(live)
    with caplog.at_level(logging.ERROR):
        head = live.head(
            "POST",
            f"/api/deposit/depositions/{number}/files",
            Content_Type="multipart/form-data; boundary=x",
            Content_Length="9000",
        )
        live.raw(head + b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\nabc', close=True)
        assert entries(live, number) == {}
    assert not caplog.records


@pytest.mark.parametrize("sent", [b"", b"1234", b"123456"])
def test_content_of_another_length_than_announced_is_refused_and_not_kept(live: Live, sent: bytes) -> None:
    number = make_draft(live)
    content = make_file(live, number, size=5)
    assert "5 bytes were announced" in refused(live.call("PUT", content, sent))
    assert "checksum" not in entries(live, number)["a.bin"]
    assert live.call("PUT", content, b"12345").status == 200


def test_what_comes_after_the_declared_length_is_not_part_of_the_file(live: Live) -> None:
    number = make_draft(live)
    content = make_file(live, number)
    connection = live.connect()
    connection.sendall(live.head("PUT", content, Content_Length="5") + b"12345 and more")
    reply = read_reply(connection)
    assert reply.status in {200, 400}
    kept = live.call("GET", content)
    assert kept.status == 400 or kept.body == b"12345"


@pytest.mark.parametrize("length", ["-1", "abc", "9" * 30, "9" * 5000, "5, 6", "0x5", "1_0"])
def test_a_length_that_is_none_is_refused(live: Live, length: str) -> None:
    number = make_draft(live)
    content = make_file(live, number)
    refused(live.raw(live.head("PUT", content, Content_Length=length) + b"12345"))
    refused(live.raw(live.head("POST", "/api/records", Content_Length=length) + b"{}"))
    assert "checksum" not in entries(live, number)["a.bin"]


def test_broken_chunks_are_refused_and_whole_ones_taken(live: Live, settings: Settings) -> None:
    number = make_draft(live)
    content = make_file(live, number)
    head = live.head("PUT", content, Transfer_Encoding="chunked")
    for body in (b"zz\r\nabc\r\n0\r\n\r\n", b"-5\r\nabc\r\n", b"f" * 40 + b"\r\nabc\r\n", b"5\r\n1234567\r\n0\r\n\r\n"):
        live.raw(head + body, close=True)
        until(lambda: not incoming(settings))
        assert "checksum" not in entries(live, number)["a.bin"]
    assert live.raw(head + b"5\r\n12345\r\n0\r\n\r\n").status == 200
    assert live.raw(head + b"0\r\n\r\n").status == 200  # an empty file is a file


def test_a_body_larger_than_the_server_reads_is_refused_before_it_has_come(live: Live) -> None:
    head = live.head("POST", "/api/records", Content_Length="99999999")
    assert "8,000,000 bytes" in refused(live.raw(head), 413)
    endless = live.head("POST", "/api/records", Transfer_Encoding="chunked") + b"7a1201\r\n" + b" " * 8_000_001
    assert "8,000,000 bytes" in refused(live.raw(endless), 413)


# --- what is no request ---


@pytest.mark.parametrize(
    "data",
    [
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nNo colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\x00c\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_in_the_shape_of_all_refusals(live: Live, data: bytes) -> None:
    refused(live.raw(data))


def test_headers_without_end_are_refused(live: Live) -> None:
    line = b"GET /ping HTTP/1.1\r\nHost: x\r\nX: "
    assert live.raw(line + b"a" * 60_000 + b"\r\n\r\n").status == 200
    connection = live.connect()
    connection.sendall(line + b"a" * 900_000)
    assert "131,072 bytes" in refused(read_reply(connection), 431)


def test_an_upgrade_to_another_protocol_is_not_followed(live: Live) -> None:
    upgrade = {"Connection": "Upgrade", "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec_WebSocket_Version": "13"}
    assert live.raw(live.head("GET", "/api/nosuch", Upgrade="websocket", **upgrade)).status == 404


def test_a_name_that_is_not_utf8_is_refused_and_never_taken_for_another(live: Live) -> None:
    number = make_draft(live)
    bucket = live.call("GET", f"/api/deposit/depositions/{number}").json()["links"]["bucket"]
    path = bucket.removeprefix("http://testserver")
    for name in ("%ff.txt", "%fe.txt", "%c0%ae%c0%ae", "%ed%a0%80", "a%80/b"):
        assert "UTF-8" in refused(live.call("PUT", f"{path}/{name}", b"x"))
    assert "UTF-8" in refused(live.call("GET", "/api/records?q=M%FCller"))
    assert live.call("PUT", f"{path}/%C3%BC.txt", b"x").status == 201
    assert list(entries(live, number)) == ["ü.txt"]


# --- what is kept ready, and goes out as it is ---


def test_kept_answers_keep_their_place_among_requests_that_are_sent_ahead(live: Live) -> None:
    number = make_complete(live)
    assert live.call("POST", f"/api/records/{number}/draft/actions/publish").status == 202
    path = f"/api/records/{number}"
    ask = b"%s " + path.encode() + b" HTTP/1.1\r\nHost: testserver\r\n%s\r\n"
    first = live.raw(ask % (b"GET", b""))
    tag = first.headers["etag"].encode()
    connection = live.connect()
    connection.sendall(
        ask % (b"GET", b"")
        + b"GET /ping HTTP/1.1\r\nHost: testserver\r\n\r\n"
        + ask % (b"HEAD", b"")
        + ask % (b"GET", b"If-None-Match: " + tag + b"\r\n")
        + ask % (b"GET", b"Connection: close\r\n")
    )
    stream = connection.makefile("rb")
    whole, ping, head, known, last = (next_reply(stream, is_head=place == 2) for place in range(5))
    assert [reply.status for reply in (whole, ping, head, known, last)] == [200, 200, 200, 304, 200]
    assert whole.body == last.body == first.body
    assert (whole.headers["etag"], whole.headers["content-length"]) == (tag.decode(), str(len(first.body)))
    assert head.headers.keys() == whole.headers.keys() >= {"date", "vary", "x-request-id", "content-type"}
    assert (known.body, "content-type" in known.headers) == (b"", False)
    assert last.headers["connection"] == "close"
    assert stream.read() == b""
    old = live.raw(f"GET {path} HTTP/1.0\r\n\r\n".encode())
    assert (old.status, old.body) == (200, first.body)


# --- two at once ---


def test_of_two_uploads_to_one_key_at_once_one_stays_whole(live: Live) -> None:
    number = make_draft(live)
    bucket = live.call("GET", f"/api/deposit/depositions/{number}").json()["links"]["bucket"]
    path = bucket.removeprefix("http://testserver") + "/a.bin"
    contents = [bytes([65 + place]) * 2_000_000 for place in range(4)]
    replies = at_once(*(partial(live.call, "PUT", path, content) for content in contents))
    assert [reply.status for reply in replies] == [201] * 4
    kept = live.call("GET", path).body
    assert kept in contents
    assert list(entries(live, number)) == ["a.bin"]
    checksum = "md5:" + hashlib.md5(kept, usedforsecurity=False).hexdigest()
    assert entries(live, number)["a.bin"]["checksum"] == checksum


def test_of_two_contents_for_one_announced_file_one_stays_whole(live: Live) -> None:
    number = make_draft(live)
    content = make_file(live, number)
    contents = [b"1" * 1_500_000, b"2" * 1_500_000]
    replies = at_once(*(partial(live.call, "PUT", content, body) for body in contents))
    assert [reply.status for reply in replies] == [200, 200]
    assert live.call("POST", content.removesuffix("content") + "commit").status == 200
    assert live.call("GET", content).body in contents
    assert "is complete" in refused(live.call("PUT", content, b"3"))


def test_announcing_one_name_twice_at_once_makes_one_file(live: Live) -> None:
    number = make_draft(live)
    files = f"/api/records/{number}/draft/files"
    replies = at_once(*(lambda: live.call("POST", files, [{"key": "a.bin"}]) for _ in range(4)))
    assert sorted(reply.status for reply in replies) == [201, 400, 400, 400]
    assert all("already" in refused(reply) for reply in replies if reply.status == 400)
    assert list(entries(live, number)) == ["a.bin"]


def make_complete(live: Live) -> str:
    number = make_draft(live)
    content = make_file(live, number)
    live.call("PUT", content, b"hello")
    live.call("POST", content.removesuffix("content") + "commit")
    return number


def test_of_several_publications_at_once_one_happens(live: Live) -> None:
    number = make_complete(live)
    paths = [f"/api/records/{number}/draft/actions/publish", f"/api/deposit/depositions/{number}/actions/publish"] * 2
    replies = at_once(*(partial(live.call, "POST", path) for path in paths))
    assert sorted(reply.status for reply in replies) == [202, 404, 404, 404]
    assert all("no open draft" in refused(reply, 404) for reply in replies if reply.status == 404)
    record = live.call("GET", f"/api/records/{number}").json()
    assert (record["revision_id"], record["versions"]["index"]) == (1, 1)
    until(lambda: live.call("GET", "/api/records").json()["hits"]["total"] == 1)


def test_a_publication_and_an_upload_at_once_leave_no_file_half_published(live: Live) -> None:
    number = make_complete(live)
    bucket = live.call("GET", f"/api/deposit/depositions/{number}").json()["links"]["bucket"]
    path = bucket.removeprefix("http://testserver") + "/late.bin"
    published, uploaded = at_once(
        lambda: live.call("POST", f"/api/records/{number}/draft/actions/publish"),
        lambda: live.call("PUT", path, b"late" * 500_000),
    )
    assert published.status == 202
    keys = set(live.call("GET", f"/api/records/{number}").json()["files"]["entries"])
    if uploaded.status == 201:
        assert keys == {"a.bin", "late.bin"}
    else:
        assert "cannot change" in refused(uploaded, 403)
        assert keys == {"a.bin"}


def test_new_versions_asked_for_at_once_are_one_draft(live: Live) -> None:
    number = make_complete(live)
    live.call("POST", f"/api/records/{number}/draft/actions/publish")
    replies = at_once(*(lambda: live.call("POST", f"/api/records/{number}/versions") for _ in range(4)))
    assert [reply.status for reply in replies] == [201] * 4
    assert len({reply.json()["id"] for reply in replies}) == 1


def test_drafts_made_at_once_are_all_there(live: Live) -> None:
    replies = at_once(*(lambda: live.call("POST", "/api/records", {"metadata": METADATA}) for _ in range(12)))
    assert [reply.status for reply in replies] == [201] * 12
    assert len({reply.json()["id"] for reply in replies}) == 12
    until(lambda: live.call("GET", "/api/user/records").json()["hits"]["total"] == 12)
