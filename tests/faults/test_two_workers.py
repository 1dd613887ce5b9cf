"""Two workers with connections of their own, as two processes have them: nothing is done twice, and nothing is left."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.files.conftest import new_record
from tests.files.lineages import LIMITS

from baton.app import create_context
from baton.context import Context
from baton.files.checks import fixity
from baton.files.commands import put_file
from baton.files.scrub import Care, scrub
from baton.kernel import outbox
from baton.kernel.events import Event
from baton.kernel.outbox import Reaction, deliver_round
from baton.kernel.settings import Settings
from baton.kernel.worker import Job, run_due_jobs
from baton.records.events import DraftSaved
from baton.storage.fixity import no_brake

WORKERS = 2
MANY = 60


@pytest.fixture
def workers(settings: Settings) -> Iterator[list[Context]]:
    contexts = [create_context(settings) for _worker in range(WORKERS)]
    yield contexts
    for context in contexts:
        context.search.close()
        context.database.close()


def at_once(workers: list[Context], work: Callable[[Context], object]) -> None:
    """Let all of them do the same at the same time; what one raises is raised here."""
    start = threading.Barrier(len(workers))
    failures: list[BaseException] = []

    def run(worker: Context) -> None:
        start.wait(30)
        try:
            work(worker)
        except BaseException as failure:  # noqa: BLE001  told to the test
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not failures


def test_each_event_is_delivered_once(workers: list[Context]) -> None:
    seen: list[Event] = []

    def note(_context: Any, events: Sequence[Event]) -> None:
        seen.extend(events)

    reaction: Reaction[Context] = Reaction("note", note)
    with workers[0].database.write() as connection:
        for number in range(MANY):
            outbox.emit(connection, DraftSaved(number))

    def work(worker: Context) -> None:
        while deliver_round(worker.database, worker, {DraftSaved: (reaction,)}):
            pass

    at_once(workers, work)
    at_once(workers[:1], work)  # what one had fanned out when the other one looked for the last time
    assert sorted(event.record_id for event in seen if isinstance(event, DraftSaved)) == list(range(MANY))


def test_a_job_runs_once_in_its_period(workers: list[Context]) -> None:
    ran: list[Context] = []
    jobs = tuple(Job(f"job {number}", timedelta(days=1), ran.append) for number in range(10))
    at_once(workers, lambda worker: run_due_jobs(worker.database, worker, jobs))
    assert len(ran) == len(jobs)


def test_each_content_is_read_once(workers: list[Context], cast: Any) -> None:
    first = workers[0]
    record = new_record(first.database, cast.alice.id)
    for number in range(MANY):
        with first.store.writer() as writer:
            writer.write(bytes([number]))
            stored = writer.finish()
            with first.database.write() as connection:
                put_file(connection, record, f"{number}.bin", stored, LIMITS)
    care = Care(timedelta(days=30), sampled=False, pace=no_brake)
    read: list[int] = []
    at_once(workers, lambda worker: read.append(scrub(worker.database, worker.stores, care)))
    assert sum(read) == MANY
    with first.database.read() as connection:
        assert fixity(connection).unverified == 0
