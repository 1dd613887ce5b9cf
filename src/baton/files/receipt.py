"""New contents read back before anybody is told that they are safe."""

import logging
from dataclasses import dataclass, replace

from baton.files import checks
from baton.files.errors import NotReadBack
from baton.files.queries import referenced
from baton.kernel import clock
from baton.kernel.db import Database
from baton.storage.content import ContentStore, Stored
from baton.storage.fixity import State, examine

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Which contents are read back at once; the others are read by the worker."""

    sampled: bool  # of those that were not assembled, one in sixteen
    most: int  # bytes; who sends more than that is not kept waiting

    def is_due(self, stored: Stored) -> bool:
        """Whether a content is to be read back before its receipt is written."""
        is_chosen = not self.sampled or stored.assembled or stored.sha256.startswith(checks.SAMPLE)
        return is_chosen and stored.size <= self.most


def read_back(database: Database, store: ContentStore, rule: ReadBack, stored: Stored) -> Stored:
    """The content with the time at which it was read and found to be what came, if the rule wants it read now. Blocks.

    Call it before the transaction that names the content: it takes as long as the disk does. Raises `NotReadBack`.
    """
    if stored.verified_at is not None or not rule.is_due(stored):
        return stored
    state = examine(store, stored.sha256, stored.size)
    if state == State.WHOLE:
        return replace(stored, verified_at=clock.now())
    log.error("content is not what came", extra={"sha256": stored.sha256, "state": state})
    with database.write() as connection:
        is_known = stored.sha256 in referenced(connection, [stored.sha256])
        if is_known:  # somebody else's, which the worker can heal
            checks.demand_check(connection, stored.sha256)
    if not is_known:
        store.delete(stored.sha256)
    raise NotReadBack(
        f"The storage took the bytes, and gave back others ({state}). Nothing was kept; please send them again. "
        "The operators of this repository find the cause in the log."
    )
