"""Files that the server fetches by itself: transfer type F of InvenioRDM. In the background, and again if it breaks."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.files.commands import PENDING, alone, commit_file, fail_file
from baton.files.queries import files_named
from baton.kernel import clock
from baton.kernel.errors import Problem
from baton.storage.errors import StageBusy, StorageFailed, StorageFull
from baton.storage.staging import Stage
from baton.uploads.commands import FETCH, advance, cancel_upload, complete_upload, remember, restart_upload
from baton.uploads.engine import Append, Engine, Work
from baton.uploads.entry import Upload
from baton.uploads.errors import FetchFailed, FetchRefused
from baton.uploads.queries import find_open, first_in_line
from baton.uploads.remote import Remote, Resolve, opened, resolve

log = logging.getLogger(__name__)

BLOCK = 1 << 20
MOST_ATTEMPTS = 8  # without a byte of progress
# A server that is slower than this, in bytes a second, keeps others waiting for nothing.
SLOWEST = 10_000
TRIAL_SECONDS = 300
LONGEST_PAUSE = timedelta(hours=1)
OUR_PAUSE = timedelta(seconds=30)  # while our own storage is away or full
# A depositor's fetches are tried for so long before those of the next one, and each goes on for so long while others
# wait, so that neither many of them nor a slow server keep anybody waiting for weeks. One that cannot go on where it
# stopped would never end that way: each time it is begun anew its turn is twice as long as the one before. So it ends,
# or is given up after the turn of an hour.
TURN_SECONDS = 30
MOST_BEGUN_ANEW = 7
# Of each draft; who has more waiting is not helped by looking at all of them each time.
MOST_IN_LINE = 100

IsOver = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches what waits, in turns; `private` says whether from servers that only we can reach, too."""

    engine: Engine
    private: bool = False
    resolve: Resolve = resolve
    turn_seconds: float = TURN_SECONDS

    def fetch_due(self, is_over: IsOver) -> None:
        """Give a turn to every depositor whose fetches are due, whatever other processes are at; then look again."""
        theirs: dict[object, list[Upload]] = {}
        for upload in self._due():
            theirs.setdefault(upload.said.get("by"), []).append(upload)
        for mine in theirs.values():
            end = time.monotonic() + self.turn_seconds
            for upload in mine:
                if is_over():
                    return
                self._try(upload, is_over)
                if time.monotonic() >= end:
                    break

    def _due(self) -> list[Upload]:
        with self.engine.database.read() as connection:
            waiting = first_in_line(connection, FETCH, MOST_IN_LINE)
        return [upload for upload in waiting if _is_due(upload)]

    def _turn(self, upload: Upload, is_over: IsOver) -> IsOver:
        """Whether the turn of a fetch that begins now is over; when nobody waits at its end, it gets another one."""
        seconds = self.turn_seconds * 2 ** int(upload.said.get("begun_anew", 0))
        end = time.monotonic() + seconds

        def turn_is_over() -> bool:
            nonlocal end
            if is_over():
                return True
            if time.monotonic() < end:
                return False
            end = time.monotonic() + seconds
            return any(self._waits(other) for other in self._due() if other.id != upload.id)

        return turn_is_over

    def _waits(self, upload: Upload) -> bool:
        with self.engine.staging.free(upload.id) as is_free:
            return is_free

    def _try(self, upload: Upload, is_over: IsOver) -> None:
        try:
            self._fetch(upload, is_over)
        except StageBusy:
            return
        except (FetchFailed, StorageFailed, StorageFull) as problem:
            self._postpone(upload, problem)
        except Problem as problem:
            self._give_up(upload, problem.detail)
        except Exception as error:  # one that nobody foresaw must not keep the others from being fetched
            log.exception("fetch broke", extra={"upload": upload.id})
            self._postpone(upload, FetchFailed(f"Something unforeseen happened: {type(error).__name__}."))

    def _fetch(self, upload: Upload, is_over: IsOver) -> None:
        with self.engine.staging.open(upload.id) as stage:
            # Another process may have gone on with it since it was listed.
            with self.engine.database.read() as connection:
                found = find_open(connection, upload.id)
            if found is not None and _is_due(found):
                self._go_on(stage, found, is_over)

    def _go_on(self, stage: Stage, upload: Upload, is_over: IsOver) -> None:
        said = upload.said
        with self.engine.database.read() as connection:
            waiting = files_named(connection, upload.record_id, [upload.key or ""])
        if not any(entry.status == PENDING and entry.source == said["url"] for entry in waiting):
            raise FetchRefused("The file is not waited for any more.")
        if upload.is_whole:  # all of it came, and could not be stored
            self._store(Work(self.engine, stage, upload, Append(offset=upload.offset)))
            return
        with opened(
            said["url"], upload.offset, said.get("validator"), private=self.private, resolve=self.resolve
        ) as remote:
            upload = self._begun(upload, remote)
            what = Append(offset=upload.offset, length=remote.length, is_last=True)
            work = Work(self.engine, stage, upload, what)
            if not _read(work, remote, self._turn(upload, is_over)):
                work.keep(to_the_end=False)
                return
            work.keep(to_the_end=True)
            self._store(work)

    def _store(self, work: Work) -> None:
        with work.finished() as stored, self.engine.database.write() as connection:
            entry = complete_upload(connection, work.upload, stored, self.engine.quotas)
            commit_file(connection, work.upload.record_id, entry.key)

    def _begun(self, upload: Upload, remote: Remote) -> Upload:
        """Note which file it is; begin anew when it is another one than before, or comes from its beginning."""
        with self.engine.database.write() as connection:
            alone(connection, upload.record_id)
            self.engine.room(connection, upload).check_size(remote.length or 0)
            said = {**upload.said, "validator": remote.validator}
            if remote.offset != upload.offset or upload.length not in {None, remote.length}:
                said["begun_anew"] = int(said.get("begun_anew", 0)) + 1
                if said["begun_anew"] > MOST_BEGUN_ANEW:
                    times = f"the file was begun anew {MOST_BEGUN_ANEW} times"
                    raise FetchRefused(f"The server cannot go on where it stopped, and {times}.")
                upload = restart_upload(connection, upload)
            upload = advance(connection, upload, upload.offset, self.engine.lifetime, length=remote.length)
            return remember(connection, upload, said)

    def _postpone(self, before: Upload, problem: Problem) -> None:
        with self.engine.database.write() as connection:
            upload = find_open(connection, before.id)
            if upload is None:
                return
            is_ours = not isinstance(problem, FetchFailed)  # no fault of the server that was asked
            failures = 0 if upload.offset > before.offset else int(upload.said.get("attempts", 0))
            attempts = failures if is_ours else failures + 1
            if attempts < MOST_ATTEMPTS:
                due = clock.now() + (OUR_PAUSE if is_ours else min(LONGEST_PAUSE, timedelta(seconds=2**attempts)))
                said = {**upload.said, "attempts": attempts, "due": due.isoformat(), "error": problem.detail}
                remember(connection, upload, said)
                log.info("fetch failed, will be tried again", extra={"upload": upload.id, "error": problem.detail})
                return
        self._give_up(upload, f"{problem.detail} It was tried {MOST_ATTEMPTS} times.")

    def _give_up(self, upload: Upload, why: str) -> None:
        log.info("fetch given up", extra={"upload": upload.id, "error": why})
        with self.engine.database.write() as connection:
            cancel_upload(connection, upload)
            fail_file(connection, upload.record_id, upload.key or "", why)
        self.engine.staging.discard(upload.id)


def _read(work: Work, remote: Remote, is_over: IsOver) -> bool:
    """Take the bytes as they come; whether all of them came. Raises `FetchFailed` when they end too early."""
    came, began = 0, time.monotonic()
    try:
        while data := remote.read(BLOCK):
            came += len(data)
            work.check_size(came)
            work.write([data])
            if remote.offset + came != remote.length and (is_over() or work.is_wanted()):
                return False
            _check_pace(came, time.monotonic() - began)
    except BaseException:
        work.keep(to_the_end=False)
        raise
    if remote.length is not None and remote.offset + came != remote.length:
        work.keep(to_the_end=False)
        raise FetchFailed(f"The server broke off after {remote.offset + came:,} of {remote.length:,} bytes.")
    return True


def _check_pace(came: int, seconds: float) -> None:
    if seconds > TRIAL_SECONDS and came < seconds * SLOWEST:
        raise FetchFailed(f"The server sends fewer than {SLOWEST:,} bytes a second.")


def _is_due(upload: Upload) -> bool:
    due = upload.said.get("due")
    return (datetime.fromisoformat(due) if due else upload.created_at) <= clock.now()
