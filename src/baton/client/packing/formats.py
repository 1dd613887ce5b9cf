"""What a file is, by its first bytes, as far as it matters for what a later version shares with it. Pure."""

import re
from dataclasses import dataclass
from enum import Enum, auto

# What is looked at of a file; the mark of a Matlab file that is HDF5 comes last of all.
HEAD = 4096
_TAR_MARK = 257
_GZIP_WITH_EXTRA = b"\x1f\x8b\x08\x04"
_LINES_TO_JUDGE = 5


class Kind(Enum):
    """How an edit spreads in a format."""

    FLOWING = auto()  # what is inserted moves the rest
    FIXED = auto()  # values change in their places
    STREAM = auto()  # compressed as one stream: an edit changes all that follows
    MEMBERS = auto()  # files in it are compressed each for itself
    PARQUET = auto()
    SEALED = auto()  # compressed in a way that cannot be looked into here
    MEDIA = auto()  # made once and replaced as a whole


@dataclass(frozen=True, slots=True)
class Format:
    """A name for people, and how it behaves."""

    name: str
    kind: Kind


_SIGNATURES = (
    (12, b"BC\x02\x00", Format("BGZF", Kind.STREAM)),
    (0, b"\x1f\x8b", Format("gzip", Kind.STREAM)),
    (0, b"BZh", Format("bzip2", Kind.STREAM)),
    (0, b"\xfd7zXZ\x00", Format("xz", Kind.STREAM)),
    (0, b"\x28\xb5\x2f\xfd", Format("zstd", Kind.STREAM)),
    (0, b"PK\x03\x04", Format("zip", Kind.MEMBERS)),
    (0, b"PK\x05\x06", Format("zip", Kind.MEMBERS)),
    (0, b"PAR1", Format("Parquet", Kind.PARQUET)),
    (0, b"7z\xbc\xaf\x27\x1c", Format("7z", Kind.SEALED)),
    (0, b"Rar!\x1a\x07", Format("RAR", Kind.SEALED)),
    (0, b"\x04\x22\x4d\x18", Format("lz4", Kind.SEALED)),
    (0, b"\x1f\x9d", Format("compress (.Z)", Kind.SEALED)),
    (_TAR_MARK, b"ustar", Format("tar", Kind.FLOWING)),
    *((at, b"\x89HDF\r\n\x1a\n", Format("HDF5", Kind.FIXED)) for at in (0, 512, 1024, 2048)),
    *((0, b"CDF" + version, Format("NetCDF-3", Kind.FIXED)) for version in (b"\x01", b"\x02", b"\x05")),
    (0, b"SQLite format 3\x00", Format("SQLite", Kind.FIXED)),
    (0, b"ARROW1\x00\x00", Format("Arrow", Kind.FIXED)),
    (0, b"ORC", Format("ORC", Kind.FIXED)),
    (0, b"Obj\x01", Format("Avro", Kind.FIXED)),
    (0, b"\x93NUMPY", Format("NumPy", Kind.FIXED)),
    (0, b"SIMPLE  =", Format("FITS", Kind.FIXED)),
    (0, b"MATLAB 5.0 MAT-file", Format("Matlab", Kind.FIXED)),
    (0, b"GRIB", Format("GRIB", Kind.FIXED)),
    (0, b"II*\x00", Format("TIFF", Kind.FIXED)),
    (0, b"MM\x00*", Format("TIFF", Kind.FIXED)),
    (128, b"DICM", Format("DICOM", Kind.FIXED)),
    (0, b"%PDF-", Format("PDF", Kind.MEDIA)),
    (0, b"\x89PNG\r\n\x1a\n", Format("PNG", Kind.MEDIA)),
    (0, b"\xff\xd8\xff", Format("JPEG", Kind.MEDIA)),
    (0, b"GIF8", Format("GIF", Kind.MEDIA)),
    (0, b"OggS", Format("Ogg", Kind.MEDIA)),
    (0, b"fLaC", Format("FLAC", Kind.MEDIA)),
    (0, b"ID3", Format("MP3", Kind.MEDIA)),
    (0, b"\x1a\x45\xdf\xa3", Format("Matroska", Kind.MEDIA)),
    (4, b"ftyp", Format("MP4", Kind.MEDIA)),
)
# A character of several bytes may be cut off at the end of what is looked at.
_TEXT = re.compile(rb"[\t\n\v\f\r\x20-\x7e\x80-\xff]*")


def recognise(head: bytes) -> Format:
    """The format of a file that begins so; binary data of no known kind when nothing fits."""
    for at, mark, found in _SIGNATURES[0 if head[:4] == _GZIP_WITH_EXTRA else 1 :]:
        if head[at : at + len(mark)] == mark:
            return found
    return Format(_name_of_text(head), Kind.FLOWING) if _is_text(head) else Format("binary data", Kind.FIXED)


def _is_text(head: bytes) -> bool:
    if not _TEXT.fullmatch(head):
        return False
    try:
        head[:-4].decode()
    except UnicodeDecodeError as error:
        return error.end >= len(head) - 4
    return True


def _name_of_text(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in {b"{", b"["}:
        return "JSON"
    if start[:1] == b"<":
        return "XML"
    lines = head.split(b"\n")[:_LINES_TO_JUDGE]
    for delimiter, name in ((b"\t", "TSV"), (b",", "CSV"), (b";", "CSV")):
        counts = {line.count(delimiter) for line in lines[: max(1, len(lines) - 1)]}
        if len(counts) == 1 and counts != {0}:
            return name
    return "text"
