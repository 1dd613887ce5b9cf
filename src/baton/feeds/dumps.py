"""The folder of dumps: each a folder of its own with its files and a manifest, there as a whole or not at all."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import orjson

MANIFEST = "manifest.json"
INCOMING = "incoming-"


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file of a dump, with its checksums in hexadecimal."""

    key: str
    media_type: str
    size: int
    sha256: str
    md5: str


@dataclass(frozen=True, slots=True)
class Dump:
    """All public metadata at one time. `records`: how many versions there are in each of its files.

    `cursor`: where the feed of changes goes on from here.
    """

    version_id: str
    created: datetime
    records: int
    cursor: str
    files: tuple[DumpFile, ...]

    def manifest(self, site: str) -> bytes:
        """What stands in `manifest.json`."""
        said = {"site": site, **asdict(self)}
        return orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)


class Dumps:
    """The finished dumps below `folder`, of which the newest `keep` are kept."""

    def __init__(self, folder: Path, keep: int) -> None:
        self.folder = folder
        self.keep = keep

    def newest_first(self) -> Sequence[Dump]:
        """Every finished dump."""
        if not self.folder.is_dir():
            return ()
        found = [_read(path) for path in self.folder.glob(f"*/{MANIFEST}") if not _is_incoming(path.parent)]
        return sorted(found, key=lambda dump: dump.created, reverse=True)

    def path(self, dump: Dump, key: str) -> Path:
        """Where a file of the dump lies."""
        return self.folder / dump.version_id / key

    @contextmanager
    def making(self) -> Iterator[bool]:
        """Whether we may make one now, until the block ends: one process at a time does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            for path in self.folder.glob(f"{INCOMING}*"):  # of one that was interrupted
                shutil.rmtree(path)
            yield True

    def incoming(self, version_id: str) -> Path:
        """An empty folder for a dump that is being made."""
        path = self.folder / f"{INCOMING}{version_id}"
        path.mkdir()
        return path

    def finish(self, dump: Dump, site: str) -> None:
        """Let the dump be seen, and remove those that are too old."""
        incoming = self.folder / f"{INCOMING}{dump.version_id}"
        with (incoming / MANIFEST).open("wb") as file:
            file.write(dump.manifest(site))
            file.flush()
            os.fsync(file.fileno())
        incoming.rename(self.folder / dump.version_id)
        for old in self.newest_first()[self.keep :]:
            shutil.rmtree(self.folder / old.version_id)


def _is_incoming(path: Path) -> bool:
    return path.name.startswith(INCOMING)


def _read(manifest: Path) -> Dump:
    said = orjson.loads(manifest.read_bytes())
    files = tuple(DumpFile(**file) for file in said["files"])
    created = datetime.fromisoformat(said["created"])
    return Dump(said["version_id"], created, said["records"], said["cursor"], files)
