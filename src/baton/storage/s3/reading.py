"""A content of a bucket, open for reading."""

from collections.abc import Callable, Iterator
from typing import Any, Self

import obstore
from obstore.exceptions import BaseError

from baton.storage.content import content_path
from baton.storage.errors import ContentMissing, damaged, missing
from baton.storage.s3.objects import Objects, as_errors
from baton.storage.trouble import as_problems

# From here a read that goes on where the last one ended is taken for a download: what follows comes in one stream.
STREAMED = 256 << 10
# What is worth a request, where there are many.
WINDOW = 8 << 20


class S3Handle:
    """An open content of a bucket. One read after another is one stream; any other read is a request of its own.

    Whether it is there with its `size`, the first answer tells. `bring_back` may know where one is that is not.
    """

    window = WINDOW

    def __init__(self, objects: Objects, sha256: str, size: int, bring_back: Callable[[], bool]) -> None:
        self._objects = objects
        self._sha256 = sha256
        self._key = objects.key(content_path(sha256))
        self._bring_back = bring_back
        self.size = size
        self._stream: Iterator[bytes] | None = None
        self._left = b""  # what the stream has brought too much
        self._position = -1  # of the next byte in a row

    def pread(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; both must lie inside the content. May block."""
        if not length:
            return b""
        with as_problems(), as_errors():
            try:
                data = self._read(offset, length)
            except FileNotFoundError as error:
                if not self._bring_back():
                    raise missing(self._sha256) from error
                data = self._read(offset, length)
        if len(data) < length:
            raise ContentMissing(f"A stored file ends after {offset + len(data)} bytes, too early.")
        return data

    def _read(self, offset: int, length: int) -> bytes:
        if offset != self._position or (self._stream is None and length < STREAMED):
            self._stream, self._left, self._position = None, b"", offset + length
            return self._get(offset, min(offset + length, self.size)).bytes().to_bytes()
        if self._stream is None:
            self._stream = iter(self._get(offset, self.size).stream(min_chunk_size=1 << 20))
        pieces, waiting = [self._left], len(self._left)
        while waiting < length and (piece := next(self._stream, None)) is not None:
            pieces.append(bytes(piece))
            waiting += len(piece)
        data = b"".join(pieces)
        self._left, self._position = data[length:], offset + length
        return data[:length]

    def _get(self, start: int, stop: int) -> "obstore.GetResult":
        asked: Any = {"range": (start, stop)}
        try:
            answer = obstore.get(self._objects.bucket, self._key, options=asked)
        except BaseError as error:
            if " 416 " in str(error):  # it ends before `start`
                raise damaged(self._sha256) from error
            raise
        if answer.meta["size"] != self.size:
            raise damaged(self._sha256)
        return answer

    def close(self) -> None:
        self._stream = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
