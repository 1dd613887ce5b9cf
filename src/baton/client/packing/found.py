"""The files that are to be examined. No link in a folder is followed; what cannot be read is told and passed over."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Tell = Callable[[Path, str], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A file, its size in bytes, and its older copy where one was given and is there."""

    path: Path
    size: int
    older: Path | None


def find(paths: Sequence[Path], against: Path | None, unreadable: Tell, passed_over: Tell) -> Iterator[Found]:
    """The files in `paths`; their older copies lie in `against` under the same names, or are that one file."""
    for given in paths:
        root = given.resolve() if given.is_symlink() else given
        for path in _files(root, unreadable):
            state = path.lstat()
            if stat.S_ISREG(state.st_mode):
                yield Found(path, state.st_size, _older(path, root, against))
            elif stat.S_ISLNK(state.st_mode):
                passed_over(path, "a symbolic link, which is not followed")
            else:
                passed_over(path, "no file, but a device or the like")


def _files(root: Path, unreadable: Tell) -> Iterator[Path]:
    if not root.is_dir():
        yield root
        return

    def failed(error: OSError) -> None:
        unreadable(Path(error.filename), error.strerror or str(error))

    for folder, folders, names in os.walk(root, onerror=failed):
        folders.sort()
        links = [name for name in folders if Path(folder, name).is_symlink()]
        yield from (Path(folder, name) for name in sorted([*names, *links]))


def _older(path: Path, root: Path, against: Path | None) -> Path | None:
    if against is None:
        return None
    if not against.is_dir():
        return against if path == root else None
    older = against / (path.name if path == root else path.relative_to(root))
    return older if older.is_file() and not older.is_symlink() else None
