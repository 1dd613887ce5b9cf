"""What a file may be called, how large it may be, and whether its bytes are the ones that were meant. Pure."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from baton.files.errors import (
    ChecksumMismatch,
    FileTooLarge,
    InvalidDigest,
    InvalidFileMetadata,
    InvalidKey,
    LengthMismatch,
    NoSuchFile,
    PartOfContent,
    QuotaExceeded,
    TooManyFiles,
)
from baton.kernel.errors import InvalidInput
from baton.kernel.ids import LARGEST_ID

LONGEST_KEY = 1024
LONGEST_METADATA = 100_000  # bytes of JSON
DEEPEST_METADATA = 20
# Control characters, halves of a pair, and line ends that look like none.
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
# They turn the reading direction, so that "gpj.exe" can be shown as "exe.jpg".
_TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# How other people name the two digests that we compute, and how long those are in bytes.
_ALGORITHMS = {"md5": "md5", "sha-256": "sha256", "sha256": "sha256"}
_LENGTHS = {"md5": 16, "sha256": 32}


def normal_key(key: str) -> str:
    """The one form of a name under which it is kept and found: NFC, whatever the client's file system uses."""
    return unicodedata.normalize("NFC", key)


def lookup_key(key: str) -> str:
    """The name under which to look for a file. Raises `NoSuchFile` for what no database would take as a name."""
    if not key.isprintable() and any(character == "\0" or unicodedata.category(character) == "Cs" for character in key):
        raise NoSuchFile(ascii(key))
    return normal_key(key)


