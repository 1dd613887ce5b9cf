"""What can go wrong with the files of a record."""

from baton.kernel.errors import NotFound, Problem


class InvalidKey(Problem):
    """No file can have this name."""

    title = "Invalid file name"


class InvalidFileMetadata(Problem):
    """What is said about the file cannot be kept."""

    title = "Invalid file metadata"


class NoSuchFile(NotFound):
    """The record has no file of this name."""

    def __init__(self, key: str) -> None:
        super().__init__(f'There is no file "{key}" here.')


class FileExists(Problem):
    """A file of this name has been announced or uploaded already."""

    title = "File exists"


class FileCompleted(Problem):
    """The file is complete, or could not be fetched; its content is replaced by deleting it first."""

    title = "File completed"

    def __init__(self, key: str, status: str = "completed") -> None:
        state = "is complete" if status == "completed" else "could not be fetched"
        super().__init__(f'The file "{key}" {state}. Delete it first to upload another content.')


class NoContent(Problem):
    """The file was announced, and its content has not come yet."""

    title = "No content"


class TooManyFiles(Problem):
    """The record would have more files than it may."""

    title = "Too many files"


class FileTooLarge(Problem):
    """The file is larger than a file may be."""

    title = "File too large"


class QuotaExceeded(Problem):
    """The files of the record would together be larger than they may."""

    title = "Quota exceeded"


class InvalidDigest(Problem):
    """A checksum that came with the request cannot be read."""

    title = "Invalid checksum"


class ChecksumMismatch(Problem):
    """The bytes that came are not those that the sender's checksum is of."""

    title = "Checksum mismatch"


class LengthMismatch(Problem):
    """More or fewer bytes came than were announced."""

    title = "Length mismatch"


class PartOfContent(Problem):
    """The request sends a part of a content, and only whole ones are taken."""

    title = "Only whole contents"


class NotReadBack(Problem):
    """The storage did not give back the bytes that it was given, when they were read for the receipt."""

    status = 503
    title = "Not read back"


class UploadInterrupted(Problem):
    """The connection ended before the content did."""

    title = "Upload interrupted"


class RangeNotSatisfiable(Problem):
    """None of the bytes that were asked for exist."""

    status = 416
    title = "Range not satisfiable"


class PreconditionFailed(Problem):
    """The content is not the one that the caller's condition speaks of."""

    status = 412
    title = "Precondition failed"


class InvalidDelta(Problem):
    """A delta cannot be read, or says something impossible. Nothing was kept."""

    title = "Invalid delta"


class DeltaBaseChanged(Problem):
    """A file that a delta copies from has another content than it says. Make the delta anew, or send the whole file."""

    status = 412
    title = "Base changed"
