"""A crate in a ZIP file, read in place: what lies in it is looked through before anything is unpacked.

Names that lead elsewhere, links, encrypted entries and archives that would unpack to far more than they are, are
refused as a whole.
"""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EINVAL
from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedReader, RawIOBase
from typing import IO, TYPE_CHECKING

from baton.exports.ro_crate import METADATA_FILE
from baton.files.rules import Limits, Room, check_key
from baton.imports.errors import UnreadableDocument
from baton.storage.content import Handle

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK = 1 << 20  # bytes read at once
# Real data shrink to a hundredth at best; what unpacks to more than this many times its size is made to do harm.
MOST_GROWTH = 200
ALWAYS_ALLOWED = 100 << 20  # bytes: so little does no harm however much it shrank
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_ENCRYPTED = 0x1
_RUBBISH = "__MACOSX/"  # what macOS puts beside the files of every archive
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, NotImplementedError, struct.error)
# The list of an archive's entries, in memory: 100,000 names of 400 bytes.
MOST_LISTED = 50 << 20
PER_FILE = 500  # bytes of metadata about each file
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_IN_64 = 0xFFFFFFFF  # says that the number stands in what large archives have
_LONGEST_END = 22 + 65_535 + 20 + 56  # bytes: with a comment, and what large archives have before it


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the crate, and its name in the draft."""

    key: str
    entry: zipfile.ZipInfo


class CrateZip:
    """An open crate. Raises `UnreadableDocument`, or what `Limits` and `check_key` say."""

    def __init__(self, handle: Handle, limits: Limits) -> None:
        self._size = handle.size
        source = BufferedReader(_Reader(handle), BLOCK)
        with _reading():
            _check_list(handle)
            self._zip = zipfile.ZipFile(source)
        entries = [one for one in self._zip.infolist() if not one.is_dir() and not one.filename.startswith(_RUBBISH)]
        self._root = _root_of(entries)
        self.members = [Member(check_key(self._key(entry)), entry) for entry in entries]
        self._check(limits)

    def metadata(self, most: int) -> bytes:
        """The metadata file, of `most` bytes at most besides what it says of each file."""
        most += PER_FILE * len(self.members)
        entry = self._zip.getinfo(self._root + METADATA_FILE)
        if entry.file_size > most:
            raise UnreadableDocument(f"{METADATA_FILE} may have {most:,} bytes at most.")
        return b"".join(self.content(Member(METADATA_FILE, entry)))

    def content(self, member: Member) -> Iterator[bytes]:
        """The bytes of a file, checked against its checksum at the end."""
        with _reading(), self._zip.open(member.entry) as source:
            yield from _blocks(source)

    def _key(self, entry: zipfile.ZipInfo) -> str:
        """Crates are often put into one folder as a whole, which is no part of them."""
        if not entry.filename.startswith(self._root):
            raise UnreadableDocument(f"{entry.filename[:100]!r} lies outside of the crate's folder {self._root!r}.")
        return entry.filename.removeprefix(self._root)

    def _check(self, limits: Limits) -> None:
        Room(limits).check_count(len(self.members))
        total = packed = 0
        seen: set[str] = set()
        for member in self.members:
            _check_entry(member)
            if member.key in seen:
                raise UnreadableDocument(f"The archive has several files of the name {member.key[:100]!r}.")
            seen.add(member.key)
            Room(limits, used=total).check_size(member.entry.file_size)
            total, packed = total + member.entry.file_size, packed + member.entry.compress_size
        if packed > self._size:
            raise UnreadableDocument("The files of this archive overlap; it was made to do harm.")
        if total > max(ALWAYS_ALLOWED, MOST_GROWTH * self._size):
            raise UnreadableDocument(
                f"The archive has {self._size:,} bytes and would unpack to {total:,}. Upload such files by themselves."
            )


@contextmanager
def _reading() -> Iterator[None]:
    """What the libraries say of broken archives, in our words."""
    try:
        yield
    except _BROKEN as error:
        raise UnreadableDocument(f"The ZIP file cannot be read: {str(error)[:200] or type(error).__name__}.") from None


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    while data := source.read(BLOCK):
        yield data


def _root_of(entries: list[zipfile.ZipInfo]) -> str:
    """The folder with the metadata file: the archive itself, or the only folder in it."""
    found = [name for entry in entries if (name := entry.filename).rpartition("/")[2] == METADATA_FILE]
    root = min(found, key=lambda name: name.count("/"), default=None)
    if root is None or root.count("/") > 1:
        raise UnreadableDocument(f"The archive is no RO-Crate: there is no {METADATA_FILE} at its top.")
    return root.removesuffix(METADATA_FILE)


def _check_entry(member: Member) -> None:
    entry, name = member.entry, repr(member.key[:100])
    if entry.flag_bits & _ENCRYPTED:
        raise UnreadableDocument(f"{name} is encrypted. Pack the crate again without a password.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UnreadableDocument(f"{name} is a link. Pack the crate again with the files themselves.")
    if entry.compress_type not in _METHODS:
        raise UnreadableDocument(f"{name} is compressed in a way that is not read here. Use Deflate.")


def _check_list(handle: Handle) -> None:
    """Before the whole list of entries is read into memory: how long it says that it is."""
    length = min(_LONGEST_END, handle.size)
    end = handle.pread(handle.size - length, length)
    at, at_64 = end.rfind(_END), end.rfind(_END_64)
    sizes = [struct.unpack_from("<L", end, at + 12)[0]] if 0 <= at <= length - 22 else []
    if 0 <= at_64 <= length - 56:
        sizes.append(struct.unpack_from("<Q", end, at_64 + 40)[0])
    if any(MOST_LISTED < size != _IN_64 for size in sizes):
        raise UnreadableDocument("The archive lists more files than a record may have.")


class _Reader(RawIOBase):
    """A stored content as a file that can be sought in."""

    def __init__(self, handle: Handle) -> None:
        super().__init__()
        self._handle = handle
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        start = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._handle.size}[whence]
        if start + offset < 0:
            raise OSError(EINVAL, "a place before the beginning")  # what `zipfile` expects of a file
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        length = max(0, min(len(view), self._handle.size - self._at))
        view[:length] = self._handle.pread(self._at, length) if length else b""
        self._at += length
        return length
