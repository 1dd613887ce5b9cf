"""The object store hangs or is down under a running server: who needs it is told so soon, and nobody else notices."""

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, IncompleteRead
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from tests.clients.conftest import Depositor
from tests.radosgw import Gateway

# Seconds for which the server waits for its store, and for which clients then wait for the server.
STORE_TIMEOUT = 3
TOLD_WITHIN = 15
TIMEOUT = 60
MB = 1 << 20
TUS = {"Tus-Resumable": "1.0.0"}
TUS_BODY = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture(scope="module")
def store(s3_server: Gateway) -> Iterator[Gateway]:
    with s3_server.another() as gateway:
        yield gateway


@pytest.fixture(scope="module")
def server(start_server: Callable[..., Any], store: Gateway) -> Any:
    return start_server(STORAGE_URL=f"{store.url(store.new_bucket())}&timeout={STORE_TIMEOUT}")


@pytest.fixture
def alice(server: Any, cast: Any) -> Depositor:
    return Depositor(server, cast.alice.token)


@dataclass(frozen=True)
class Outage:
    begin: Callable[[], None]
    end: Callable[[], None]

    @contextmanager
    def lasting(self) -> Iterator[None]:
        self.begin()
        try:
            yield
        finally:
            self.end()


@pytest.fixture(params=["hangs", "is down"])
def outage(store: Gateway, request: pytest.FixtureRequest) -> Outage:
    return Outage(store.pause, store.resume) if request.param == "hangs" else Outage(store.stop, store.start)


@pytest.fixture
def hanging(store: Gateway) -> Outage:
    """What is harder to bear: whoever is down says so at once."""
    return Outage(store.pause, store.resume)