def check_key(key: str) -> str:
    """The normal form of a new file's name, which may lie in folders: `a/b/c.csv`. Raises `InvalidKey`."""
    key = normal_key(key)
    if not key.strip():
        raise InvalidKey("A file needs a name.")
    if (length := len(key.encode(errors="surrogatepass"))) > LONGEST_KEY:
        raise InvalidKey(f"The file name is {length} bytes long; at most {LONGEST_KEY} are possible.")
    if any(unicodedata.category(character) in _UNPRINTABLE or character in _TURNS for character in key):
        raise InvalidKey(f"The file name {key!a} has control characters in it; please rename the file.")
    if "\\" in key:
        raise InvalidKey(f'The file name "{key}" has a backslash in it; use / between folders.')
    if any(not segment.strip() or segment in {".", ".."} for segment in key.split("/")):
        raise InvalidKey(
            f'The file name "{key}" is not possible: it may neither begin nor end with /, '
            'and no folder in it may be empty, "." or "..".'
        )
    return key


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one record may hold, in bytes and files, and everything that its owner has."""

    max_file_bytes: int
    max_record_bytes: int
    max_files: int
    max_user_bytes: int | None = None  # of all records of one person together

    @property
    def largest(self) -> int:
        """The bytes that a file may have where there is no other."""
        return min(self.max_file_bytes, self.max_record_bytes)

    def check_size(self, size: int) -> None:
        """Whether a file of `size` bytes may be at all. Raises `FileTooLarge` or `QuotaExceeded`."""
        Room(self).check_size(size)


_HELP = "Remove files, give up uploads that are not finished, or ask the operators of this repository for more."


@dataclass(frozen=True, slots=True)
class Room:
    """What a file has to fit into: the limits, and what they are taken up by, apart from itself."""

    limits: Limits
    files: int = 0
    used: int = 0  # bytes of the record's other files
    reserved: int = 0  # bytes that were announced of them and have not come
    elsewhere: int = 0  # bytes of the owner's other records, announced ones included

    def check_size(self, size: int) -> None:
        """Whether a file of `size` bytes or more has room. Raises `FileTooLarge` or `QuotaExceeded`."""
        limits = self.limits
        if size > limits.max_file_bytes:
            raise FileTooLarge(
                f"A file of this record may have at most {limits.max_file_bytes:,} bytes, and this one has at least "
                f"{size:,}. Split it, or ask the operators of this repository for more.",
                limit=limits.max_file_bytes,
                asked=size,
            )
        if size + self.used + self.reserved > limits.max_record_bytes:
            raise QuotaExceeded(
                f"The files of this record may have at most {limits.max_record_bytes:,} bytes together; its other "
                f"files have {self.used:,} already, {self.reserved:,} are reserved for uploads that are not finished, "
                f"and {size:,} do not fit beside them. {_HELP}",
                limit=limits.max_record_bytes,
                used=self.used,
                reserved=self.reserved,
                asked=size,
            )
        used = self.used + self.reserved + self.elsewhere
        if limits.max_user_bytes is not None and size + used > limits.max_user_bytes:
            raise QuotaExceeded(
                f"All records and drafts of one owner may have at most {limits.max_user_bytes:,} bytes together; "
                f"the others and what is reserved have {used:,}, and {size:,} do not fit beside them. {_HELP}",
                limit=limits.max_user_bytes,
                used=used,
                asked=size,
            )

    def check_count(self, more: int = 1) -> None:
        """Whether the record may have `more` files besides the others. Raises `TooManyFiles`."""
        most, count = self.limits.max_files, self.files + more
        if count > most:
            raise TooManyFiles(
                f"A record may have at most {most:,} files, and this would be {count:,}. "
                "Put them together in one archive, such as a ZIP file.",
                limit=most,
                asked=count,
            )


@dataclass(frozen=True, slots=True)
class Declared:
    """What the sender says about the bytes: their number, and digests in lower-case hex by `md5` and `sha256`."""

    size: int | None = None
    digests: Mapping[str, str] = field(default_factory=dict)

    def check_size(self, size: int) -> None:
        """Raise `LengthMismatch` unless exactly the declared bytes came."""
        if self.size is not None and size != self.size:
            raise LengthMismatch(
                f"{self.size:,} bytes were announced and {size:,} came; nothing was kept. Please upload the file again."
            )

    def check_digests(self, found: Mapping[str, str]) -> None:
        """Raise `ChecksumMismatch` unless every declared digest is the one `found` for the same algorithm."""
        for algorithm, digest in self.digests.items():
            if found[algorithm] != digest:
                raise ChecksumMismatch(
                    f"The {algorithm} of the bytes that came is {found[algorithm]}, not {digest} as announced; "
                    "nothing was kept. Please upload the file again."
                )


MOST_PARTS = 10_000


@dataclass(frozen=True, slots=True)
class Parts:
    """A file of `size` bytes that comes in `count` parts: all but the last of `each` bytes, if that was announced."""

    size: int
    count: int
    each: int | None = None
    file_id: str = ""

    def check(self) -> None:
        """Raise `InvalidInput` unless so many parts can make up the file."""
        if not 1 <= self.count <= MOST_PARTS or self.count > self.size:
            raise InvalidInput(f"A file comes in 1 to {MOST_PARTS:,} parts, and none of them is empty.")
        if self.each is not None and not self.each * (self.count - 1) < self.size <= self.each * self.count:
            raise InvalidInput(f"{self.count:,} parts of {self.each:,} bytes do not make up {self.size:,} bytes.")

    def size_of(self, number: int) -> int | None:
        """The bytes that part `number` must have; `None` when any number will do. Raises `InvalidInput`."""
        if not 1 <= number <= self.count:
            raise InvalidInput(f"The parts of this file are numbered from 1 to {self.count:,}.")
        if self.each is None:
            return None
        return self.each if number < self.count else self.size - self.each * (self.count - 1)

    def check_part(self, number: int, size: int) -> None:
        """Raise `LengthMismatch` unless part `number` may have `size` bytes."""
        wanted = self.size_of(number)
        if size > self.size or (wanted is not None and size != wanted):
            raise LengthMismatch(
                f"Part {number} has {size:,} bytes, not {wanted or self.size:,} as announced; it was not kept."
            )

    def check_sum(self, number: int, size: int, others: int) -> None:
        """Raise `LengthMismatch` when part `number` and the `others` that have come are more than the file."""
        if size + others > self.size:
            raise LengthMismatch(
                f"Part {number} has {size:,} bytes and the other parts {others:,}, of a file of {self.size:,}; "
                "it was not kept. Send the part that is too large again."
            )


def check_new_size(size: int | None) -> int | None:
    """A size as a client announced it. Raises `LengthMismatch` for one that no file can have."""
    if size is not None and not 0 <= size <= LARGEST_ID:
        raise LengthMismatch(f"{size} is no size of a file in bytes.")
    return size


def check_metadata(metadata: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What a depositor says about a file, if it can be kept and shown. Raises `InvalidFileMetadata`."""
    level: list[Any] = [metadata]
    for _depth in range(DEEPEST_METADATA):
        level = [inner for outer in level for inner in _inside(outer)]
    if level:
        raise InvalidFileMetadata(f"The metadata of a file may be nested {DEEPEST_METADATA} levels deep at most.")
    if metadata is not None and len(orjson.dumps(metadata)) > LONGEST_METADATA:
        raise InvalidFileMetadata(f"The metadata of a file may have {LONGEST_METADATA:,} bytes at most.")
    return metadata


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def declared(headers: Mapping[str, str]) -> Declared:
    """What the headers of an upload say about its content. `headers` must find names in any case.

    Raises `LengthMismatch`, `InvalidDigest`, or `PartOfContent`: a part must not be taken for the whole (RFC 9110,
    section 14.5).
    """
    if "content-range" in headers:
        raise PartOfContent("This address takes whole contents only: send the file without Content-Range.")
    check_said_once(headers)
    length = headers.get("content-length")
    if length is not None and not re.fullmatch("[0-9]{1,18}", length):
        raise LengthMismatch(f"The Content-Length {length!a} is no number of bytes.")
    return Declared(None if length is None else int(length), declared_digests(headers))


