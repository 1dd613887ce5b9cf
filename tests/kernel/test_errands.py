"""Long work: beside everything else, again and again, and over when the worker stops."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from baton.kernel.worker import Errand, Worker

SOON = timedelta(milliseconds=1)


def test_an_errand_goes_on_until_the_worker_stops_and_holds_up_nothing(context: Any) -> None:
    began = threading.Event()
    ended = threading.Event()

    def take_hours(_context: None, is_over: Callable[[], bool]) -> None:
        began.set()
        while not is_over():
            threading.Event().wait(0.001)
        ended.set()

    worker: Worker[None] = Worker(context.database, None, {}, (), (Errand("long", SOON, take_hours),))
    worker.start()
    assert began.wait(10)
    worker.stop()
    assert ended.is_set()


def test_an_errand_that_fails_is_gone_on_again(context: Any) -> None:
    calls: list[None] = []
    twice = threading.Event()

    def fail_once(_context: None, _is_over: Callable[[], bool]) -> None:
        calls.append(None)
        if len(calls) == 1:
            raise ValueError
        twice.set()

    worker: Worker[None] = Worker(context.database, None, {}, (), (Errand("unlucky", SOON, fail_once),))
    worker.start()
    assert twice.wait(10)
    worker.stop()
