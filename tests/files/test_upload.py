"""Bytes in over HTTP."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.requests import ClientDisconnect

from baton.files.errors import ChecksumMismatch, FileTooLarge, LengthMismatch, UploadInterrupted
from baton.files.rules import Declared, Limits
from baton.files.upload import receive
from baton.kernel.errors import Problem
from baton.storage.content import Stored, Swept
from baton.storage.errors import StorageFailed
from baton.storage.folder import FolderStore

MB = 1 << 20
DATA = random.Random(2).randbytes(9 * MB + 5)
ANY = Limits(10 * MB, 10 * MB, 1)
FAR = datetime.now(UTC) + timedelta(days=10)


async def pieces(data: bytes, size: int = 200_000) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]
    yield b""


def take(
    store: FolderStore,
    stream: AsyncIterator[bytes],
    declared: Declared | None = None,
    check_size: Callable[[int], None] = ANY.check_size,
) -> Stored:
    async def call() -> Stored:
        async with receive(stream, store, check_size=check_size, declared=declared or Declared()) as stored:
            return stored

    return asyncio.run(call())


def kept(store: FolderStore) -> list[str]:
    return [path.name for path in store.root.rglob("*") if path.is_file() and path.name != "lock"]


@pytest.mark.parametrize("data", [b"", b"x", DATA[:MB], DATA])
def test_a_body_is_stored_as_it_came(store: FolderStore, data: bytes) -> None:
    stored = take(store, pieces(data), Declared(len(data), {"sha256": hashlib.sha256(data).hexdigest()}))

    assert stored.size == len(data)
    assert store.path(stored.sha256).read_bytes() == data


@pytest.mark.parametrize(
    ("data", "declared", "problem"),
    [
        (DATA, Declared(len(DATA) + 1), LengthMismatch),
        (DATA, Declared(len(DATA) - 1), LengthMismatch),
        (b"abc", Declared(2), LengthMismatch),
        (b"", Declared(2), LengthMismatch),
        (DATA, Declared(None, {"md5": "0" * 32}), ChecksumMismatch),
        (b"abc", Declared(3, {"sha256": "0" * 64}), ChecksumMismatch),
        (DATA, Declared(100 * MB), FileTooLarge),
        (bytes(11 * MB), Declared(), FileTooLarge),
        (bytes(11 * MB), Declared(1), FileTooLarge),
    ],
)
def test_bytes_other_than_declared_or_allowed_are_refused_and_gone(
    store: FolderStore, data: bytes, declared: Declared, problem: type[Problem]
) -> None:
    with pytest.raises(problem) as caught:
        take(store, pieces(data), declared)
    assert caught.value.status == 400
    assert kept(store) == []


def test_what_is_declared_too_large_is_refused_unread(store: FolderStore) -> None:
    read: list[int] = []

    async def body() -> AsyncIterator[bytes]:
        read.append(1)
        yield b"x"

    with pytest.raises(FileTooLarge):
        take(store, body(), Declared(11 * MB))
    assert read == []


@pytest.mark.parametrize("size", [10, 9 * MB])
def test_a_connection_that_breaks_leaves_nothing(store: FolderStore, size: int) -> None:
    async def broken() -> AsyncIterator[bytes]:
        async for piece in pieces(bytes(size)):
            yield piece
        raise ClientDisconnect

    with pytest.raises(UploadInterrupted):
        take(store, broken())
    assert kept(store) == []


def test_a_cancelled_request_leaves_nothing(store: FolderStore) -> None:
    async def call() -> None:
        started = asyncio.Event()

        async def endless() -> AsyncIterator[bytes]:
            yield bytes(5 * MB)
            started.set()
            await asyncio.Event().wait()

        async def upload() -> None:
            async with receive(endless(), store, check_size=ANY.check_size):
                pass

        task = asyncio.create_task(upload())
        await started.wait()
        assert len(kept(store)) == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(call())
    assert kept(store) == []


def test_a_failing_store_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed):
        take(FolderStore(tmp_path / "file"), pieces(b"x"))


def test_no_sweep_takes_the_bytes_before_their_row_is_committed(store: FolderStore) -> None:
    def everything(_names: list[str]) -> set[str]:
        return set()

    async def call() -> Swept:
        async with receive(pieces(DATA), store, check_size=ANY.check_size):
            return store.sweep(everything, FAR)

    assert asyncio.run(call()) == Swept(0, 0, 0)
    assert store.sweep(everything, FAR) == Swept(1, 0, len(DATA))


def test_many_uploads_at_once_do_not_mix(store: FolderStore) -> None:
    bodies = [random.Random(seed).randbytes(5 * MB + seed) for seed in range(12)]

    async def one(data: bytes) -> Stored:
        async with receive(pieces(data, 65_536), store, check_size=ANY.check_size) as stored:
            return stored

    async def call() -> list[Stored]:
        return await asyncio.gather(*map(one, bodies))

    assert [stored.sha256 for stored in asyncio.run(call())] == [hashlib.sha256(data).hexdigest() for data in bodies]
