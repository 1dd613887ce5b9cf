"""Files that are about to be sent: which, under which names, and what their bytes are."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from baton.client.errors import Failure
from baton.storage.digests import Digests

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file here and its name there; `stamp` changes when somebody writes to it."""

    key: str
    path: Path
    size: int
    stamp: str


def find_files(paths: Sequence[Path]) -> list[LocalFile]:
    """The files that `paths` mean, by name: a file has its own, those in a folder their path below that folder.

    Raises `Failure` when two would have the same name, or nothing is there.
    """
    found: dict[str, LocalFile] = {}
    for path, key in _named(paths):
        state = path.stat()
        if key in found:
            raise Failure(f'Both {found[key].path} and {path} would be called "{key}". Deposit a folder above them.')
        found[key] = LocalFile(key, path, state.st_size, f"{state.st_size}-{state.st_mtime_ns}-{state.st_ino}")
    if not found:
        raise Failure(f"There are no files in {', '.join(map(str, paths))}.")
    return [found[key] for key in sorted(found)]


def _named(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    for path in paths:
        if path.is_file():
            yield path, path.name
            continue
        for folder, _folders, names in os.walk(path, onerror=_raise):
            for name in names:
                inner = Path(folder, name)
                if inner.is_file():
                    yield inner, inner.relative_to(path).as_posix()


def _raise(error: OSError) -> None:
    raise error


def check_unchanged(file: LocalFile) -> None:
    """Raise `Failure` when somebody has written to the file since it was found."""
    state = file.path.stat()
    if f"{state.st_size}-{state.st_mtime_ns}-{state.st_ino}" != file.stamp:
        raise Failure(f"{file.path} was changed while it was being sent. Run the same command again.")


def blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, some at once."""
    with path.open("rb", buffering=0) as source:
        while block := source.read(BLOCK):
            yield block


def digests_of(path: Path) -> Digests:
    """MD5 and SHA-256 of a file, read once."""
    digests = Digests()
    for block in blocks(path):
        digests.update(block)
    digests.finish()
    return digests


class Slice:
    """`length` bytes of a file from `offset` as the body of a request; `seen` hears of all that is read."""

    def __init__(self, path: Path, offset: int, length: int, seen: Callable[[int], None]) -> None:
        self._file = path.open("rb", buffering=0)
        self._file.seek(offset)
        self._length = self._left = length
        self._seen = seen

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """The next bytes. A file that has become shorter ends the request, which the server then refuses."""
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        self._seen(len(data))
        return data

    def close(self) -> None:
        self._file.close()
