"""What the headers of an upload say, in the words of tus 1.0, of RFC 9110 and of the resumable-upload draft. Pure."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from baton.files.errors import InvalidDigest
from baton.files.rules import declared_digests
from baton.kernel.errors import InvalidInput
from baton.kernel.ids import LARGEST_ID
from baton.uploads.entry import OPEN, Upload
from baton.uploads.errors import ChunkMismatch, InvalidUpload, LengthConflict, OffsetConflict, PiecesMissing

LONGEST_SAID = 8000  # bytes of `Upload-Metadata`
MOST_PIECES = 1000  # in one concatenation
# What `Upload-Checksum` may name (tus, checksum extension), and the length of each in bytes.
CHECKSUMS = {"sha1": 20, "md5": 16, "sha256": 32}

_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)")


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a request says about the bytes that it carries: a digest that must be theirs before they are kept."""

    algorithm: str
    digest: bytes

    def check(self, found: bytes) -> None:
        """Raise `ChunkMismatch` unless `found` is the digest."""
        if found != self.digest:
            raise ChunkMismatch(
                f"The {self.algorithm} of the bytes that came is {found.hex()}, not {self.digest.hex()}; "
                "none of them was kept. Please send them again."
            )


@dataclass(frozen=True, slots=True)
class ContentRange:
    """`Content-Range` of a request: bytes `first` to `last` of a whole of `total`; no bytes when it only asks."""

    first: int | None
    last: int | None
    total: int | None

    @property
    def length(self) -> int:
        """How many bytes the request carries."""
        return 0 if self.first is None or self.last is None else self.last - self.first + 1


def content_range(text: str) -> ContentRange:
    """Raises `InvalidUpload` for a range that cannot be."""
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise InvalidUpload(f"The Content-Range {text[:80]!a} cannot be read; write it as `bytes 0-499/1000`.")
    first, last, total = (None if part in {None, "*"} else int(part) for part in match.groups())
    if first is not None and last is not None and (last < first or (total is not None and last >= total)):
        raise InvalidUpload(f"The Content-Range {text[:80]!a} is no part of its whole.")
    if first is None and total is None:
        raise InvalidUpload("The Content-Range says nothing; write it as `bytes */1000` to ask how far the upload is.")
    return ContentRange(first, last, total)


def only_asks(headers: Mapping[str, str]) -> bool:
    """Whether a PUT brings nothing, and asks how far the upload is. Raises `InvalidUpload`."""
    text = headers.get("content-range")
    return text is not None and content_range(text).first is None


def number(headers: Mapping[str, str], name: str) -> int | None:
    """A header that is a number of bytes; `None` when it is not there. Raises `InvalidUpload`."""
    text = headers.get(name)
    if text is None:
        return None
    if not re.fullmatch("[0-9]{1,19}", text.strip()) or int(text) > LARGEST_ID:
        raise InvalidUpload(f"The header {name} must be a number of bytes, and {text[:40]!a} is none.")
    return int(text)


def flag(headers: Mapping[str, str], name: str) -> bool | None:
    """A header that is `?1` or `?0` (RFC 9651); `None` when it is not there. Raises `InvalidUpload`."""
    text = headers.get(name)
    if text is None:
        return None
    if text.strip() not in {"?0", "?1"}:
        raise InvalidUpload(f"The header {name} must be ?0 or ?1, and {text[:40]!a} is neither.")
    return text.strip() == "?1"


def said(text: str) -> dict[str, str]:
    """`Upload-Metadata`: words with values in base64, as text. Raises `InvalidUpload`."""
    if len(text) > LONGEST_SAID:
        raise InvalidUpload(f"Upload-Metadata may have {LONGEST_SAID:,} bytes at most.")
    found: dict[str, str] = {}
    for member in filter(None, (part.strip() for part in text.split(","))):
        name, _space, value = member.partition(" ")
        try:
            decoded = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            raise InvalidUpload(f"The value of {name!a} in Upload-Metadata is no text in UTF-8 and base64.") from None
        if name in found:
            raise InvalidUpload(f"Upload-Metadata says {name!a} twice.")
        found[name] = decoded
    return found


