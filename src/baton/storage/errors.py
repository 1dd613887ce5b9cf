"""What can go wrong with bytes at rest."""

from baton.kernel.errors import Problem


class StorageFull(Problem):
    """There is no room for these bytes."""

    status = 507
    title = "Storage full"


class StorageFailed(Problem):
    """The storage cannot be read or written at the moment."""

    status = 503
    title = "Storage unavailable"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "10"})


class ContentMissing(Problem):
    """Bytes that should be there are not: a fault for the operators, not the caller."""

    status = 503
    title = "Content missing"


class DamagedChunkList(Problem):
    """What should be the list of a content's chunks cannot be used as one: damaged, or not made by our chunker."""

    status = 400
    title = "Damaged chunk list"


class DamagedRecipe(Problem):
    """What should say how a content follows from stored objects does not: a fault for the operators, not the caller."""

    status = 503
    title = "Damaged recipe"


class OtherZlib(StorageFailed):
    """A content can only be made with zlib itself, and this process has something else: a fault for the operators."""

    title = "Other zlib"


class StageBusy(Problem):
    """Another request is at work on the same upload; it is asked to stop, and has not done so yet."""

    status = 423
    title = "Upload busy"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "1"})


class StageLost(Problem):
    """What was uploaded so far is not there any more; the upload has to begin anew."""

    status = 410
    title = "Upload lost"


class ContentDamaged(Problem):
    """Stored bytes are no longer those that came, so they are not served. The operators have been told."""

    status = 503
    title = "Content damaged"


def missing(sha256: str) -> ContentMissing:
    """What to tell somebody who asks for bytes that are not there."""
    return ContentMissing(
        f"The bytes {sha256} are not in the storage. Its operators can find out more with `baton doctor`."
    )


def damaged(sha256: str) -> ContentDamaged:
    """What to tell somebody who asks for bytes that are no longer what came."""
    return ContentDamaged(
        f"The stored bytes of this file ({sha256}) are damaged, so they are not sent. "
        "The operators of this repository have been told; please try again later."
    )
