"""A content of a bucket, open for reading."""

from collections.abc import Iterator
from typing import Self

import obstore

from baton.storage.errors import ContentMissing
from baton.storage.s3.objects import Objects, as_errors
from baton.storage.trouble import as_problems

# From here two reads in a row are taken for a download, and the bytes that follow come in one stream.
STREAMED = 256 << 10
# What is worth a request, where there are many.
WINDOW = 8 << 20


class S3Handle:
    """An open content of a bucket. One read after another is one stream; any other read is a request of its own."""

    window = WINDOW

    def __init__(self, objects: Objects, key: str, size: int) -> None:
        self._objects = objects
        self._key = key
        self.size = size
        self._stream: Iterator[bytes] | None = None
        self._left = b""  # what the stream has brought too much
        self._position = 0  # of the next byte in a row

    def pread(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; both must lie inside the content. May block."""
        if not length:
            return b""
        with as_problems(), as_errors():
            try:
                data = self._read(offset, length)
            except FileNotFoundError as error:
                raise ContentMissing("A stored file has disappeared while it was read.") from error
        if len(data) < length:
            raise ContentMissing(f"A stored file ends after {offset + len(data)} bytes, too early.")
        return data

    def _read(self, offset: int, length: int) -> bytes:
        if offset != self._position or (self._stream is None and length < STREAMED):
            self._stream, self._left, self._position = None, b"", offset + length
            stop = min(offset + length, self.size)
            return obstore.get_range(self._objects.bucket, self._key, start=offset, end=stop).to_bytes()
        if self._stream is None:
            asked = {"range": (offset, self.size)}
            answer = obstore.get(self._objects.bucket, self._key, options=asked)  # type: ignore[arg-type]
            self._stream = iter(answer.stream(min_chunk_size=1 << 20))
        pieces, waiting = [self._left], len(self._left)
        while waiting < length and (piece := next(self._stream, None)) is not None:
            pieces.append(bytes(piece))
            waiting += len(piece)
        data = b"".join(pieces)
        self._left, self._position = data[length:], offset + length
        return data[:length]

    def close(self) -> None:
        self._stream = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
