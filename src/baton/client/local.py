"""Files that are about to be sent: which, under which names, and what their bytes are."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from baton.client.errors import Failure
from baton.storage.digests import Digests

BLOCK = 1 << 20
MOST_SHOWN = 20

Seen = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file here and its name there; `stamp` changes when somebody writes to it."""

    key: str
    path: Path
    size: int
    stamp: str


def find_files(paths: Sequence[Path]) -> list[LocalFile]:
    """The files that `paths` mean, by name: a file has its own, those in a folder their path below that folder.

    Raises `Failure` when two would have the same name, nothing is there, or something is that would be left out.
    """
    found: dict[str, LocalFile] = {}
    left_out: list[str] = []
    for root, path, key in _named(paths):
        if reason := _reason_to_leave_out(root, path) or _reason_in_name(key):
            left_out.append(f"{path} {reason}")
            continue
        if key in found:
            raise Failure(f'Both {found[key].path} and {path} would be called "{key}". Deposit a folder above them.')
        state = path.stat()
        found[key] = LocalFile(key, path, state.st_size, stamp(state))
    if left_out:
        more = [f"and {len(left_out) - MOST_SHOWN:,} more"] if len(left_out) > MOST_SHOWN else []
        advice = "Some of what is there cannot be deposited; move it away, or deposit a copy (cp -rL follows links):"
        raise Failure("\n  ".join([advice, *left_out[:MOST_SHOWN], *more]))
    if not found:
        raise Failure(f"There are no files in {', '.join(map(str, paths))}.")
    return [found[key] for key in sorted(found)]


def _named(paths: Sequence[Path]) -> Iterator[tuple[Path, Path, str]]:
    """All that is not a folder: where the search began, the path, and the name there."""
    for root in paths:
        if not root.is_dir():
            yield root, root, root.name
            continue
        for folder, folders, names in os.walk(root, onerror=_raise):
            links = [name for name in folders if Path(folder, name).is_symlink()]
            for name in [*names, *links]:
                inner = Path(folder, name)
                yield root, inner, inner.relative_to(root).as_posix()


def _reason_to_leave_out(root: Path, path: Path) -> str | None:
    """A publication that lacks files without a word is as bad as one that holds those of other folders."""
    if path != root and path.is_symlink():
        if path.is_dir():
            return "is a symbolic link to a folder."
        if not path.exists():
            return "is a symbolic link that leads nowhere."
        if not path.resolve().is_relative_to(root.resolve()):
            return "is a symbolic link that leads out of the folder."
    if not path.is_file():
        return "is no file, but a device or the like."
    return None


def _reason_in_name(key: str) -> str | None:
    name = key.rpartition("/")[2]
    if name.startswith(".baton-") and name.endswith((".part", ".done")):
        return "is a download that is not whole yet."
    if key.encode(errors="ignore").decode() != key:
        return "has a name that is no UTF-8; rename it."
    return None


def stamp(state: os.stat_result) -> str:
    """What changes when somebody writes to a file."""
    return f"{state.st_size}-{state.st_mtime_ns}-{state.st_ino}"


def stamp_of(path: Path) -> str:
    """The stamp of what is there; empty where nothing is."""
    try:
        return stamp(path.stat())
    except OSError:
        return ""


def _raise(error: OSError) -> None:
    raise error


def check_unchanged(file: LocalFile) -> None:
    """Raise `Failure` when somebody has written to the file since it was found."""
    if stamp(file.path.stat()) != file.stamp:
        raise changed(file.path)


def changed(path: Path) -> Failure:
    """The failure that says so."""
    return Failure(f"{path} was changed while it was being sent. Run the same command again.")


def blocks(path: Path, seen: Seen) -> Iterator[bytes]:
    """The bytes of a file, some at once; `seen` hears how many, and may raise to end it."""
    with path.open("rb", buffering=0) as source:
        while block := source.read(BLOCK):
            seen(len(block))
            yield block


def digests_of(path: Path, seen: Seen) -> Digests:
    """MD5 and SHA-256 of a file, read once."""
    digests = Digests()
    for block in blocks(path, seen):
        digests.update(block)
    digests.finish()
    return digests


def md5_of(path: Path, seen: Seen) -> str:
    """The MD5 alone, which is all that an upload has to say of a file, and half the work."""
    digest = hashlib.md5(usedforsecurity=False)
    for block in blocks(path, seen):
        digest.update(block)
    return digest.hexdigest()


class Slice:
    """`length` bytes of a file from `offset` as the body of a request; `seen` hears of all that is read."""

    def __init__(self, file: LocalFile, offset: int, length: int, seen: Seen) -> None:
        check_unchanged(file)
        self._path = file.path
        self._file = file.path.open("rb", buffering=0)
        self._file.seek(offset)
        self._length = self._left = length
        self._seen = seen

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises `Failure` where the file has become shorter: server and client would wait in vain."""
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._file.read(wanted)
        if wanted and not data:
            raise changed(self._path)
        self._left -= len(data)
        self._seen(len(data))
        return data

    def close(self) -> None:
        self._file.close()
