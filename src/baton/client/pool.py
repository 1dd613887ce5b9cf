"""Threads that work on a list together: the first failure ends all, and Ctrl+C ends them at the next block."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Stopped(Exception):
    """Somebody wants the command to end; only raised in threads that nobody listens to any more."""


class Pool:
    """So many threads; `stopped` is set when they should leave off."""

    def __init__(self, threads: int, stopped: Event) -> None:
        self._threads = ThreadPoolExecutor(threads)
        self._stopped = stopped

    def each(self, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """The results in order. Raises the first failure, without beginning what has not begun."""
        futures = [self._threads.submit(work, item) for item in items]
        done, undone = wait(futures, return_when=FIRST_EXCEPTION)
        for future in undone:
            future.cancel()
        for future in done:
            if (error := future.exception()) is not None:
                self._stopped.set()
                wait(undone)
                self._stopped.clear()
                raise error
        return [future.result() for future in futures]

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(cancel_futures=True)


@contextmanager
def pool(threads: int, stopped: Event) -> Iterator[Pool]:
    """A pool for the block; whatever ends the block ends its threads."""
    made = Pool(threads, stopped)
    try:
        yield made
    except BaseException:
        stopped.set()
        raise
    finally:
        made.close()
