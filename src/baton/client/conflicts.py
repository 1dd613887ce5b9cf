"""Local files in the way of those that are wanted: left by an older version, or somebody's own."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from baton.client.errors import LocalConflict
from baton.client.repository import RemoteFile

MOST_SHOWN = 20


def check_writable(folder: Path, paths: Iterable[Path]) -> None:
    """Raise `LocalConflict` where no file can be put, or not without leaving the folder."""
    root = folder.resolve()
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            raise LocalConflict(f"{path} is a folder here, and a file of the record has that name. Move it away.")
    for parent in {path.parent for path in paths}:
        if not parent.resolve().is_relative_to(root):
            raise LocalConflict(f"{parent} leads out of {folder} by a symbolic link; nothing is written there.")
        there = next(above for above in (parent, *parent.parents) if os.path.lexists(above))
        if not there.is_dir():
            raise LocalConflict(f"{there} is a file here, and the record has a folder of that name. Move it away.")


def changed(local: Mapping[str, str], versions: Iterable[Mapping[str, RemoteFile]]) -> list[str]:
    """Which of the local files, given by name and MD5, no version of the record has ever had so."""
    left = dict(local)
    for files in versions:
        left = {key: md5 for key, md5 in left.items() if key not in files or files[key].md5 != md5}
        if not left:
            break
    return list(left)


def conflict(paths: Sequence[Path], advice: str) -> LocalConflict:
    """The failure that names these files."""
    return LocalConflict("\n  ".join([f"These files have other contents here; {advice}", *named(paths)]))


def named(paths: Sequence[Path]) -> list[str]:
    """Paths as lines; of very many the first ones."""
    more = [f"and {len(paths) - MOST_SHOWN:,} more"] if len(paths) > MOST_SHOWN else []
    return [*map(str, paths[:MOST_SHOWN]), *more]
