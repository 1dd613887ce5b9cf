"""Turns at what many ask for at once: a few go on, a bounded number wait, first come, first served. Knows no HTTP."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

Place = asyncio.Future[None]


@dataclass
class Turns:
    """Used by one event loop, hence without locks."""

    # Each competes with people's requests for the interpreter; two, so that a slow one does not hold up all others.
    at_a_time: int = 2
    most_waiting: int = 100  # two seconds' work
    longest_wait: float = 20  # seconds
    longest_turn: float = 10  # seconds until the next goes on, too
    waiting: int = field(default=0, init=False)
    _queue: dict[Place, None] = field(default_factory=dict, init=False)
    _going: dict[Place, asyncio.TimerHandle] = field(default_factory=dict, init=False)

    def ask(self) -> Place:
        """A place in the queue, done when it is its turn. Whoever has one must `leave` it."""
        place: Place = asyncio.get_running_loop().create_future()
        self._queue[place] = None
        self._call()
        return place

    def leave(self, place: Place) -> None:
        """Pass the turn on, or stop waiting for it; safe to repeat."""
        self._queue.pop(place, None)
        if (timer := self._going.pop(place, None)) is not None:
            timer.cancel()
        self._call()

    async def wait(self, awaited: asyncio.Future[None], gone: Callable[[], Coroutine[None, None, None]]) -> bool:
        """Wait for a turn, or for what somebody else is doing. Says whether it came.

        It did not if the caller's client is `gone` before it, if it takes too long, or if too many wait already.
        """
        if awaited.done() or self.waiting >= self.most_waiting:
            return awaited.done()
        self.waiting += 1
        leaving = asyncio.create_task(gone())
        try:
            await asyncio.wait((awaited, leaving), timeout=self.longest_wait, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.waiting -= 1
            leaving.cancel()
        return awaited.done()

    def _call(self) -> None:
        while self._queue and len(self._going) < self.at_a_time:
            place = next(iter(self._queue))
            del self._queue[place]
            self._going[place] = asyncio.get_running_loop().call_later(self.longest_turn, self.leave, place)
            place.set_result(None)
