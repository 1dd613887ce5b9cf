"""`kill -9` before every step of uploads, publications and jobs: nothing acknowledged is lost, nothing is half there.

Each run is a process that does one task until it is killed before a certain step. The next process takes the task up
with what the first one had been told, and must bring it to its end; then nothing may be left over, and `baton doctor`
must be content. The suite kills before a few steps of each task. `BATON_KILL_RUNS=4200` makes 75 runs of each, which
is before every step of all tasks, 1,050 runs in all.
"""

import multiprocessing
import os
import random
import signal
from multiprocessing.connection import Connection
from typing import Any

import pytest
from tests.fakes.origin import Origin
from tests.faults.fate import doomed
from tests.faults.tasks import TASKS, UPLOADS, check_all
from tests.faults.visit import visiting

from baton.kernel.settings import Settings

RUNS = max(2, int(os.environ.get("BATON_KILL_RUNS", "200")) // 4 // len(TASKS))


def live(name: str, given: tuple[Any, ...], journal: dict[str, Any], last: int | None, pipe: Connection) -> None:
    """What a process does until it is killed."""
    values, *others = given
    with visiting(Settings(**values), *others) as visit:
        visit.journal = journal
        visit.tell = lambda name, value: pipe.send((name, value))
        with doomed(last) as fate:
            TASKS[name].do(visit)
        pipe.send(("steps", fate.steps))


def lived(name: str, given: tuple[Any, ...], journal: dict[str, Any], last: int | None) -> dict[str, Any]:
    """Let a process live until before its step `last`, or to its end; returns what it had been told."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.faults.test_every_step"])
    ours, theirs = processes.Pipe(duplex=False)
    process = processes.Process(target=live, args=(name, given, journal, last, theirs))
    process.start()
    theirs.close()
    told: dict[str, Any] = {}
    while True:
        try:
            key, value = ours.recv()
        except EOFError:
            break
        told[key] = value
    process.join(60)
    assert process.exitcode == (-signal.SIGKILL if last is not None and "steps" not in told else 0)
    return journal | told


@pytest.mark.parametrize("name", TASKS)
def test_a_kill_before_any_step_loses_nothing(settings: Settings, cast: Any, source: Origin, name: str) -> None:
    chance = random.Random(name)
    task = TASKS[name]
    steps, killed = 0, 0
    for run in range(RUNS + 1):
        given = (settings.model_dump(), cast.alice.headers, run, source.url)
        with visiting(settings, *given[1:]) as visit:
            source.files[f"/{run}"] = visit.data("fetched")
            task.prepare(visit)
        # The first process lives to its end, to see how many steps there are.
        last = None if not steps else (run - 1) % steps if steps < RUNS else chance.randrange(steps)
        journal = lived(name, given, visit.journal, last)
        steps = steps or journal["steps"]
        killed += "steps" not in journal
        with visiting(settings, *given[1:]) as visit:
            visit.journal = journal
            if name in UPLOADS and "draft" in journal:
                visit.check_nothing_is_half_there()
            task.do(visit)
            check_all(visit)
    assert killed >= 0.9 * RUNS  # not always the same steps are needed
