"""A content on its way into a bucket."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from queue import Full, Queue
from typing import Self

import obstore

from baton.kernel.ids import new_uuid
from baton.storage.content import Stored, content_path
from baton.storage.digests import Digests
from baton.storage.errors import StorageFailed
from baton.storage.s3.assembly import assemble
from baton.storage.s3.objects import Objects, as_errors
from baton.storage.trouble import as_problems

# Up to here a content is sent in one request, under its own name at once.
SMALL = 8 << 20
# Bytes of one part on its way, and how many parts are on their way at once. Times two, this is an upload's memory.
PART = 8 << 20
PARTS_AT_ONCE = 2


class S3Writer:
    """A content on its way into a bucket. A small one waits in memory; of a larger one, parts leave while it comes."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._digests = Digests()
        self._waiting: list[bytes] = []
        self._waiting_size = 0
        self._segments: list[_Segment] = []
        self._pool: ThreadPoolExecutor | None = None

    def write(self, data: bytes) -> None:
        """Take the next bytes; waits when hashing or the network falls behind."""
        self._digests.update(data)
        self._waiting.append(data)
        self._waiting_size += len(data)
        if self._waiting_size >= SMALL:
            with as_problems(), as_errors():
                self._send()

    def finish(self, check: Callable[[Stored], None] | None = None) -> Stored:
        """Make the bytes durable and give them their name. What `check` raises refuses them: nothing is kept."""
        self._digests.finish()
        stored = replace(self._digests.stored, assembled=bool(self._segments))
        if check is not None:
            check(stored)
        target = self._objects.key(content_path(stored.sha256))
        with as_problems(), as_errors():
            if self._segments:
                self._put_together(target)
            else:
                obstore.put(self._objects.bucket, target, b"".join(self._waiting), use_multipart=False)
            self._waiting = []
            size = self._objects.size_of(target)
        if size != stored.size:
            raise StorageFailed(
                f"Of {stored.size:,} bytes the object store has kept {size or 0:,}, although it said that it had all. "
                "Please upload the file again."
            )
        self.close()  # here, where waiting for the store is expected
        return stored

    def close(self) -> None:
        """Forget what was not finished, and let go of what was. May be called twice."""
        self._digests.finish()
        segments, self._segments = self._segments, []
        for segment in segments:
            segment.give_up()
        if self._pool is not None:
            self._pool.shutdown()
        for segment in segments:
            with suppress(OSError), as_errors():  # else the sweep clears it away
                self._objects.remove(segment.key)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _send(self) -> None:
        """Hand over what waits, a new segment where one is full."""
        data = b"".join(self._waiting)
        self._waiting, self._waiting_size = [], 0
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1)
        while data:
            if not self._segments or not self._segments[-1].room:
                for segment in self._segments[-1:]:
                    segment.end()
                key = self._objects.key(f"incoming/{new_uuid()}")
                self._segments.append(_Segment(self._objects, key, self._pool))
            segment = self._segments[-1]
            piece, data = data[: segment.room], data[segment.room :]
            segment.take(piece)

    def _put_together(self, target: str) -> None:
        self._send()
        self._segments[-1].end()
        objects = self._objects
        if len(self._segments) == 1:
            objects.copy_at_once(self._segments[0].key, target, self._segments[0].size)
        else:
            assemble(objects.address, [(segment.key, 0, segment.size) for segment in self._segments], target)


class _Abandoned(Exception):
    """Ends an upload whose bytes do not come."""


class _Segment:
    """One object on its way: a thread sends what `take` brings, part by part."""

    def __init__(self, objects: Objects, key: str, pool: ThreadPoolExecutor) -> None:
        self.key = key
        self.size = 0
        self._limit = objects.segment
        self._queue: Queue[bytes | _Abandoned | None] = Queue(1)
        self._sent: Future[object] = pool.submit(
            obstore.put, objects.bucket, key, self._pieces(), chunk_size=PART, max_concurrency=PARTS_AT_ONCE
        )

    @property
    def room(self) -> int:
        return self._limit - self.size

    def take(self, data: bytes) -> None:
        self.size += len(data)
        self._hand_over(data)

    def end(self) -> None:
        """Wait until the store has all of it. Raises what went wrong."""
        self._hand_over(None)
        self._sent.result()

    def give_up(self) -> None:
        self._hand_over(_Abandoned(), silently=True)

    def _hand_over(self, data: bytes | _Abandoned | None, *, silently: bool = False) -> None:
        while not self._sent.done():
            with suppress(Full):
                self._queue.put(data, timeout=1)
                return
        if not silently:
            self._sent.result()

    def _pieces(self) -> Iterator[bytes]:
        while (data := self._queue.get()) is not None:
            if isinstance(data, _Abandoned):
                raise data
            yield data
