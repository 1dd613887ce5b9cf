"""The calls of the RDM dialect that deposits and downloads take, on this server, Zenodo or any InvenioRDM.

What a server can do beyond that is found out by asking for it, never assumed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote, urlsplit

import requests

from baton.client.errors import Failure, Refused
from baton.client.remote import SLOW_ANSWER, Body, Remote
from baton.files.delta_format import MEDIA_TYPE as DELTA
from baton.storage.chunking import ChunkList, decode
from baton.storage.digests import Digests
from baton.storage.errors import DamagedChunkList

# Files announced at once; Zenodo takes no more.
ANNOUNCED_AT_ONCE = 100
# Bytes of a list of chunks that we are ready to read: that of a file of about a terabyte.
LARGEST_LIST = 1 << 29
_PATH_SAFE = "/!$&'()*+,;=:@"
_MD5, _SHA256 = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{64}")
LARGEST_FILE = (1 << 63) - 1  # bytes; more than any system can write
# Pages of one list; a server that has more will never come to an end.
MOST_PAGES = 10_000
_NONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
P = ParamSpec("P")
R = TypeVar("R")
OCTETS = {"Content-Type": "application/octet-stream"}


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the server tells of it; `parts` are the addresses of its parts, when it comes in parts."""

    key: str
    is_complete: bool
    size: int | None
    md5: str | None
    sha256: str | None
    parts: Mapping[int, str]

    def difference(self, found: Digests) -> str | None:
        """Which digest of a content is another one than the server states."""
        if self.sha256 not in {None, found.sha256}:
            return f"the SHA-256 {found.sha256}, not {self.sha256}"
        if self.md5 not in {None, found.md5}:
            return f"the MD5 {found.md5}, not {self.md5}"
        return None

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "RemoteFile":
        """From an entry of a file list."""
        algorithm, _colon, checksum = str(entry.get("checksum") or "").rpartition(":")
        transfer = entry.get("transfer") or {}
        parts = (entry.get("links") or {}).get("parts") or () if transfer.get("type") == "M" else ()
        return cls(
            key=_name(entry["key"]),
            # Lists of published records leave the state out where there is only one.
            is_complete=entry.get("status", "completed") == "completed",
            size=_size(entry.get("size")),
            md5=checksum if algorithm in {"", "md5"} and _MD5.fullmatch(checksum) else None,
            sha256=sha256 if _SHA256.fullmatch(sha256 := str(entry.get("sha256"))) else None,
            parts={int(part["part"]): str(part["url"]) for part in parts},
        )


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to announce; with `part_size` it comes in parts of so many bytes."""

    key: str
    size: int
    md5: str
    part_size: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The announcement. Size and checksum only where they are needed: not every server takes them."""
        if self.part_size is None:
            return {"key": self.key}
        parts = -(-self.size // self.part_size)
        transfer = {"type": "M", "parts": parts, "part_size": self.part_size}
        return {"key": self.key, "size": self.size, "checksum": f"md5:{self.md5}", "transfer": transfer}


def _understood(ask: Callable[P, R]) -> Callable[P, R]:
    """Answers may have any shape: one that is not that of the dialect is a `Failure`, too."""

    @wraps(ask)
    def wrapped(*arguments: P.args, **options: P.kwargs) -> R:
        try:
            return ask(*arguments, **options)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise Failure(f"The server's answer cannot be understood ({error!r}); is it a repository?") from error

    return wrapped


class Repository:
    """A server that speaks the RDM dialect."""

    def __init__(self, remote: Remote) -> None:
        self.remote = remote

    # --- records and drafts ---

    @_understood
    def record(self, number: str) -> dict[str, Any]:
        """A published record; the number of a work leads to its newest version. Raises `Refused`."""
        found = self.remote.json("GET", _record(number))
        return {**found, "id": str(found["id"])}

    def draft(self, number: str) -> dict[str, Any] | None:
        """A draft; `None` when there is none (any more)."""
        found: dict[str, Any] | None = _unless_missing(lambda: self.remote.json("GET", f"{_record(number)}/draft"))
        return found

    def published(self, number: str) -> dict[str, Any] | None:
        """A published record; `None` when it was never published."""
        found: dict[str, Any] | None = _unless_missing(lambda: self.record(number))
        return found

    def latest(self, number: str) -> str:
        """The number of the work's newest version. Raises `Refused`."""
        target = self.remote.location(f"{_record(number)}/versions/latest")
        return urlsplit(target).path.rpartition("/")[2] if target else number

    @_understood
    def versions(self, number: str) -> list[str]:
        """The numbers of the work's published versions, newest first."""
        found: list[str] = []
        for page in self._pages(f"{_record(number)}/versions"):
            records = (page.get("hits") or {}).get("hits") or ()
            if not records:
                break
            found += [str(record["id"]) for record in records]
        return found

    @_understood
    def create(self, body: Mapping[str, Any]) -> str:
        """A new draft; returns its number."""
        # Not sent again when the answer is lost: that would leave a second draft behind.
        return str(self.remote.json("POST", "/api/records", body, repeatable=False)["id"])

    @_understood
    def new_version(self, number: str) -> str:
        """The draft of the next version; the one that is open already, if there is one."""
        return str(self.remote.json("POST", f"{_record(number)}/versions")["id"])

    @_understood
    def save(self, number: str, body: Mapping[str, Any]) -> list[str]:
        """Replace what the draft says; returns what must still be mended."""
        answer = self.remote.json("PUT", f"{_record(number)}/draft", body)
        return [
            f"{error.get('field')}: {' '.join(map(str, error.get('messages') or [error.get('message')]))}"
            for error in answer.get("errors") or ()
        ]

    @_understood
    def publish(self, number: str) -> dict[str, Any]:
        """Publish the draft; when that has happened already, the record."""
        try:
            answer: dict[str, Any] = self.remote.json(
                "POST", f"{_record(number)}/draft/actions/publish", timeout=SLOW_ANSWER
            )
        except Refused:
            # An answer that was lost: the second attempt finds no draft.
            published = self.published(number)
            if published is None or self.draft(number) is not None:
                raise
            return published
        return answer

    def publisher(self) -> str | None:
        """The name under which the server publishes, where it says so."""
        if urlsplit(self.remote.address).hostname in {"zenodo.org", "sandbox.zenodo.org"}:
            return "Zenodo"
        try:
            return str(self.remote.json("GET", "/api/openapi.json", accept="application/json")["info"]["title"])
        except (Failure, KeyError, TypeError):
            return None

    # --- files of drafts ---

    def limits(self, number: str) -> dict[str, int]:
        """What a draft may hold, as far as the server tells: `quota_size` and `max_file_size` in bytes, `max_files`."""
        try:
            told = self.remote.json("GET", f"{_record(number)}/quota")
        except Refused:
            return {}
        return {name: most for name, most in told.items() if isinstance(most, int)} if isinstance(told, dict) else {}

    def draft_files(self, number: str) -> dict[str, RemoteFile]:
        """The files of a draft, by name."""
        return self._files(f"{_record(number)}/draft/files")

    def files(self, number: str) -> dict[str, RemoteFile]:
        """The files of a published record, by name."""
        return self._files(f"{_record(number)}/files")

    @_understood
    def _files(self, path: str) -> dict[str, RemoteFile]:
        found: dict[str, RemoteFile] = {}
        for page in self._pages(path):
            files = [RemoteFile.of(entry) for entry in page.get("entries") or ()]
            if not files:
                break
            found |= {file.key: file for file in files}
        return found

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        """The pages of a list, each of which names the next."""
        seen: set[str] = set()
        while path not in seen and len(seen) < MOST_PAGES:
            seen.add(path)
            page = self.remote.json("GET", path)
            yield page
            parts = urlsplit(str((page.get("links") or {}).get("next") or ""))
            if not parts.path:
                return
            # Whatever public address the server believes to have: it was asked here.
            path = f"{parts.path}?{parts.query}"
        raise Failure(f"{self.remote.address} lists pages without end; the last was {path}.")

    @_understood
    def announce(self, number: str, files: Sequence[NewFile]) -> dict[str, RemoteFile]:
        """Announce files; returns how the server will take them."""
        answer = self.remote.json("POST", f"{_record(number)}/draft/files", [file.as_json() for file in files])
        found = {entry["key"]: RemoteFile.of(entry) for entry in answer.get("entries") or ()}
        missing = [file.key for file in files if file.key not in found]
        # Where lists are paged, the new ones need not be on the first page.
        return found | {key: RemoteFile.of(self.remote.json("GET", _draft_file(number, key))) for key in missing}

    def import_files(self, number: str) -> None:
        """Give the draft of a new version the files of the version before."""
        self.remote.json("POST", f"{_record(number)}/draft/actions/files-import")

    def put_content(self, number: str, key: str, make_body: Callable[[], Body], headers: Mapping[str, str]) -> None:
        """Send the content of an announced file."""
        self.remote.send("PUT", f"{_draft_file(number, key)}/content", make_body, headers, timeout=SLOW_ANSWER)

    def chunks(self, number: str, key: str, most: int = LARGEST_LIST) -> ChunkList | None:
        """The chunks of a published file; `None` where servers do not tell, or tell what we cannot use."""
        try:
            return decode(self.remote.bytes_of(f"{content_path(number, key)}/chunks", min(most, LARGEST_LIST)))
        except (Refused, DamagedChunkList, requests.RequestException):
            return None

    def put_delta(self, number: str, key: str, make_body: Callable[[], Body]) -> None:
        """Send the content of an announced file as what changed in it."""
        headers = {"Content-Type": DELTA}
        self.remote.send("PUT", f"{_draft_file(number, key)}/content/delta", make_body, headers, timeout=SLOW_ANSWER)

    def put_part(self, number: str, file: RemoteFile, part: int, make_body: Callable[[], Body]) -> None:
        """Send one part of a file; to where the server says, when that is another server."""
        own = self.remote.url(f"{_draft_file(number, file.key)}/content/{part}")
        said = file.parts[part]
        elsewhere = urlsplit(said).path != urlsplit(own).path
        self.remote.send("PUT", said if elsewhere else own, make_body, OCTETS)

    @_understood
    def commit(self, number: str, key: str) -> RemoteFile:
        """Complete a file; when that has happened already, the file."""
        try:
            entry = self.remote.json("POST", f"{_draft_file(number, key)}/commit", timeout=SLOW_ANSWER)
        except Refused:
            entry = self.remote.json("GET", _draft_file(number, key))
            if entry.get("status") != "completed":
                raise
        return RemoteFile.of(entry)

    def delete_file(self, number: str, key: str) -> None:
        """Take a file off the draft, if it is there."""
        _unless_missing(lambda: self.remote.json("DELETE", _draft_file(number, key)))


def _name(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(value)


def _size(value: object) -> int | None:
    if value is None or (isinstance(value, int) and 0 <= value <= LARGEST_FILE):
        return value
    raise ValueError(value)


def content_path(number: str, key: str) -> str:
    """Where the content of a published file is."""
    return f"{_record(number)}/files/{quote(key, safe=_PATH_SAFE)}/content"


def _record(number: str) -> str:
    return f"/api/records/{quote(number, safe='')}"


def _draft_file(number: str, key: str) -> str:
    return f"{_record(number)}/draft/files/{quote(key, safe=_PATH_SAFE)}"


def _unless_missing(ask: Callable[[], Any]) -> Any:  # noqa: ANN401  any JSON value
    try:
        return ask()
    except Refused as refusal:
        if refusal.status in _NONE:
            return None
        raise
