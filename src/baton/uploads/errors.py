"""What can go wrong with an upload on its way."""

from baton.kernel.errors import NotFound, Problem


class NoSuchUpload(NotFound):
    """There is no such upload: it was never begun, or it has been given up long ago."""

    title = "No such upload"

    def __init__(self) -> None:
        super().__init__("There is no such upload here. Begin a new one.")


class UploadOver(Problem):
    """The upload was cancelled, or its bytes were refused; nothing can be added."""

    status = 410
    title = "Upload over"


class OffsetConflict(Problem):
    """The bytes that came do not follow those that are there; `Upload-Offset` says where to go on."""

    status = 409
    title = "Offset conflict"

    def __init__(self, detail: str, offset: int) -> None:
        super().__init__(detail, headers={"Upload-Offset": str(offset)}, offset=offset)


class LengthConflict(Problem):
    """The request speaks of another length of the whole than an earlier one, or sends bytes beyond it."""

    status = 409
    title = "Length conflict"


class PiecesMissing(Problem):
    """An upload is to be put together of pieces of which one is not there, or not whole."""

    status = 409
    title = "Pieces missing"


class InvalidUpload(Problem):
    """What the request says about an upload cannot be understood."""

    title = "Invalid upload"


class UnsupportedVersion(Problem):
    """The request speaks another version of the tus protocol."""

    status = 412
    title = "Unsupported version"


class UnsupportedBody(Problem):
    """The body is of another media type than those in which an upload goes on."""

    status = 415
    title = "Unsupported media type"


class ChunkMismatch(Problem):
    """The bytes of this request are not those that its checksum is of; none of them was kept."""

    status = 460
    title = "Chunk checksum mismatch"


class FetchRefused(Problem):
    """A file cannot be fetched from this address; trying again would not help."""

    title = "Not fetched"


class FetchFailed(Problem):
    """Fetching a file did not work this time; it is tried again."""

    status = 502
    title = "Fetching failed"


class UploadStalled(Problem):
    """No bytes came for long; what came before is kept."""

    status = 408
    title = "Upload stalled"
