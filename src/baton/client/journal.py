"""What a deposit has done so far: a line for each step, on this machine, so that the same command can go on."""

import fcntl
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from platformdirs import user_state_path

from baton.client.errors import Failure
from baton.client.local import LocalFile


def journal_path(server: str, paths: Sequence[Path], new_version_of: str | None) -> Path:
    """Where the journal of this very deposit is kept."""
    said = [server, new_version_of, *(str(path.resolve()) for path in paths)]
    name = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]
    return user_state_path("baton") / "deposits" / f"{name}.jsonl"


class Journal:
    """An append-only file of JSON lines. A line that was cut off by a crash is passed over.

    Nothing in it has to be believed: the server is asked what it has. It only saves work.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self.draft: str | None = None
        self._digests: dict[str, tuple[str, str]] = {}  # key: stamp, MD5
        self._parts: dict[tuple[str, str, int], set[int]] = {}  # key, MD5, bytes of a part: numbers
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = path.open("a+b", buffering=0)
        except OSError as error:
            raise Failure(
                f"What is done so far is noted in {path.parent}, and that cannot be written ({error.strerror}). "
                "Set XDG_STATE_HOME to a folder that can."
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise Failure("This very deposit is under way in another process. Wait for it, or stop it first.") from None
        for line in path.read_bytes().split(b"\n"):
            self._recall(line)
        # Ends a line that was cut off, so that the next one can be read.
        self._file.write(b"\n")

    def _recall(self, line: bytes) -> None:
        try:
            step = json.loads(line)
        except ValueError:
            return
        if "draft" in step:
            self.draft, self._parts = step["draft"], {}
        elif "stamp" in step:
            self._digests[step["key"]] = (step["stamp"], step["md5"])
        elif "part" in step:
            self._parts.setdefault((step["key"], step["md5"], step["each"]), set()).add(step["part"])
        elif "again" in step:
            self._forget_parts(step["again"])

    def begin(self, draft: str) -> None:
        """The deposit has a draft on the server."""
        self.draft, self._parts = draft, {}
        self._write({"draft": draft})

    def known(self, file: LocalFile) -> str | None:
        """The MD5 of a file that has been read before and has not changed since."""
        stamp, md5 = self._digests.get(file.key, ("", ""))
        return md5 if stamp == file.stamp else None

    def learn(self, file: LocalFile, md5: str) -> None:
        """A file has been read."""
        self._digests[file.key] = (file.stamp, md5)
        self._write({"key": file.key, "stamp": file.stamp, "md5": md5})

    def parts(self, key: str, md5: str, each: int) -> frozenset[int]:
        """The parts of a file that the server has acknowledged."""
        return frozenset(self._parts.get((key, md5, each), ()))

    def sent(self, key: str, md5: str, each: int, part: int) -> None:
        """The server has acknowledged a part."""
        self._write({"key": key, "md5": md5, "each": each, "part": part})

    def again(self, key: str) -> None:
        """A file begins anew on the server: its parts are gone there."""
        self._forget_parts(key)
        self._write({"again": key})

    def end(self) -> None:
        """The deposit is over; nothing of it has to be remembered."""
        self._path.unlink(missing_ok=True)
        self._file.close()

    def close(self) -> None:
        """Keep it for the next time."""
        self._file.close()

    def _forget_parts(self, key: str) -> None:
        self._parts = {place: numbers for place, numbers in self._parts.items() if place[0] != key}

    def _write(self, step: Mapping[str, Any]) -> None:
        with self._lock:
            self._file.write(json.dumps(step).encode() + b"\n")
