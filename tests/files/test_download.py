"""Bytes out over HTTP."""

import asyncio
import base64
import email
import hashlib
import io
import random
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from baton.files.download import Downloads, archive_response, content_response
from baton.files.entry import FileEntry
from baton.files.errors import NoContent, PreconditionFailed, RangeNotSatisfiable
from baton.files.mediatypes import guess_media_type
from baton.kernel.errors import Problem
from baton.storage.content import Stored
from baton.storage.errors import ContentDamaged, ContentMissing
from baton.storage.folder import FolderStore

Keep = Callable[[bytes], Stored]
Respond = Callable[[Request], Response]
MODIFIED = datetime(2026, 3, 4, 5, 6, 7, 890, UTC)
MB = 1 << 20
DATA = random.Random(1).randbytes(3 * MB + 17)


def entry_of(stored: Stored, key: str = "data.bin") -> FileEntry:
    return FileEntry(
        id="0",
        key=key,
        status="completed",
        size=stored.size,
        md5=stored.md5,
        sha256=stored.sha256,
        crc32=stored.crc32,
        mimetype=guess_media_type(key),
        version_id="0",
        created_at=MODIFIED,
        updated_at=MODIFIED,
    )


def ask(respond: Respond, method: str = "GET", **headers: str) -> httpx2.Response:
    """One request, the way a server would call us; header names with underscores."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = respond(Request(scope, receive))
        except Problem as problem:
            response = Response(problem.detail, problem.status, problem.headers)
        await response(scope, receive, send)

    async def call() -> httpx2.Response:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://x") as client:
            return await client.request(method, "/", headers={k.replace("_", "-"): v for k, v in headers.items()})

    return asyncio.run(call())


@pytest.fixture
def content(store: FolderStore, keep: Keep) -> Respond:
    entry = entry_of(keep(DATA))
    return lambda request: content_response(request, Downloads(store, trust), entry, is_public=True)


def test_a_whole_file_comes_with_all_that_is_known_of_it(content: Respond) -> None:
    answer = ask(content)

    assert answer.status_code == 200
    assert answer.content == DATA
    md5, sha256 = hashlib.md5(DATA, usedforsecurity=False), hashlib.sha256(DATA)
    assert dict(answer.headers) == {
        "content-type": "application/octet-stream",
        "content-disposition": 'attachment; filename="data.bin"',
        "content-security-policy": answer.headers["content-security-policy"],
        "x-content-type-options": "nosniff",
        "cache-control": "public, no-cache",
        "content-md5": base64.b64encode(md5.digest()).decode(),
        "repr-digest": f"sha-256=:{base64.b64encode(sha256.digest()).decode()}:",
        "accept-ranges": "bytes",
        "etag": f'"md5:{md5.hexdigest()}"',
        "last-modified": "Wed, 04 Mar 2026 05:06:07 GMT",
        "content-length": str(len(DATA)),
    }


def test_head_says_the_same_and_reads_nothing(content: Respond, store: FolderStore) -> None:
    whole = ask(content)
    store.delete(hashlib.sha256(DATA).hexdigest())

    head = ask(content, "HEAD", Range="bytes=0-9")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == whole.headers


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=5-", 5, len(DATA)),
        ("bytes=-5", len(DATA) - 5, len(DATA)),
        (f"bytes={MB - 1}-{2 * MB}", MB - 1, 2 * MB + 1),
        (f"bytes={len(DATA) - 1}-{len(DATA) + 5}", len(DATA) - 1, len(DATA)),
    ],
)
def test_a_part_is_206_and_exactly_that_part(content: Respond, asked: str, start: int, stop: int) -> None:
    answer = ask(content, Range=asked)

    assert answer.status_code == 206
    assert answer.content == DATA[start:stop]
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(DATA)}"
    assert answer.headers["content-length"] == str(stop - start)
    assert "content-md5" not in answer.headers


def test_several_parts_come_as_several_parts(content: Respond) -> None:
    answer = ask(content, Range=f"bytes=0-9,100-{2 * MB},-5")

    assert answer.status_code == 206
    assert answer.headers["content-length"] == str(len(answer.content))
    message = email.message_from_bytes(
        b"Content-Type: " + answer.headers["content-type"].encode() + b"\r\n\r\n" + answer.content
    )
    parts = message.get_payload()
    assert isinstance(parts, list)
    assert [part["Content-Range"] for part in parts if isinstance(part, email.message.Message)] == [
        f"bytes 0-9/{len(DATA)}",
        f"bytes 100-{2 * MB}/{len(DATA)}",
        f"bytes {len(DATA) - 5}-{len(DATA) - 1}/{len(DATA)}",
    ]
    for part in (DATA[:10], DATA[100 : 2 * MB + 1], DATA[-5:]):
        assert b"\r\n\r\n" + part + b"\r\n--" in answer.content


def test_a_range_behind_the_end_is_416_with_the_size(content: Respond) -> None:
    answer = ask(content, Range=f"bytes={len(DATA)}-")

    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(DATA)}"


def test_what_the_caller_has_is_not_sent_again(content: Respond) -> None:
    tag = ask(content, "HEAD").headers["etag"]

    answer = ask(content, If_None_Match=tag, Range="bytes=0-9")

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag
    assert "content-length" not in answer.headers
    assert ask(content, If_Modified_Since=answer.headers["last-modified"]).status_code == 304
    assert ask(content, If_None_Match='"another"').status_code == 200


def test_a_download_is_resumed_only_if_it_is_still_the_same_file(content: Respond) -> None:
    tag = ask(content, "HEAD").headers["etag"]

    assert ask(content, Range="bytes=10-", If_Range=tag).content == DATA[10:]
    assert ask(content, Range="bytes=10-", If_Range='"older"').content == DATA
    assert ask(content, Range="bytes=10-", If_Match='"older"').status_code == 412


def test_restricted_bytes_stay_in_no_cache(store: FolderStore, keep: Keep) -> None:
    entry = entry_of(keep(b"secret"))
    answer = ask(lambda request: content_response(request, Downloads(store, trust), entry, is_public=False))
    assert answer.headers["cache-control"] == "private, no-store"


def test_an_empty_file_is_downloaded(store: FolderStore, keep: Keep) -> None:
    entry = entry_of(keep(b""), "empty.txt")

    def respond(request: Request) -> Response:
        return content_response(request, Downloads(store, trust), entry, is_public=True)

    assert (ask(respond).status_code, ask(respond).headers["content-length"]) == (200, "0")
    assert ask(respond, Range="bytes=0-").status_code == 416
    assert ask(respond, Range="bytes=-5").status_code == 200


def test_a_page_from_a_stranger_is_shown_as_text_in_a_sandbox(store: FolderStore, keep: Keep) -> None:
    entry = entry_of(keep(b"<script>alert(1)</script>"), "a/évil.html")

    answer = ask(lambda request: content_response(request, Downloads(store, trust), entry, is_public=True))

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"] == "inline; filename=\"evil.html\"; filename*=UTF-8''%C3%A9vil.html"
    assert "sandbox" in answer.headers["content-security-policy"]
    saved = ask(
        lambda request: content_response(request, Downloads(store, trust), entry, is_public=True, attachment=True)
    )
    assert saved.headers["content-disposition"].startswith("attachment")


def test_a_file_without_content_is_not_downloaded(store: FolderStore) -> None:
    entry = FileEntry("0", "a", "pending", None, None, None, None, "text/plain", "0", MODIFIED, MODIFIED)
    with pytest.raises(NoContent):
        ask_directly(lambda request: content_response(request, Downloads(store, trust), entry, is_public=True))


def ask_directly(respond: Respond, **headers: str) -> Response:
    raw = [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return respond(Request({"type": "http", "method": "GET", "path": "/", "headers": raw}))


def test_refusals_are_problems_before_anything_is_sent(content: Respond) -> None:
    with pytest.raises(RangeNotSatisfiable):
        ask_directly(content, Range="bytes=9-1")
    with pytest.raises(PreconditionFailed):
        ask_directly(content, If_Match='"x"')


@pytest.mark.parametrize("size", [10, 2 * MB])
def test_missing_bytes_are_a_problem_before_anything_is_sent(store: FolderStore, keep: Keep, size: int) -> None:
    entry = entry_of(keep(bytes(size)))
    assert entry.sha256
    store.delete(entry.sha256)
    sent: list[Message] = []
    doubted: list[str] = []

    async def call() -> None:
        async def send(message: Message) -> None:
            sent.append(message)

        response = ask_directly(
            lambda request: content_response(request, Downloads(store, doubted.append), entry, is_public=True)
        )
        await response({"type": "http"}, never, send)

    with pytest.raises(ContentMissing):
        asyncio.run(call())
    assert sent == []
    assert doubted == [entry.sha256]


@pytest.mark.parametrize(("size", "sent"), [(10, []), (MB, []), (2 * MB, [MB]), (3 * MB + 17, [MB, MB, MB])])
def test_damaged_bytes_break_off_before_the_end_and_are_told(
    store: FolderStore, keep: Keep, size: int, sent: list[int]
) -> None:
    stored = keep(DATA[:size])
    flip_a_bit(store, stored)
    doubted: list[str] = []
    got: list[int] = []

    async def call() -> None:
        async def send(message: Message) -> None:
            got.append(len(message.get("body", b"")))

        await ask_directly(
            lambda request: content_response(
                request, Downloads(store, doubted.append), entry_of(stored), is_public=True
            )
        )({"type": "http"}, never, send)

    with pytest.raises(ContentDamaged):
        asyncio.run(call())
    assert [length for length in got if length] == sent
    assert doubted == [stored.sha256]


def test_an_archive_with_a_damaged_file_breaks_off(store: FolderStore, keep: Keep) -> None:
    entries = [entry_of(keep(data), key) for key, data in FILES.items()]
    flip_a_bit(store, keep(FILES["naïve.csv"]))
    doubted: list[str] = []
    with pytest.raises(ContentDamaged):
        ask(
            lambda request: archive_response(
                request, Downloads(store, doubted.append), entries, "record-1.zip", MODIFIED, is_public=True
            )
        )
    assert doubted == [entries[1].sha256]


def flip_a_bit(store: FolderStore, stored: Stored) -> None:
    path = store.path(stored.sha256)
    path.chmod(0o600)
    with path.open("r+b") as file:
        first = file.read(1)
        file.seek(0)
        file.write(bytes([first[0] ^ 1]))


def trust(sha256: str) -> NoReturn:
    """For downloads of which all bytes can be read."""
    raise AssertionError(sha256)


async def never(*_message: Message) -> NoReturn:
    """A client from whom nothing comes and to whom nothing gets through."""
    await asyncio.Event().wait()
    raise AssertionError


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


@pytest.mark.parametrize("leaves", ["says so", "is cut off"])
def test_a_client_that_leaves_leaks_nothing(content: Respond, leaves: str) -> None:
    before = open_files()
    sent: list[int] = []

    async def call() -> None:
        gone = asyncio.Event()

        async def receive() -> Message:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(len(message.get("body", b"")))
            if len(sent) == 2:
                if leaves == "is cut off":
                    raise OSError
                gone.set()
                await asyncio.sleep(0.01)

        await ask_directly(content)({"type": "http"}, receive, send)

    if leaves == "is cut off":
        with pytest.raises(OSError):  # noqa: PT011  the server's own, passed through
            asyncio.run(call())
    else:
        asyncio.run(call())
    assert sum(sent) < len(DATA)
    assert open_files() <= before


def test_a_stopped_server_leaks_nothing(content: Respond) -> None:
    before = open_files()

    async def call() -> None:
        task = asyncio.create_task(ask_directly(content)({"type": "http"}, never, never))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(call())
    assert open_files() <= before


FILES = {"a/readme.md": b"# hi", "naïve.csv": b"1,2\n" * 50_000, "zero": b"", "big.bin": DATA}


@pytest.fixture
def archive(store: FolderStore, keep: Keep) -> Respond:
    entries = [entry_of(keep(data), key) for key, data in FILES.items()]
    pending = FileEntry("0", "pending", "pending", None, None, None, None, "text/plain", "0", MODIFIED, MODIFIED)
    return lambda request: archive_response(
        request, Downloads(store, trust), [*entries, pending], "record-1.zip", MODIFIED, is_public=True
    )


def test_a_record_is_downloaded_as_one_zip(archive: Respond) -> None:
    answer = ask(archive)

    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="record-1.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == FILES


def test_an_interrupted_archive_is_resumed(archive: Respond) -> None:
    whole = ask(archive)
    half = len(whole.content) // 2

    rest = ask(archive, Range=f"bytes={half}-", If_Range=whole.headers["etag"])

    assert rest.status_code == 206
    assert whole.content[:half] + rest.content == whole.content
    assert ask(archive, "HEAD").headers == whole.headers
    assert ask(archive, If_None_Match=whole.headers["etag"]).status_code == 304


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_part_of_an_archive_can_be_asked_for(archive: Respond, data: st.DataObject) -> None:
    size = int(ask(archive, "HEAD").headers["content-length"])
    start = data.draw(st.integers(0, size - 1))
    stop = data.draw(st.integers(start + 1, size))
    whole = ask(archive).content

    assert ask(archive, Range=f"bytes={start}-{stop - 1}").content == whole[start:stop]
