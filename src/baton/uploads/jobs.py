"""Scheduled work on unfinished uploads."""

import logging
from datetime import timedelta

from baton.files.commands import forget_old_parts
from baton.files.queries import waiting_for_parts
from baton.kernel import clock
from baton.uploads.engine import Engine
from baton.uploads.queries import known_uploads, list_expired

log = logging.getLogger(__name__)


def expire_uploads(engine: Engine, grace: timedelta) -> int:
    """Give up uploads that nobody has gone on with, and remove bytes that no upload names; returns how many.

    One that somebody is at work on stays, whatever the clock says.
    """
    with engine.database.read() as connection:
        expired = list_expired(connection, clock.now())
    with engine.database.write() as connection:
        forget_old_parts(connection, clock.now() - engine.lifetime)
    for upload in expired:
        engine.forget(upload)

    def known(names: list[str]) -> set[str]:
        with engine.database.read() as connection:
            return known_uploads(connection, names) | waiting_for_parts(connection, names)

    removed = len(expired) + engine.staging.sweep(known, clock.now() - grace)
    log.info("uploads expired", extra={"uploads": removed})
    return removed
