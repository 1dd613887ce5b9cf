"""Reading every stored content again within a cycle, and making whole what is not."""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from baton.files import checks
from baton.files.checks import Due
from baton.kernel.db import Database
from baton.storage.content import ContentStore
from baton.storage.errors import ContentDamaged, ContentMissing, DamagedRecipe, StorageFull
from baton.storage.fixity import Pace, State, copy_content, examine, no_brake
from baton.storage.versions import recipe as recipe_notes

log = logging.getLogger(__name__)

# Contents that are taken at once: few, because each may have a hundred gigabytes.
BATCH = 8


@dataclass(frozen=True, slots=True)
class Care:
    """How stored bytes are looked after."""

    cycle: timedelta  # within which every content is read again
    sampled: bool  # of new contents only some are read at once
    pace: Pace


@dataclass(frozen=True, slots=True)
class Stores:
    """Where contents are, and where a copy of each is, if there is such a place."""

    contents: ContentStore
    replica: ContentStore | None = None


def scrub(
    database: Database,
    stores: Stores,
    care: Care,
    is_over: Callable[[], bool] = lambda: False,
) -> int:
    """Read what is due, until nothing is; returns how many contents were read. Progress is in the database."""

    def claim(connection: Connection) -> list[Due]:
        return checks.claim_checks(connection, care.cycle, BATCH, sampled=care.sampled)

    return sum(1 for _ in _checked(database, stores, claim, care.pace, is_over))


def verify_all(database: Database, stores: Stores, since: datetime) -> Iterator[tuple[Due, State]]:
    """Read every content that was not read `since`; one result after another."""
    return _checked(
        database, stores, lambda connection: checks.claim_all(connection, since, BATCH), no_brake, lambda: False
    )


def _checked(
    database: Database,
    stores: Stores,
    claim: Callable[[Connection], list[Due]],
    pace: Pace,
    is_over: Callable[[], bool],
) -> Iterator[tuple[Due, State]]:
    while claimed := _claimed(database, claim):
        try:
            while claimed and not is_over():
                state = check_content(database, stores, claimed[0], pace)
                yield claimed.pop(0), state
        finally:
            # The server stops, or the store is away: what was not looked at is not done.
            for due in claimed:
                with database.write() as connection:
                    checks.release_check(connection, due)
        if is_over():
            return


def _claimed(database: Database, claim: Callable[[Connection], list[Due]]) -> list[Due]:
    with database.write() as connection:
        return claim(connection)


def check_content(database: Database, stores: Stores, due: Due, pace: Pace = no_brake) -> State:
    """Read one content, heal it if it needs to be and can be, and remember what came of it. Raises `StorageFailed`."""
    state = examine(stores.contents, due.sha256, due.size, pace)
    if state == State.LOST:
        with suppress(StorageFull):
            stores.contents.check()  # where there is no bucket, there are no contents either, and none of them is lost
    if state != State.WHOLE:
        log.error("content is bad", extra={"sha256": due.sha256, "state": state})
        if heal(database, stores, due.sha256):
            due, state = Due(due.sha256, due.size, state), State.WHOLE
    with database.write() as connection:
        checks.note_state(connection, due, state)
    if state == State.WHOLE and stores.replica is not None and stores.replica.size(due.sha256) != due.size:
        with database.write() as connection:
            checks.note_replica(connection, due.sha256, is_there=False)
    return state


def heal(database: Database, stores: Stores, sha256: str) -> bool:
    """Bring a content back from the second store; whether that was possible. Raises `StorageFailed`."""
    if stores.replica is None:
        return False
    try:
        copy_content(stores.replica, stores.contents, sha256)
    except (ContentMissing, ContentDamaged, DamagedRecipe) as problem:
        log.error("content cannot be healed: %s", problem.detail, extra={"sha256": sha256})  # noqa: TRY400
        return False
    # What its recipe is made of may be what is damaged; the object alone is to be believed now.
    with database.write() as connection:
        was_recipe = checks.drop_recipe(connection, sha256)
    if was_recipe:
        stores.contents.delete_note(recipe_notes.NOTES, sha256)
    log.warning("content healed", extra={"sha256": sha256})
    return True


def replicate(
    database: Database, stores: Stores, pace: Pace = no_brake, is_over: Callable[[], bool] = lambda: False
) -> int:
    """Copy to the second store what is not there yet; returns how many contents were copied."""
    if stores.replica is None:
        return 0
    copied, after = 0, ""
    while not is_over():
        with database.read() as connection:
            waiting = checks.list_unreplicated(connection, BATCH, after)
        if not waiting:
            break
        for due in waiting:
            if is_over():
                break
            copied += _replicate_one(database, stores.contents, stores.replica, due, pace)
        after = waiting[-1].sha256
    return copied


def _replicate_one(database: Database, store: ContentStore, replica: ContentStore, due: Due, pace: Pace) -> bool:
    try:
        if replica.size(due.sha256) != due.size:
            copy_content(store, replica, due.sha256, pace)
    except (ContentMissing, ContentDamaged, DamagedRecipe):
        # Told and healed by the check, which this content now gets at once.
        with database.write() as connection:
            checks.demand_check(connection, due.sha256)
        return False
    with database.write() as connection:
        checks.note_replica(connection, due.sha256, is_there=True)
    return True