def data_of(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def is_told(answer: requests.Response) -> bool:
    """Whether somebody who is tired knows what has happened and what to do."""
    problem = answer.json()
    assert (answer.status_code, problem["title"]) == (503, "Storage unavailable")
    assert "try again later" in problem["message"]
    assert int(answer.headers["Retry-After"]) > 0
    return answer.elapsed.total_seconds() < TOLD_WITHIN


def address_of(alice: Depositor, data: bytes) -> str:
    """Where a published file can be downloaded."""
    draft = alice.begin()
    alice.send(draft, "a.txt", data)
    number = alice.post(f"/{draft['id']}/actions/publish")["id"]
    return f"{alice.server.url}/api/records/{number}/files/a.txt/content"


@pytest.mark.parametrize("size", [1000, 5 * MB])
def test_a_put_is_refused_and_its_repetition_taken(alice: Depositor, outage: Outage, size: int) -> None:
    address, data = f"{alice.begin()['links']['bucket']}/a.bin", data_of(size)
    with outage.lasting():
        assert is_told(requests.put(address, data=data, headers=alice.headers, timeout=TIMEOUT))
        assert requests.get(address, headers=alice.headers, timeout=TIMEOUT).status_code == 404
    assert requests.put(address, data=data, headers=alice.headers, timeout=TIMEOUT).ok
    assert requests.get(address, headers=alice.headers, timeout=TIMEOUT).content == data


def test_what_came_of_a_put_during_which_the_store_went_need_not_be_sent_again(
    alice: Depositor, outage: Outage
) -> None:
    address, data = f"{alice.begin()['links']['bucket']}/a.bin", data_of(10 * MB)

    def sent() -> Iterator[bytes]:
        yield data[: 5 * MB]
        outage.begin()
        yield data[5 * MB :]

    try:
        assert is_told(requests.put(address, data=sent(), headers=alice.headers, timeout=TIMEOUT))
    finally:
        outage.end()
    rest = {**alice.headers, "Content-Range": f"bytes */{len(data)}"}
    answer = requests.put(address, headers=rest, timeout=TIMEOUT)
    assert (answer.status_code, answer.json()["checksum"]) == (
        201,
        "md5:" + hashlib.md5(data, usedforsecurity=False).hexdigest(),
    )
    assert requests.get(address, headers=alice.headers, timeout=TIMEOUT).content == data


def test_a_tus_upload_waits_and_is_whole_afterwards(alice: Depositor, outage: Outage) -> None:
    draft = f"{alice.server.url}/api/records/{alice.begin()['id']}/draft"
    data = data_of(9 * MB)
    said = {**alice.headers, **TUS, "Upload-Length": str(len(data)), "Upload-Metadata": "filename YS5iaW4="}
    begun = requests.post(f"{draft}/uploads", headers=said, timeout=TIMEOUT)
    upload = urljoin(begun.url, begun.headers["Location"])

    def patch(offset: int, stop: int) -> requests.Response:
        headers = {**alice.headers, **TUS_BODY, "Upload-Offset": str(offset)}
        return requests.patch(upload, data=data[offset:stop], headers=headers, timeout=TIMEOUT)

    with outage.lasting():
        assert patch(0, 5 * MB).status_code == 204  # nothing of it goes into the store yet
        assert is_told(patch(5 * MB, len(data)))
    head = requests.head(upload, headers={**alice.headers, **TUS}, timeout=TIMEOUT)
    assert (head.status_code, head.headers["Upload-Offset"]) == (200, str(len(data)))
    content = requests.get(f"{draft}/files/a.bin/content", headers=alice.headers, timeout=TIMEOUT)
    assert content.content == data


def test_parts_are_kept_until_they_can_be_put_together_and_the_draft_published(
    alice: Depositor, outage: Outage
) -> None:
    draft = alice.begin()
    files, data = f"{alice.server.url}/api/records/{draft['id']}/draft/files", data_of(2 * MB)
    transfer = {"type": "M", "parts": 2, "part_size": MB}
    announced = [{"key": "a.bin", "size": len(data), "transfer": transfer}]
    assert requests.post(files, json=announced, headers=alice.headers, timeout=TIMEOUT).ok

    def commit() -> requests.Response:
        return requests.post(f"{files}/a.bin/commit", headers=alice.headers, timeout=TIMEOUT)

    with outage.lasting():
        for number in (1, 2):
            part = data[(number - 1) * MB : number * MB]
            content = f"{files}/a.bin/content/{number}"
            assert requests.put(content, data=part, headers=alice.headers, timeout=TIMEOUT).ok
        assert is_told(commit())
    assert commit().status_code == 200
    with outage.lasting():
        number = alice.post(f"/{draft['id']}/actions/publish")["id"]  # for which no bytes are needed
    published = f"{alice.server.url}/api/records/{number}/files/a.bin/content"
    assert requests.get(published, timeout=TIMEOUT).content == data


def test_a_download_is_refused_or_ends_and_goes_on_where_it_ended(alice: Depositor, outage: Outage) -> None:
    data = data_of(24 * MB)
    address = address_of(alice, data)
    url = urlsplit(address)
    with closing(HTTPConnection(url.netloc, timeout=TIMEOUT)) as connection:
        connection.request("GET", url.path)
        with connection.getresponse() as answer, outage.lasting():
            began = time.monotonic()
            with pytest.raises(IncompleteRead) as broken:
                answer.read()
            assert time.monotonic() - began < TOLD_WITHIN
            assert is_told(requests.get(address, timeout=TIMEOUT))
            assert is_told(requests.get(address, headers={"Range": "bytes=5-9"}, timeout=TIMEOUT))
            assert requests.head(address, timeout=TIMEOUT).headers["Content-Length"] == str(len(data))
    came = broken.value.partial
    assert MB <= len(came) < len(data)
    rest = requests.get(address, headers={"Range": f"bytes={len(came)}-"}, timeout=TIMEOUT)
    assert (rest.status_code, came + rest.content) == (206, data)


def test_the_service_says_what_is_away_and_that_it_is_back(server: Any, outage: Outage) -> None:
    def health() -> requests.Response:
        return requests.get(f"{server.url}/health", timeout=TIMEOUT)

    with outage.lasting():
        ill = health()
        assert (ill.status_code, ill.json()["database"]) == (503, "ok")
        assert "storage does not work" in ill.json()["storage"]
        assert ill.elapsed.total_seconds() < TOLD_WITHIN
        assert requests.get(f"{server.url}/ping", timeout=TIMEOUT).ok
    assert health().json()["storage"] == "ok"


def test_who_asks_for_no_bytes_need_not_wait_behind_eighty_who_do(alice: Depositor, hanging: Outage) -> None:
    content = address_of(alice, data_of(MB))
    record = content.removesuffix("/files/a.txt/content")
    page = record.replace("/api", "")
    files = [content, f"{content}/chunks", page + "/preview/a.txt", f"{alice.server.url}/health"]
    others = [page, record, f"{alice.server.url}/api/records?q=levels", f"{alice.server.url}/search"]

    def get(address: str) -> requests.Response:
        return requests.get(address, timeout=TIMEOUT)

    with ThreadPoolExecutor(80) as clients, hanging.lasting():
        waiting = [clients.submit(get, address) for address in files * 20]
        time.sleep(STORE_TIMEOUT / 2)
        assert all(get(address).ok for address in others)
        assert alice.begin()["id"]
        still_waiting = sum(not future.done() for future in waiting)
    assert still_waiting > 40
