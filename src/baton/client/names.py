"""From a file's name on a server to its place in a folder here, and back. Names from a server are hostile. Pure."""

import re
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from baton.client.errors import Failure

LONGEST_SEGMENT = 255  # bytes, of a name in the usual file systems
# What Windows takes for a device, whatever comes after the first dot.
_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(\..*)?"
)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class UnsafeName(Failure):
    """A server gave a file a name that would be dangerous or impossible here."""

    exit_code = 4


def local_path(folder: Path, key: str, *, is_windows: bool = sys.platform == "win32") -> Path:
    """Where in `folder` the file with this name goes, folders included. Raises `UnsafeName`.

    No name climbs out of the folder, is absolute, or is shown by a terminal as something else than it is; on Windows,
    none means a drive, a device or a stream either.
    """
    for segment in key.split("/"):
        fault = _fault(segment) or (_fault_on_windows(segment) if is_windows else None)
        if fault:
            raise UnsafeName(f"The server names a file {key[:200]!a}, which is not safe to write here: {fault}.")
    return folder.joinpath(*PurePosixPath(key).parts)


def _fault(segment: str) -> str | None:
    if segment in {"", ".", ".."}:
        return 'no part of it may be empty, "." or ".."'
    if any(character in _TURNS or unicodedata.category(character) in {"Cc", "Cs"} for character in segment):
        return "it has characters that terminals misread"
    if "\\" in segment:
        return "a backslash means a folder on some systems"
    if len(segment.encode()) > LONGEST_SEGMENT:
        return f"a name may have {LONGEST_SEGMENT} bytes"
    return None


def _fault_on_windows(segment: str) -> str | None:
    if _FORBIDDEN.search(segment):
        return "Windows gives some of its characters another meaning"
    if segment != segment.rstrip(" ."):
        return "Windows drops blanks and dots at the end of a name"
    return "Windows reserves that name for a device" if _DEVICES.fullmatch(segment.lower()) else None


def check_distinct(keys: Iterable[str]) -> None:
    """Raise `UnsafeName` when two names would be one file where case or the form of accents does not count."""
    seen: dict[str, str] = {}
    for key in keys:
        plain = unicodedata.normalize("NFC", key).casefold()
        if (other := seen.setdefault(plain, key)) != key:
            raise UnsafeName(f'"{other}" and "{key}" would be the same file on some systems; fetch them one by one.')
    for plain, key in seen.items():
        for folder in PurePosixPath(plain).parents:
            if str(folder) in seen:
                raise UnsafeName(f'"{seen[str(folder)]}" is a file, and "{key}" wants it to be a folder.')
