"""From the system's errors to ours."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from baton.storage.errors import StorageFailed, StorageFull

log = logging.getLogger(__name__)

# No space, no quota, or larger than a file may be here.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def as_problems() -> Iterator[None]:
    """Turn an `OSError` of the block into a `Problem`: the caller is told in short, the log in full."""
    try:
        yield
    except OSError as error:
        # No traceback: a full disk fails every upload in the same way, and the error says where.
        log.error("storage failed: %s", error, extra={"path": error.filename, "errno": error.errno})  # noqa: TRY400
        if error.errno in _FULL:
            raise StorageFull(
                "The server has no room left for these bytes. Nothing was kept; please try again later."
            ) from error
        raise StorageFailed(
            "The server's storage does not work at the moment. Nothing was changed; please try again later."
        ) from error
