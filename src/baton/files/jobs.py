"""Scheduled work on stored bytes."""

import logging
from datetime import timedelta

from baton.files.commands import forget_contents
from baton.files.queries import referenced
from baton.kernel import clock
from baton.kernel.db import Database
from baton.storage.content import ContentStore, Swept

log = logging.getLogger(__name__)


def sweep_contents(database: Database, store: ContentStore, grace: timedelta) -> Swept:
    """Remove bytes that nothing has named for `grace`: deleted files, refused uploads, remains of crashes."""
    older_than = clock.now() - grace
    with database.write() as connection:
        forget_contents(connection, older_than)

    def known(names: list[str]) -> set[str]:
        with database.read() as connection:
            return referenced(connection, names)

    swept = store.sweep(known, older_than)
    log.info("storage swept", extra={"contents": swept.contents, "leftovers": swept.leftovers, "bytes": swept.bytes})
    return swept
