"""Bytes in over HTTP that are kept even when their sender goes."""

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from typing import TypeVar

from anyio import CancelScope, current_time, move_on_after, to_thread
from starlette.types import Receive

from baton.files.errors import LengthMismatch, UploadInterrupted
from baton.files.upload import BATCH, WRITERS
from baton.storage.errors import StageBusy
from baton.uploads.engine import Append, Appended, Engine, Work
from baton.uploads.entry import Upload
from baton.uploads.errors import UploadStalled

# Seconds without a byte after which a sender is taken for gone.
PATIENCE = 120
# How often, in seconds, a request looks whether it should let go.
LOOK = 0.25


@asynccontextmanager
async def append(
    engine: Engine, receive: Receive, upload: Upload, what: Append, progress: Callable[[int], None] | None = None
) -> AsyncIterator[Appended]:
    """Add a request's body to an upload. When it is whole, commit the row that names the content inside the block.

    `progress` is told, in a thread, each offset that is on the disk. Whatever breaks, that much stays and can be gone
    on with. Raises what `uploads.errors` lists, `StageBusy`, `StageLost`, and what `Quotas` say.
    """
    held = ExitStack()
    try:
        work = await _in_thread(lambda: held.enter_context(engine.work(upload, what, progress)))
        await _Body(work, receive).take_all()
        stored = None
        if work.is_whole:
            stored = await _in_thread(lambda: held.enter_context(work.finished()))
        yield Appended(work.upload, stored)
    except BaseException as error:
        failed = error
        with CancelScope(shield=True):
            await _in_thread(lambda: held.__exit__(type(failed), failed, failed.__traceback__))
        raise
    await _in_thread(held.close)


async def attended(receive: Receive, is_wanted: Callable[[], bool]) -> AsyncIterator[bytes]:
    """A request's body. Raises `StageBusy` when another request wants its place, and `UploadStalled`."""
    heard_at, is_over = current_time(), False
    while not is_over:
        message = None
        with move_on_after(LOOK):
            message = await receive()
        if message is None:
            look(is_wanted, heard_at)
            continue
        if message["type"] == "http.disconnect":
            raise UploadInterrupted("The connection ended before the part did; it was not kept. Please send it again.")
        heard_at, is_over = current_time(), not message.get("more_body", False)
        yield message.get("body", b"")


def look(is_wanted: Callable[[], bool], heard_at: float) -> None:
    """Raise what ends a request that others wait for, or whose sender is gone."""
    if is_wanted():
        raise StageBusy("Another request goes on with this upload; this one was ended.")
    if current_time() - heard_at > PATIENCE:
        raise UploadStalled(f"No bytes came for {PATIENCE} seconds. What came before is kept; go on after it.")


T = TypeVar("T")


async def _in_thread(function: Callable[[], T]) -> T:
    return await to_thread.run_sync(function, limiter=WRITERS)


class _Body:
    """A request's body on its way into an upload."""

    def __init__(self, work: Work, receive: Receive) -> None:
        self._work = work
        self._receive = receive
        self._pieces: list[bytes] = []
        self._waiting = 0
        self._size = 0
        self._heard_at = current_time()
        self._is_over = False

    async def take_all(self) -> None:
        """Receive until the body ends; what has come is on the disk and noted afterwards, however that was."""
        try:
            while not self._is_over:
                with move_on_after(LOOK):
                    await self._take()
                if not self._is_over:
                    look(self._work.is_wanted, self._heard_at)
            self._check_end()
        except BaseException:
            # Even a cancelled request keeps what has come.
            with CancelScope(shield=True):
                await _in_thread(lambda: self._keep(to_the_end=False))
            raise
        await _in_thread(lambda: self._keep(to_the_end=True))

    async def _take(self) -> None:
        while not self._is_over:
            # Nothing is lost when the time is over here: a message is either waited for or there.
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise UploadInterrupted("The connection ended before the bytes did. What came is kept; go on after it.")
            self._is_over = not message.get("more_body", False)
            if data := message.get("body", b""):
                self._work.check_size(self._size + len(data))
                self._pieces.append(data)
                self._size += len(data)
                self._waiting += len(data)
                self._heard_at = current_time()
            if self._waiting >= BATCH:
                await _in_thread(self._write)

    def _check_end(self) -> None:
        said = self._work.what.size
        if said is not None and said != self._size:
            raise LengthMismatch(f"{said:,} bytes were announced and {self._size:,} came.")

    def _write(self) -> None:
        pieces, self._pieces, self._waiting = self._pieces, [], 0
        self._work.write(pieces)

    def _keep(self, *, to_the_end: bool) -> None:
        self._write()
        self._work.keep(to_the_end=to_the_end)
