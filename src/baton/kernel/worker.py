"""The worker: delivers the outbox as soon as something is committed, and runs scheduled jobs.

A second thread delivers what waits for servers abroad, so that a slow one holds up nothing of our own, and what may
take hours has threads of its own as well. Any number of processes may run all of them: deliveries are leased, and a
job's period is claimed in the database first.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic

from sqlalchemy import Column, Connection, String, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from baton.kernel import clock
from baton.kernel.db import Database, UtcTime, metadata
from baton.kernel.outbox import BATCH, C, Reactions, deliver_round

log = logging.getLogger(__name__)

job_runs = Table(
    "job_runs",
    metadata,
    Column("job", String(80), primary_key=True),
    Column("last_run_at", UtcTime, nullable=False),
)

# How long a quiet worker sleeps: what another process committed is seen after this at the latest.
POLL_SECONDS = 0.25
# How often it looks whether a job is due.
JOB_SECONDS = 10
# How long it waits for company after the first commit, unless somebody waits for it: to index one record costs as much
# as to index five hundred.
GATHER_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Job(Generic[C]):
    """Scheduled work: run once in each period of `every`, counted from midnight UTC, and soon after a start."""

    name: str
    every: timedelta
    run: Callable[[C], None]
    apart: bool = False  # in a thread of its own, because it may wait for others than the database


def run_due_jobs(database: Database, context: C, jobs: Sequence[Job[C]]) -> int:
    """Run each job whose current period has not been served yet; returns how many ran."""
    ran = 0
    for job in jobs:
        with database.read() as connection:
            last = connection.execute(select(job_runs.c.last_run_at).where(job_runs.c.job == job.name)).scalar()
        if not _is_due(last, job.every):
            continue
        with database.write() as connection:
            claimed = _claim_period(connection, job.name, last)
        if claimed:
            log.info("job started", extra={"job": job.name})
            job.run(context)
            ran += 1
    return ran


def _is_due(last: datetime | None, every: timedelta) -> bool:
    # A run in the future was a drill's, and serves no period of today.
    return last is None or not _period_start(clock.now(), every) <= last <= clock.now()


def _period_start(moment: datetime, every: timedelta) -> datetime:
    start = datetime(2000, 1, 1, tzinfo=UTC)
    return start + (moment - start) // every * every


def _claim_period(connection: Connection, name: str, last: datetime | None) -> bool:
    """Whether nobody else has run the job since its run at `last`."""
    if last is not None:
        same = update(job_runs).where(job_runs.c.job == name, job_runs.c.last_run_at == last)
        return connection.execute(same.values(last_run_at=clock.now())).rowcount == 1
    try:
        with connection.begin_nested():
            connection.execute(insert(job_runs).values(job=name, last_run_at=clock.now()))
    except IntegrityError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Errand(Generic[C]):
    """Work that may take hours: it has a thread of its own, where it holds up nothing else.

    `run` does what there is to do, ends soon once `is_over()`, and is called again `every` so often. Any number of
    processes may be at it; it has to see to it itself that they share the work.
    """

    name: str
    every: timedelta
    run: Callable[[C, Callable[[], bool]], None]


class Worker(Generic[C]):
    """Threads that work until `stop`; failures are logged and never end them."""

    def __init__(
        self,
        database: Database,
        context: C,
        reactions: Reactions[C],
        jobs: Sequence[Job[C]],
        errands: Sequence[Errand[C]] = (),
    ) -> None:
        self._database = database
        self._context = context
        self._reactions = reactions
        self._jobs = [job for job in jobs if not job.apart]
        errands = [*errands, *(_as_errand(database, job) for job in jobs if job.apart)]
        self._stopping = threading.Event()
        self._threads = (
            threading.Thread(target=self._work, name="worker", daemon=True),
            threading.Thread(target=self._work_abroad, name="worker abroad", daemon=True),
            *(threading.Thread(target=self._go, args=(errand,), name=errand.name, daemon=True) for errand in errands),
        )

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the round at hand and end; what is left waits in the outbox."""
        self._stopping.set()
        self._database.emitted.set()
        self._database.awaited.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def _work(self) -> None:
        next_jobs = clock.now()
        while not self._stopping.is_set():
            worked = 0
            try:
                if clock.now() >= next_jobs:
                    run_due_jobs(self._database, self._context, self._jobs)
                    next_jobs = clock.now() + timedelta(seconds=JOB_SECONDS)
                self._database.emitted.clear()
                worked = deliver_round(self._database, self._context, self._reactions)
            except Exception:
                log.exception("worker round failed, going on")
                self._stopping.wait(1)
            if self._stopping.is_set():  # `stop` may have come before the flag was cleared, and would not wake us again
                return
            if worked < BATCH and (worked or self._database.emitted.wait(POLL_SECONDS)):
                self._database.awaited.wait(GATHER_SECONDS)
                self._database.awaited.clear()

    def _work_abroad(self) -> None:
        while not self._stopping.is_set():
            worked = 0
            try:
                worked = deliver_round(self._database, self._context, self._reactions, abroad=True)
            except Exception:
                log.exception("worker round failed, going on")
                self._stopping.wait(1)
            if not worked:
                self._stopping.wait(POLL_SECONDS)

    def _go(self, errand: Errand[C]) -> None:
        while not self._stopping.is_set():
            try:
                errand.run(self._context, self._stopping.is_set)
            except Exception:
                log.exception("errand failed, will be tried again", extra={"errand": errand.name})
            self._stopping.wait(errand.every.total_seconds())


def _as_errand(database: Database, job: Job[C]) -> Errand[C]:
    def run(context: C, _is_over: Callable[[], bool]) -> None:
        run_due_jobs(database, context, [job])

    return Errand(job.name, timedelta(seconds=JOB_SECONDS), run)


def run_until_idle(database: Database, context: C, reactions: Reactions[C], jobs: Sequence[Job[C]]) -> int:
    """Run what is due and deliver until nothing is left to do now; returns how much was done."""
    done = run_due_jobs(database, context, jobs)
    while moved := deliver_everywhere(database, context, reactions):
        done += moved
    return done


def deliver_everywhere(database: Database, context: C, reactions: Reactions[C]) -> int:
    """One round at home and one abroad."""
    at_home = deliver_round(database, context, reactions)
    return at_home + deliver_round(database, context, reactions, abroad=True)
