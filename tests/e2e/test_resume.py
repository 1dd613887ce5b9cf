"""Uploads that break on a real socket, and go on."""

import hashlib
import random
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.waiting import until

from baton.files.upload import BATCH
from baton.kernel.settings import Settings

MB = 1 << 20
WHOLE = random.Random(5).randbytes(20 * MB)
MD5 = hashlib.md5(WHOLE, usedforsecurity=False).hexdigest()
TUS = {"Tus_Resumable": "1.0.0", "Content_Type": "application/offset+octet-stream"}


@pytest.fixture
def bucket(live: Any) -> str:
    """The path of a new deposition's bucket."""
    made = live.call("POST", "/api/deposit/depositions", {}).json()
    return str(urlsplit(made["links"]["bucket"]).path)


@pytest.fixture
def wait_until_written(settings: Settings) -> Callable[[int], None]:
    """Waits until the server has written down so many bytes of an upload, but for its last batch."""
    staged = settings.data_dir / "files" / "staged"

    def wait(size: int) -> None:
        until(lambda: sum(path.stat().st_size for path in staged.glob("*")) > size - BATCH)

    return wait


def offset(live: Any, path: str) -> int:
    told = live.call("HEAD", path)
    assert told.status in {200, 204}, told
    return int(told.headers["upload-offset"])


@pytest.mark.parametrize("said", [{}, {"Upload_Complete": "?1"}], ids=["plain", "resumable"])
def test_a_put_that_breaks_goes_on_where_it_broke(
    live: Any, bucket: str, said: dict[str, str], wait_until_written: Callable[[int], None]
) -> None:
    path = f"{bucket}/big.bin"
    broken = live.connect()
    broken.sendall(live.head("PUT", path, Content_Length=str(len(WHOLE)), **said) + WHOLE[: 12 * MB])
    wait_until_written(12 * MB)
    broken.close()
    come = offset(live, path)
    assert 12 * MB - BATCH < come <= 12 * MB
    rest = live.call("PUT", path, WHOLE[come:], Content_Range=f"bytes {come}-{len(WHOLE) - 1}/{len(WHOLE)}")
    assert (rest.status, rest.json()["checksum"]) == (201, f"md5:{MD5}")


@pytest.mark.parametrize("method", ["HEAD", "PUT"])
def test_who_comes_back_does_not_wait_for_a_connection_that_hangs(
    live: Any, bucket: str, method: str, wait_until_written: Callable[[int], None]
) -> None:
    path = f"{bucket}/big.bin"
    hanging = live.connect()
    hanging.sendall(live.head("PUT", path, Content_Length=str(len(WHOLE))) + WHOLE[: 10 * MB])
    wait_until_written(10 * MB)
    began = time.monotonic()
    asked = {"Content_Range": f"bytes */{len(WHOLE)}"} if method == "PUT" else {}
    come = int(live.call(method, path, **asked).headers["upload-offset"])
    assert time.monotonic() - began < 5
    assert 10 * MB - BATCH < come <= 10 * MB
    rest = live.call("PUT", path, WHOLE[come:], Content_Range=f"bytes {come}-{len(WHOLE) - 1}/{len(WHOLE)}")
    assert rest.json()["checksum"] == f"md5:{MD5}"


def test_two_that_send_at_once_do_not_mix(live: Any, wait_until_written: Callable[[int], None]) -> None:
    number = live.call("POST", "/api/records", {}).json()["id"]
    said = {**TUS, "Upload_Length": str(len(WHOLE)), "Upload_Metadata": "filename YS5iaW4="}
    path = live.call("POST", f"/api/records/{number}/draft/uploads", **said).headers["location"]
    first = live.connect()
    first.sendall(live.head("PATCH", path, Content_Length=str(len(WHOLE)), Upload_Offset="0", **TUS) + WHOLE[: 9 * MB])
    wait_until_written(9 * MB)
    second = live.call("PATCH", path, bytes(len(WHOLE)), Upload_Offset="0", **TUS)
    assert second.status == 409
    come = int(second.headers["upload-offset"])
    assert 9 * MB - BATCH < come <= 9 * MB
    last = live.call("PATCH", path, WHOLE[come:], Upload_Offset=str(come), **TUS)
    assert last.status == 204
    entry = live.call("GET", f"/api/records/{number}/draft/files/a.bin").json()
    assert entry["checksum"] == f"md5:{MD5}"


def test_who_speaks_the_draft_standard_is_told_where_to_go_on_before_the_answer(
    live: Any, bucket: str, wait_until_written: Callable[[int], None]
) -> None:
    said = {"Upload_Complete": "?1", "Upload_Draft_Interop_Version": "8", "Content_Length": str(len(WHOLE))}
    connection = live.connect()
    connection.sendall(live.head("PUT", f"{bucket}/big.bin", **said))
    told = connection.recv(4096)
    assert told.startswith(b"HTTP/1.1 104 Upload Resumption Supported\r\n")
    assert b"Upload-Draft-Interop-Version: 8\r\n" in told
    found = re.search(rb"Location: (\S+)", told)
    assert found is not None
    path = found[1].decode()
    connection.sendall(WHOLE[: 9 * MB])
    wait_until_written(9 * MB)
    connection.close()
    come = offset(live, path)
    more = {"Content_Type": "application/partial-upload", "Upload_Offset": str(come), "Upload_Complete": "?1"}
    done = live.call("PATCH", path, WHOLE[come:], **more)
    assert (done.status, done.json()["checksum"]) == (200, f"md5:{MD5}")


def test_nobody_else_gets_an_interim_answer(live: Any, bucket: str) -> None:
    for said in ({}, {"Upload_Complete": "?1"}, {"Upload_Complete": "?1", "Upload_Draft_Interop_Version": "3"}):
        assert live.call("PUT", f"{bucket}/a.bin", b"x" * 100, **said).status == 201
