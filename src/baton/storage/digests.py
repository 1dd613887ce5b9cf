"""The digests of a stream, computed while it passes: MD5 in a thread of its own, SHA-256 and CRC-32 beside it."""

import hashlib
import zlib
from queue import Queue
from threading import Thread

from baton.storage.content import Stored

# What is handed to the thread at once; less makes the hand-over cost more than it saves.
BATCH = 1 << 20
# Batches that may wait for it; beyond that the giver waits, so memory stays flat.
WAITING = 4

Batch = list[bytes]


class Digests:
    """Feed bytes with `update`, then `finish` once; then read the digests. Small streams never start a thread.

    MD5 takes as long as all the rest of an upload together, so it alone is worth a second core; the others are computed
    at once, while the bytes are still in the first core's cache. Hashing releases the interpreter's lock.
    """

    def __init__(self) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self.crc32 = 0
        self.size = 0
        self._batch: Batch = []
        self._batch_size = 0
        self._queue: Queue[Batch | None] = Queue(WAITING)
        self._thread: Thread | None = None

    @property
    def md5(self) -> str:
        return self._md5.hexdigest()

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    @property
    def stored(self) -> Stored:
        """The content that the bytes are, once finished."""
        return Stored(self.sha256, self.md5, self.crc32, self.size)

    def update(self, data: bytes) -> None:
        """Take the next bytes; waits while too many of them wait to be hashed."""
        self._sha256.update(data)
        self.crc32 = zlib.crc32(data, self.crc32)
        self.size += len(data)
        self._batch.append(data)
        self._batch_size += len(data)
        if self._batch_size < BATCH:
            return
        if self._thread is None:
            self._thread = Thread(target=self._run, name="md5", daemon=True)
            self._thread.start()
        self._queue.put(self._batch)
        self._batch, self._batch_size = [], 0

    def finish(self) -> None:
        """Hash what still waits, and end the thread. May be called twice."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
        self._feed(self._batch)
        self._batch, self._batch_size = [], 0

    def _run(self) -> None:
        while (batch := self._queue.get()) is not None:
            self._feed(batch)

    def _feed(self, batch: Batch) -> None:
        for data in batch:
            self._md5.update(data)
