"""Make the dump of all public metadata, once a night."""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta

from baton.access.rules import Action, may
from baton.accounts.actor import ANONYMOUS
from baton.exports.rdm_json import rdm_json
from baton.exports.view import View, as_anybody_sees
from baton.feeds.dumps import Dump, Dumps
from baton.feeds.queries import CHANGES, count_public, last_position, public_after
from baton.feeds.writers import JsonLines, Parquet, Writer
from baton.kernel import clock
from baton.kernel.cursors import seal
from baton.kernel.db import Database
from baton.kernel.ids import new_uuid
from baton.records.queries import load_many

log = logging.getLogger(__name__)

PAGE = 500


def is_due(dumps: Dumps, database: Database, hour: int) -> bool:
    """Whether none has been made since it was `hour` (UTC) last, and there is something to dump."""
    now = clock.now()
    since = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if now < since:
        since -= timedelta(days=1)
    newest = next(iter(dumps.newest_first()), None)
    if newest is not None and newest.created >= since:
        return False
    with database.read() as connection:
        return count_public(connection) > 0


def make_dump(dumps: Dumps, database: Database, view: View, is_over: Callable[[], bool] = lambda: False) -> Dump | None:
    """Write every record that everybody may read into a new dump; `None` when somebody else is at it, or it `is_over`.

    Each page is read in a transaction of its own, so that nothing is held up; a record that is withdrawn while the dump
    is made is in it or not.
    """
    with dumps.making() as may_make:
        if not may_make:
            return None
        version_id, created = new_uuid(), clock.now()
        with database.read() as connection:
            cursor = seal(CHANGES, last_position(connection))
        folder = dumps.incoming(version_id)
        with closing(JsonLines(folder)) as lines, closing(Parquet(folder)) as parquet:
            records = _write((lines, parquet), database, view, is_over)
        if is_over():
            return None
        files = (lines.described(), parquet.described())
        dump = Dump(version_id, created.replace(microsecond=0), records, cursor, files)
        dumps.finish(dump, view.base_url)
    log.info("dump made", extra={"records": records, "version": version_id})
    return dump


def _write(writers: Sequence[Writer], database: Database, view: View, is_over: Callable[[], bool]) -> int:
    last = written = 0
    while not is_over():
        with database.read() as connection:
            numbers = public_after(connection, last, PAGE)
            found = load_many(connection, [(number, False) for number in numbers])
        if not numbers:
            break
        last = numbers[-1]
        public = [record for record in found if may(ANONYMOUS, Action.READ, record)]
        documents = [rdm_json(record, as_anybody_sees(view, record)) for record in public]
        for writer in writers:
            writer.add(documents)
        written += len(documents)
    return written
