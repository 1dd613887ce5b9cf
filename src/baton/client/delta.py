"""A local file as what it copies from a published one and what is new in it: docs/formats/delta.md."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from baton.client.local import BLOCK, Seen, blocks, changed
from baton.files.delta_format import BASE, COPY, END, HEADER, LENGTH, LITERAL, MAGIC, RANGE
from baton.storage.chunking import ChunkIndex, ChunkList, cut, digest_of

# A file this small is sent and fetched whole, and so is one of which more than this share is new when it is sent: a
# delta cannot be resumed.
SMALLEST_DELTA, MOST_NEW = 256 << 10, 0.5
# New bytes in one operation at most; its length has four bytes.
LONGEST = 1 << 30


def is_worth_it(new_bytes: int, size: int) -> bool:
    """Whether a file of that size is better sent as what is new in it."""
    return size >= SMALLEST_DELTA and new_bytes <= size * MOST_NEW


@dataclass(frozen=True, slots=True)
class Run:
    """`length` bytes from `offset`: of the base, or of the local file when they are new."""

    is_new: bool
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How a local file follows from a file of a published record."""

    record: int
    key: str
    base_sha256: str
    sha256: str  # of the local file
    runs: tuple[Run, ...]

    @property
    def new_bytes(self) -> int:
        """How much must be sent."""
        return sum(run.length for run in self.runs if run.is_new)


def plan(path: Path, base: ChunkList, record: int, key: str, seen: Seen) -> Plan:
    """Cut a local file and look for its chunks in the base. Memory grows with the base's list, not with the file."""
    index, starts = ChunkIndex(base.digests), base.starts()
    runs: list[Run] = []
    offset, sha256 = 0, hashlib.sha256()
    for data in cut(blocks(path, seen)):
        sha256.update(data)
        number = index.find(digest_of(data))
        is_new = number is None or base.lengths[number] != len(data)
        _add(runs, Run(is_new, offset if number is None or is_new else starts[number], len(data)))
        offset += len(data)
    return Plan(record, key, base.sha256, sha256.hexdigest(), tuple(runs))


def _add(runs: list[Run], run: Run) -> None:
    """Append a run; one that goes on where the last one ends makes that one longer."""
    last = runs[-1] if runs else None
    joins = last is not None and last.is_new == run.is_new and last.offset + last.length == run.offset
    if last is not None and joins and not (run.is_new and last.length + run.length > LONGEST):
        runs[-1] = Run(run.is_new, last.offset, last.length + run.length)
    else:
        runs.append(run)


class DeltaBody:
    """A plan as the body of a request, read from the file as it is sent."""

    def __init__(self, made: Plan, path: Path, size: int, seen: Seen) -> None:
        self._path = path
        self._file = path.open("rb", buffering=0)
        self._seen = seen
        name = made.key.encode()
        self._head = HEADER.pack(MAGIC, size, bytes.fromhex(made.sha256), 1)
        self._head += BASE.pack(made.record, bytes.fromhex(made.base_sha256), len(name)) + name
        self._runs = made.runs
        operations = sum(1 + (LENGTH.size + run.length if run.is_new else RANGE.size) for run in made.runs)
        self._length = len(self._head) + operations + 1
        self._pieces = self._made()
        self._waiting = b""

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """The next bytes, about so many; none at the end."""
        while (size < 0 or len(self._waiting) < size) and (piece := next(self._pieces, b"")):
            self._waiting += piece
        end = len(self._waiting) if size < 0 else size
        data, self._waiting = self._waiting[:end], self._waiting[end:]
        return data

    def close(self) -> None:
        self._file.close()

    def _made(self) -> Iterator[bytes]:
        yield self._head
        for run in self._runs:
            if not run.is_new:
                yield bytes([COPY]) + RANGE.pack(0, run.offset, run.length)
                self._seen(run.length)
                continue
            yield bytes([LITERAL]) + LENGTH.pack(run.length)
            self._file.seek(run.offset)
            left = run.length
            while left:
                data = self._file.read(min(left, BLOCK))
                if not data:
                    raise changed(self._path)
                left -= len(data)
                self._seen(len(data))
                yield data
        yield bytes([END])
