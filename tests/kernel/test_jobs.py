"""Scheduled work: once a period, in whatever process, and drills do not disturb it."""

import threading
from datetime import timedelta
from typing import Any

from baton.kernel import clock
from baton.kernel.worker import Job, Worker, run_due_jobs


def test_a_job_runs_once_in_its_period_and_again_in_the_next(context: Any) -> None:
    ran: list[str] = []
    jobs = (Job("daily", timedelta(days=1), ran.append),)
    assert run_due_jobs(context.database, "x", jobs) == 1
    assert run_due_jobs(context.database, "x", jobs) == 0
    clock.freeze(clock.now() + timedelta(days=1))
    assert run_due_jobs(context.database, "x", jobs) == 1
    assert ran == ["x", "x"]


def test_a_drill_in_the_future_does_not_stop_the_job_today(context: Any) -> None:
    jobs: tuple[Job[None], ...] = (Job("daily", timedelta(days=1), lambda _context: None),)
    clock.freeze(clock.now() + timedelta(days=3000))
    run_due_jobs(context.database, None, jobs)
    clock.freeze(None)
    assert run_due_jobs(context.database, None, jobs) == 1
    assert run_due_jobs(context.database, None, jobs) == 0


def test_a_job_that_waits_for_others_holds_up_no_other(context: Any) -> None:
    is_there, has_run = threading.Event(), threading.Event()

    def wait(_context: None) -> None:
        is_there.wait(30)

    jobs: tuple[Job[None], ...] = (
        Job("waits", timedelta(days=1), wait, apart=True),
        Job("runs", timedelta(days=1), lambda _context: has_run.set()),
    )
    worker: Worker[None] = Worker(context.database, None, {}, jobs)
    worker.start()
    try:
        assert has_run.wait(20)
    finally:
        is_there.set()
        worker.stop()
