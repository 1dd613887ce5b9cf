"""Bytes in over HTTP: streamed into the store, with what the sender said about them checked on the way."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from anyio import CancelScope, CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect

from baton.files.errors import UploadInterrupted
from baton.files.rules import Declared
from baton.storage.content import Stored, Writer

# What is handed to a thread at once. More costs memory; less costs hand-overs, during which nothing is received.
BATCH = 4 << 20
# Uploads that may hash and write at once. Apart from the threads of other requests, which must not wait behind them.
WRITERS = CapacityLimiter(32)

_NOTHING_SAID = Declared()


class Store(Protocol):
    """Where bytes may go: a `ContentStore`, or a place in a larger file."""

    def writer(self) -> Writer: ...


@asynccontextmanager
async def receive(
    stream: AsyncIterator[bytes],
    store: Store,
    *,
    check_size: Callable[[int], None],
    declared: Declared = _NOTHING_SAID,
) -> AsyncIterator[Stored]:
    """Store a request's body. Commit the row that names it inside the block: until its end no sweep takes the bytes.

    `check_size` (such as `Limits.check_size`) is asked before the first byte if the size was declared, and while
    more come; what it raises ends the upload. Whatever fails, nothing is kept.
    """
    if declared.size is not None:
        check_size(declared.size)
    upload = _Upload(store, declared)
    try:
        try:
            async for data in stream:
                upload.take(data)
                check_size(upload.size)
                if upload.waiting >= BATCH:
                    await to_thread.run_sync(upload.write, limiter=WRITERS)
        except ClientDisconnect as error:
            raise UploadInterrupted("The connection ended before the file did; nothing was kept.") from error
        yield await to_thread.run_sync(upload.finish, limiter=WRITERS)
    finally:
        await upload.close()


class _Upload:
    """Pieces on their way from the network to a writer."""

    def __init__(self, store: Store, declared: Declared) -> None:
        self._store = store
        self._declared = declared
        self._writer: Writer | None = None
        self._pieces: list[bytes] = []
        self._is_kept = False
        self.waiting = 0
        self.size = 0

    def take(self, data: bytes) -> None:
        """Remember the next bytes; does not block."""
        if data:
            self._pieces.append(data)
            self.waiting += len(data)
            self.size += len(data)

    def write(self) -> Writer:
        """Hand over what waits; blocks."""
        if self._writer is None:
            self._writer = self._store.writer()
        for data in self._pieces:
            self._writer.write(data)
        self._pieces, self.waiting = [], 0
        return self._writer

    def finish(self) -> Stored:
        self._declared.check_size(self.size)
        stored = self.write().finish(self._check)
        self._is_kept = True
        return stored

    async def close(self) -> None:
        if self._writer is None:
            return
        if self._is_kept:
            self._writer.close()
            return
        # Even a cancelled request must clean up; in a thread, because removing a large file takes its time.
        with CancelScope(shield=True):
            await to_thread.run_sync(self._writer.close, limiter=WRITERS)

    def _check(self, stored: Stored) -> None:
        self._declared.check_digests({"md5": stored.md5, "sha256": stored.sha256})
