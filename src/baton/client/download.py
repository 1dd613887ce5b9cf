"""Files of a record into a folder: resumed where they broke off, compared with their MD5, never over local changes."""

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http import HTTPStatus
from pathlib import Path
from threading import Event
from urllib.parse import quote

import requests
from urllib3.exceptions import HTTPError

from baton.client.errors import Failure, LocalConflict, Refused, WrongContent
from baton.client.names import check_distinct, local_path
from baton.client.pool import pool
from baton.client.progress import Progress, told
from baton.client.remote import Attempts, Remote
from baton.client.repository import RemoteFile, Repository, content_path

# What is read and written at once. A block that breaks off is lost, so it is a small one.
BLOCK = 64 << 10


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a record."""

    names: Sequence[str] = ()  # patterns such as `raw/*.csv`; none means all files
    mirrors: Sequence[str] = ()
    force: bool = False
    parallel: int = 4
    patience: float = 300
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """A file there, and where it goes here."""

    file: RemoteFile
    path: Path
    addresses: Sequence[str]

    @property
    def part(self) -> Path:
        """Where its bytes gather; named by its digest too, so that another version's are never gone on with."""
        return self.path.with_name(f".{self.path.name[:200]}.{(self.file.md5 or 'unknown')[:8]}.part")


def download(repository: Repository, number: str, folder: Path, wish: Wish, stopped: Event) -> int:
    """Bring the files of a record into `folder`; returns how many had to be fetched.

    Raises `UnsafeName` and `LocalConflict` before a byte is written, `WrongContent` for what no source gave rightly.
    """
    files = _chosen(list(repository.files(number).values()), wish.names)
    check_distinct(file.key for file in files)
    places = [_place(repository.remote, number, file, folder, wish) for file in files]
    with pool(wish.parallel, stopped) as threads:
        same = threads.each(_is_same, places)
        wanted = [place for place, is_there in zip(places, same, strict=True) if not is_there]
        in_the_way = [str(place.path) for place in wanted if os.path.lexists(place.path)]
        if in_the_way and not wish.force:
            raise LocalConflict(
                "\n  ".join(["These files have other contents here; --force replaces them:", *in_the_way])
            )
        total = sum(place.file.size or 0 for place in wanted)
        with Progress("Downloading", total, stopped, quiet=wish.quiet) as progress:
            threads.each(lambda place: _Fetch(repository.remote, place, progress, wish, stopped).run(), wanted)
    return len(wanted)


def _chosen(files: Sequence[RemoteFile], names: Sequence[str]) -> list[RemoteFile]:
    if not names:
        return list(files)
    chosen = [file for file in files if any(file.key == name or fnmatchcase(file.key, name) for name in names)]
    for name in names:
        if not any(file.key == name or fnmatchcase(file.key, name) for file in chosen):
            raise Failure(f"The record has no file {name!r}. It has: {', '.join(file.key for file in files[:20])}")
    return chosen


def _place(remote: Remote, number: str, file: RemoteFile, folder: Path, wish: Wish) -> _Place:
    path = local_path(folder, file.key)
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        raise LocalConflict(f"{path.parent} leads out of {folder} by a symbolic link; nothing is written there.")
    mirrors = [f"{mirror.rstrip('/')}/{quote(file.key)}" for mirror in wish.mirrors]
    return _Place(file, path, [*mirrors, remote.url(content_path(number, file.key))])


def _is_same(place: _Place) -> bool:
    if not place.path.is_file() or place.file.size not in {None, place.path.stat().st_size}:
        return False
    return place.file.md5 is not None and _md5(place.path) == place.file.md5


def _md5(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


class _Fetch:
    """One file on its way."""

    def __init__(self, remote: Remote, place: _Place, progress: Progress, wish: Wish, stopped: Event) -> None:
        self._remote = remote
        self._place = place
        self._progress = progress
        self._wish = wish
        self._stopped = stopped
        self._counted = 0

    def run(self) -> None:
        """Fetch it from the first source that gives the right bytes, and put it in its place in one step."""
        place = self._place
        place.path.parent.mkdir(parents=True, exist_ok=True)
        faults: list[Failure] = []
        for address in place.addresses:
            try:
                self._fetch(address)
                self._check()
            except Failure as failure:
                faults.append(failure)
                continue
            place.part.replace(place.path)
            return
        for fault in faults[:-1]:
            told(str(fault))
        raise faults[-1]

    def _fetch(self, address: str) -> None:
        """All bytes that the part does not hold yet, however often the connection breaks."""
        attempts, reached = Attempts(self._wish.patience, told, self._stopped), 0
        while True:
            offset = self._place.part.stat().st_size if self._place.part.exists() else 0
            self._count(offset)
            if offset > reached:  # patience is for connections that bring nothing
                attempts, reached = Attempts(self._wish.patience, told, self._stopped), offset
            if offset == self._place.file.size and offset:
                return
            try:
                self._append(address, offset)
            except (requests.RequestException, HTTPError, ConnectionError) as error:
                attempts.wait(f"{address} broke off ({error})")
                continue
            except Refused as refusal:
                if refusal.status != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not offset:
                    raise
                self._place.part.unlink()
                continue
            return

    def _append(self, address: str, offset: int) -> None:
        with self._remote.stream(address, {"Range": f"bytes={offset}-"} if offset else {}) as answer:
            goes_on = answer.status_code == HTTPStatus.PARTIAL_CONTENT
            if goes_on and not answer.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
                raise WrongContent(f"{address} sends another range than the one that was asked for.")
            # A server that knows no ranges sends all of it again.
            with self._place.part.open("ab" if goes_on else "wb") as target:
                size = target.tell()
                for block in answer.iter_content(BLOCK):
                    size += len(block)
                    if self._place.file.size is not None and size > self._place.file.size:
                        self._place.part.unlink()
                        raise WrongContent(f"{address} sends more than the file's {self._place.file.size:,} bytes.")
                    target.write(block)
                    self._count(size)

    def _count(self, size: int) -> None:
        self._progress.add(size - self._counted)
        self._counted = size

    def _check(self) -> None:
        place = self._place
        size = place.part.stat().st_size
        if place.file.size is not None and size != place.file.size:
            place.part.unlink()
            raise WrongContent(f"{place.file.key} came with {size:,} bytes, not {place.file.size:,}; it was not kept.")
        if place.file.md5 is not None and (md5 := _md5(place.part)) != place.file.md5:
            place.part.unlink()
            raise WrongContent(f"{place.file.key} came with the MD5 {md5}, not {place.file.md5}; it was not kept.")
        with suppress(OSError), place.part.open("rb") as file:
            os.fsync(file.fileno())
