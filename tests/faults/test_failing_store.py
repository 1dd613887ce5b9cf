"""A store that fails at one of its calls, or lies: what was acknowledged is there, and the next try succeeds."""

import errno
import os
import random
from typing import Any

import pytest
from tests.fakes.faulty_store import FaultyStore
from tests.fakes.origin import Origin
from tests.faults.tasks import TASKS, UPLOADS, check_all
from tests.faults.visit import Refused, Visit, visiting

from baton.files.errors import NotReadBack
from baton.kernel.errors import Problem
from baton.kernel.settings import Settings

# Calls of each task that fail; `BATON_KILL_RUNS=5000` is all of them.
RUNS = max(2, int(os.environ.get("BATON_KILL_RUNS", "200")) // 50)
MANY = 1_000_000


def broken_store(visit: Visit, settings: Settings) -> FaultyStore:
    """What the program now has for a store."""
    store = FaultyStore(settings.data_dir / "files")
    visit.context.store.objects = store
    return store


def status_of_attempt(visit: Visit, name: str) -> int:
    """How a try ended that the store may have kept from succeeding; 200 if it did not."""
    try:
        TASKS[name].do(visit)
    except (Refused, Problem) as refusal:
        return refusal.status
    return 200


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
@pytest.mark.parametrize("name", [name for name in TASKS if name != "publish"])  # which needs no store
def test_an_error_at_any_call_loses_nothing(
    settings: Settings, cast: Any, source: Origin, name: str, number: int
) -> None:
    error = OSError(number, os.strerror(number))
    places = [MANY]  # the first try meets no error, and tells how many calls there are
    for run, spare in enumerate(places):
        with visiting(settings, cast.alice.headers, run, source.url) as visit:
            source.files[f"/{run}"] = visit.data("fetched")
            TASKS[name].prepare(visit)
            store = broken_store(visit, settings)
            store.spare = spare
            store.writing, store.reading = error, error if number == errno.EIO else None
            status = status_of_attempt(visit, name)
            store.writing = store.reading = None
            assert status in {200, 503, 507 if number == errno.ENOSPC else 503}
            if spare == MANY:
                assert status == 200
                calls = range(MANY - store.spare)
                places += random.Random(name).sample(calls, min(len(calls), RUNS))
            TASKS[name].do(visit)
            check_all(visit)


@pytest.mark.parametrize("lie", ["flip_a_bit", "cut", "lose"])
@pytest.mark.parametrize("name", [name for name in UPLOADS if name not in {"tus given up", "fetched"}])
def test_a_store_that_lies_is_found_out_before_anybody_is_told_that_a_file_is_safe(
    settings: Settings, cast: Any, source: Origin, name: str, lie: str
) -> None:
    with visiting(settings, cast.alice.headers, 0, source.url) as visit:
        store = broken_store(visit, settings)
        store.lies = getattr(store, lie)
        assert status_of_attempt(visit, name) == NotReadBack.status
        visit.check_nothing_is_half_there()
        store.lies = None
        visit.journal = {}  # the client begins anew
        TASKS[name].do(visit)
        check_all(visit)