def checksum(text: str) -> Chunk:
    """`Upload-Checksum`. Raises `InvalidUpload`, as the protocol has it with 400, for an algorithm not offered."""
    algorithm, _space, value = text.strip().partition(" ")
    if algorithm not in CHECKSUMS:
        raise InvalidUpload(f"The checksum {algorithm[:40]!a} is not known here; use {', '.join(sorted(CHECKSUMS))}.")
    try:
        digest = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != CHECKSUMS[algorithm]:
        raise InvalidUpload(f"Upload-Checksum must be {algorithm} and {CHECKSUMS[algorithm]} bytes in base64.")
    return Chunk(algorithm, digest)


def chunk_of(headers: Mapping[str, str]) -> Chunk | None:
    """The digest of a request's own bytes, where it says one: `Upload-Checksum`, `Content-Digest`, `Content-MD5`."""
    if (text := headers.get("upload-checksum")) is not None:
        return checksum(text)
    digests = declared_digests(headers, ("content-md5", "content-digest"))
    for algorithm in ("sha256", "md5"):
        if algorithm in digests:
            return Chunk(algorithm, bytes.fromhex(digests[algorithm]))
    return None


def whole_digests(headers: Mapping[str, str]) -> dict[str, str]:
    """The digests of the whole that a request speaks of which carries a part: `Repr-Digest` and `Digest`."""
    return declared_digests(headers, ("repr-digest", "digest"))


def pieces_of(text: str) -> tuple[str, ...]:
    """The uploads that `Upload-Concat: final;...` names, by their ids. Raises `InvalidUpload`."""
    addresses = text.split()
    if not 1 <= len(addresses) <= MOST_PIECES:
        raise InvalidUpload(f"An upload is put together of 1 to {MOST_PIECES:,} pieces: final; and their addresses.")
    found = tuple(address.rstrip("/").rpartition("/")[2] for address in addresses)
    if len(set(found)) < len(found):
        raise InvalidUpload("A piece is named twice.")
    return found


def length_of_pieces(pieces: Iterable[Upload]) -> int:
    """What whole pieces make up together. Raises `PiecesMissing` when one is not whole, or none."""
    length = 0
    for piece in pieces:
        if piece.key is not None or piece.state != OPEN or not piece.is_whole:
            raise PiecesMissing(f"The upload {piece.id} is no piece that is whole. Finish all pieces first.")
        length += piece.offset
    return length


def same_length(known: int | None, *others: int | None) -> int | None:
    """The length of the whole, which everybody who names it must name alike. Raises `LengthConflict`."""
    named = {length for length in (known, *others) if length is not None}
    if len(named) > 1:
        lengths = " and ".join(f"{length:,}" for length in sorted(named))
        raise LengthConflict(f"The length of the file is said to be {lengths} bytes; it cannot change.")
    return named.pop() if named else None


def same_digests(known: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """The digests of the whole, of which each must be the same whenever it is named. Raises `InvalidDigest`."""
    for algorithm, digest in others.items():
        if known.get(algorithm, digest) != digest:
            raise InvalidDigest(f"The {algorithm} of the file was said to be {known[algorithm]}, and now {digest}.")
    return {**known, **others}


def check_offset(offset: int | None, current: int) -> None:
    """Raise `OffsetConflict` unless the bytes begin where those that are there end."""
    if offset is None:
        raise InvalidInput("Say in Upload-Offset where in the file these bytes begin.")
    if offset != current:
        raise OffsetConflict(
            f"{current:,} bytes are there, and the bytes of this request begin at {offset:,}. Go on at {current:,}.",
            current,
        )


def check_reach(end: int, length: int | None) -> None:
    """Raise `LengthConflict` for bytes beyond the end of the file."""
    if length is not None and end > length:
        raise LengthConflict(f"The file has {length:,} bytes, and these would reach to {end:,}.")


def key_of(words: Mapping[str, str]) -> str:
    """The name of the file among the words that a tus client says. Raises `InvalidUpload`."""
    for name in _NAMES:
        if words.get(name):
            return words[name]
    raise InvalidUpload("Say the name of the file in Upload-Metadata, as `filename`.")


_NAMES: Sequence[str] = ("key", "relativePath", "filename", "name")