# Of two answers to such a question we would take one, and the sender might have meant the other.
_ONCE = {
    *("content-md5", "content-range", "tus-resumable", "upload-checksum", "upload-complete", "upload-concat"),
    *("upload-defer-length", "upload-length", "upload-metadata", "upload-offset"),
}


def check_said_once(headers: Mapping[str, str]) -> None:
    """Raise `InvalidInput` when a header has two values of which only one can be meant."""
    said: dict[str, str] = {}
    for name, value in headers.items():
        if name in _ONCE and said.setdefault(name, value) != value:
            raise InvalidInput(f"The header {name} says both {said[name][:80]!a} and {value[:80]!a}. Send it once.")


_DIGEST_HEADERS = ("content-md5", "content-digest", "repr-digest", "digest")


def declared_digests(headers: Mapping[str, str], names: Sequence[str] = _DIGEST_HEADERS) -> dict[str, str]:
    """The digests in `Content-MD5` (RFC 1864), `Content-Digest`, `Repr-Digest` (RFC 9530) and `Digest` (RFC 3230).

    Other algorithms than MD5 and SHA-256 are passed over, as RFC 9530 section 2 allows. Raises `InvalidDigest` for
    what cannot be read and for two answers to one question.
    """
    found: dict[str, str] = {}
    for name in names:
        if name == "content-md5":
            if (value := headers.get(name)) is not None:
                _add(found, "md5", value.strip())
            continue
        lines = ",".join(value for other, value in headers.items() if other.lower() == name)
        for member in filter(None, (part.strip() for part in lines.split(","))):
            algorithm, equals, digest = member.partition("=")
            if not equals:
                raise InvalidDigest(f"{name}: {member!a} has no = between algorithm and value.")
            if algorithm.strip().lower() in _ALGORITHMS:
                _add(found, _ALGORITHMS[algorithm.strip().lower()], digest.strip().split(";")[0].strip(":"))
    return found


def parse_checksum(text: str) -> dict[str, str]:
    """A checksum as InvenioRDM writes it, `md5:hex` or `sha256:hex`; bare hex is MD5. Raises `InvalidDigest`."""
    algorithm, colon, digest = text.strip().rpartition(":")
    name = _ALGORITHMS.get(algorithm.lower() if colon else "md5")
    if name is None or not re.fullmatch("[0-9a-fA-F]+", digest) or len(digest) != 2 * _LENGTHS[name]:
        raise InvalidDigest(f"The checksum {text!a} cannot be read; write md5: or sha256: and the digest in hex.")
    return {name: digest.lower()}


def _add(found: dict[str, str], algorithm: str, text: str) -> None:
    digest = _as_hex(text, _LENGTHS[algorithm])
    if found.setdefault(algorithm, digest) != digest:
        raise InvalidDigest(f"The request gives two different {algorithm} checksums for one content.")


def _as_hex(text: str, length: int) -> str:
    """Base64 as the specifications say, or hex as some programs send it."""
    if len(text) == 2 * length and re.fullmatch("[0-9a-fA-F]+", text):
        return text.lower()
    try:
        digest = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != length:
        raise InvalidDigest(f"The checksum {text!a} cannot be read; it must be {length} bytes in base64.")
    return digest.hex()
