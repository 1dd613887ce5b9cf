"""Files of a record into a folder: what is there is left alone, what an older version left is brought up to date."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Event
from urllib.parse import quote

from baton.client.conflicts import changed, check_writable, conflict, named
from baton.client.delta import SMALLEST_DELTA
from baton.client.errors import Failure, Refused
from baton.client.fetch import SMALLEST_RANGE, Each, Fetch, Target, in_turn
from baton.client.local import digests_of, stamp_of
from baton.client.names import UnsafeName, check_distinct, local_path
from baton.client.older import copies
from baton.client.pool import Pool, pool
from baton.client.progress import Progress, told
from baton.client.remote import Remote
from baton.client.repository import RemoteFile, Repository, content_path
from baton.client.source import Source
from baton.storage.chunking import longest

MIRROR_PATIENCE, MIRROR_SILENCE = 1.0, 15.0  # seconds; there is another source


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a record.

    `older`: the version that may be here; local files that any version had are brought up to date then.
    """

    names: Sequence[str] = ()  # patterns such as `raw/*.csv`; none means all files
    mirrors: Sequence[str] = ()
    older: str | None = None
    force: bool = False
    parallel: int = 4
    patience: float = 300
    quiet: bool = False


def download(repository: Repository, number: str, folder: Path, wish: Wish, stopped: Event) -> int:
    """Bring the files of a record into `folder`; returns how many had to be fetched.

    Raises `UnsafeName` and `LocalConflict` before a byte is written, `WrongContent` for what no source gave rightly.
    """
    there = repository.files(number)
    files = _chosen(list(there.values()), wish.names)
    check_distinct(file.key for file in files)
    targets = _targets(repository, number, files, folder, wish, stopped)
    check_writable(folder, [target.path for target in targets])
    with pool(wish.parallel, stopped) as threads:
        wanted = _wanted(targets, wish, threads, stopped)
        if not wish.force:
            _check_replaceable(repository, number, wanted, wish, threads, stopped)
        with Progress("Downloading", sum(target.size for target in wanted), stopped, quiet=wish.quiet) as progress:

            def fetch(target: Target, each: Each = in_turn, parallel: int = 1) -> None:
                Fetch(_with_copies(repository, number, target, progress), progress, each, parallel).run()

            threads.each(fetch, [target for target in wanted if target.size <= SMALLEST_RANGE])
            for target in wanted:
                if target.size > SMALLEST_RANGE:
                    fetch(target, threads.each, wish.parallel)
    if wish.older not in {None, number} and not wish.names:
        _tell_left(repository, there, folder, wish.older)
    return len(wanted)


def _chosen(files: Sequence[RemoteFile], names: Sequence[str]) -> list[RemoteFile]:
    if not names:
        return list(files)
    chosen = [file for file in files if any(file.key == name or fnmatchcase(file.key, name) for name in names)]
    for name in names:
        if not any(file.key == name or fnmatchcase(file.key, name) for file in chosen):
            has = ", ".join(ascii(file.key) for file in files[:20])
            raise Failure(f"The record has no file {name!r}. It has: {has}")
    return chosen


def _targets(
    repository: Repository, number: str, files: Sequence[RemoteFile], folder: Path, wish: Wish, stopped: Event
) -> list[Target]:
    patience = min(wish.patience, MIRROR_PATIENCE)
    # A server for each mirror: what one of them does says nothing about the next, and none of them sees the token.
    mirrors = [
        (Remote(address, patience=patience, silence=MIRROR_SILENCE, tell=told, stopped=stopped), address)
        for address in wish.mirrors
    ]
    targets = []
    for file in files:
        sources = [Source(remote, f"{address.rstrip('/')}/{quote(file.key)}") for remote, address in mirrors]
        sources.append(Source(repository.remote, repository.remote.url(content_path(number, file.key))))
        path = local_path(folder, file.key)
        targets.append(Target(file, path, sources, replaces=None if wish.force else stamp_of(path)))
    return targets


def _wanted(targets: Sequence[Target], wish: Wish, threads: Pool, stopped: Event) -> list[Target]:
    """Those that are not here as they should be."""
    here = [target for target in targets if _may_be_same(target)]
    with Progress("Comparing", sum(target.size for target in here), stopped, quiet=wish.quiet) as progress:
        same = threads.each(lambda target: target.file.difference(digests_of(target.path, progress.add)) is None, here)
    right = {target.path for target, is_same in zip(here, same, strict=True) if is_same}
    return [target for target in targets if target.path not in right]


def _may_be_same(target: Target) -> bool:
    path, file = target.path, target.file
    return path.is_file() and file.size in {None, path.stat().st_size} and bool(file.md5 or file.sha256)


def _check_replaceable(
    repository: Repository, number: str, wanted: Sequence[Target], wish: Wish, threads: Pool, stopped: Event
) -> None:
    """Raise `LocalConflict` for files that somebody would miss."""
    in_the_way = [target for target in wanted if os.path.lexists(target.path)]
    if not in_the_way:
        return
    if wish.older is None:
        advice = "--update replaces them if an earlier version of the record had them so, --force in any case:"
        raise conflict([target.path for target in in_the_way], advice)
    files = [target for target in in_the_way if target.path.is_file()]
    with Progress(
        "Reading", sum(target.path.stat().st_size for target in files), stopped, quiet=wish.quiet
    ) as progress:
        digests = threads.each(lambda target: digests_of(target.path, progress.add).md5, files)
    local = dict.fromkeys((target.file.key for target in in_the_way), "")
    local |= zip((target.file.key for target in files), digests, strict=True)
    own = changed(local, _earlier(repository, number, wish.older))
    if own:
        advice = "no version of the record had them so. --force replaces them:"
        raise conflict([target.path for target in in_the_way if target.file.key in own], advice)


def _earlier(repository: Repository, number: str, older: str) -> Iterator[Mapping[str, RemoteFile]]:
    """The files of the other versions: of the likeliest first."""
    if older != number:
        yield repository.files(older)
    for version in repository.versions(number):
        if version in {number, older}:
            continue
        try:
            yield repository.files(version)
        except Refused:  # other people may read them
            continue


def _with_copies(repository: Repository, number: str, target: Target, progress: Progress) -> Target:
    """The target with what the older file in its place has of it, where the server tells its chunks."""
    file = target.file
    if file.sha256 is None or target.size < SMALLEST_DELTA or not target.path.is_file():
        return target
    chunks = repository.chunks(number, file.key, longest(target.size))
    if chunks is None or (chunks.sha256, chunks.size) != (file.sha256, file.size):
        return target
    return replace(target, copies=copies(target.path, chunks, progress.watch))


def _tell_left(repository: Repository, there: Mapping[str, RemoteFile], folder: Path, older: str) -> None:
    """Say which files here the newest version has no more. They stay: nobody asked for them to be removed."""
    left = []
    for key in repository.files(older).keys() - there.keys():
        with suppress(UnsafeName):
            left.append(local_path(folder, key))
    left = sorted(path for path in left if path.is_file())
    if left:
        told("\n  ".join(["The newest version has these files no more; they stay here:", *named(left)]))
