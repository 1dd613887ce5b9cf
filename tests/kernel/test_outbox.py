"""The outbox: at least once, with growing pauses, and nothing is given up silently."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from baton.kernel import clock, outbox
from baton.kernel.events import Event
from baton.kernel.outbox import LONGEST_ABSENCE, MOST_ATTEMPTS, Away, Reaction, Reactions, Refused, deliver_round
from baton.records.events import DraftSaved


def _reactions(run: Any, **options: Any) -> Reactions[Any]:
    reaction: Reaction[Any] = Reaction("test", run, **options)
    return {DraftSaved: (reaction,)}


def _emit(context: Any, *numbers: int) -> None:
    with context.database.write() as connection:
        for number in numbers:
            outbox.emit(connection, DraftSaved(number))


def test_every_event_is_delivered_once_when_all_goes_well(context: Any) -> None:
    seen: list[Event] = []
    reactions = _reactions(lambda _context, events: seen.extend(events))
    _emit(context, 1, 2)
    while deliver_round(context.database, None, reactions):
        pass
    assert seen == [DraftSaved(1), DraftSaved(2)]


def test_events_worked_off_together_come_in_one_call(context: Any) -> None:
    calls: list[int] = []
    reactions = _reactions(lambda _context, events: calls.append(len(events)), together=True)
    _emit(context, 1, 2, 3)
    deliver_round(context.database, None, reactions)
    assert calls == [3]


def test_a_failure_is_tried_again_later_and_never_holds_up_others(context: Any) -> None:
    seen: list[int] = []

    def run(_context: object, events: Sequence[Event]) -> None:
        for event in events:
            assert isinstance(event, DraftSaved)
            seen.append(event.record_id)
            if event.record_id == 1 and seen.count(1) == 1:
                raise RuntimeError

    _emit(context, 1, 2)
    reactions = _reactions(run)
    deliver_round(context.database, None, reactions)
    assert sorted(seen) == [1, 2]
    assert deliver_round(context.database, None, reactions) == 0
    clock.freeze(clock.now() + timedelta(seconds=5))
    deliver_round(context.database, None, reactions)
    assert sorted(seen) == [1, 1, 2]


def test_what_always_fails_is_given_up_kept_and_can_be_retried(context: Any) -> None:
    def run(_context: object, _events: Sequence[Event]) -> None:
        message = "down"
        raise OSError(message)

    _emit(context, 1)
    for _attempt in range(MOST_ATTEMPTS):
        deliver_round(context.database, None, _reactions(run))
        clock.freeze(clock.now() + timedelta(hours=2))
    with context.database.write() as connection:
        assert outbox.backlog(connection).dead == 1
        assert outbox.retry_dead(connection) == 1
    done: list[Event] = []
    deliver_round(context.database, None, _reactions(lambda _context, events: done.extend(events)))
    assert done == [DraftSaved(1)]


def test_what_a_tireless_reaction_cannot_do_yet_is_never_given_up_and_done_within_seconds(context: Any) -> None:
    done: list[Event] = []
    is_down = True

    def run(_context: object, events: Sequence[Event]) -> None:
        if is_down:
            message = "down"
            raise OSError(message)
        done.extend(events)

    reactions: Reactions[Any] = {DraftSaved: (Reaction("index", run, tireless=True),)}
    _emit(context, 1)
    for _attempt in range(2 * MOST_ATTEMPTS):
        deliver_round(context.database, None, reactions)
        clock.freeze(clock.now() + outbox.TIRELESS_PAUSE)
    is_down = False
    deliver_round(context.database, None, reactions)
    assert done == [DraftSaved(1)]


def test_a_delivery_whose_worker_died_comes_back_after_its_lease(context: Any) -> None:
    class Killed(BaseException):
        """What no handler catches, as a kill."""

    def die(_context: object, _events: Sequence[Event]) -> None:
        raise Killed

    _emit(context, 1)
    with suppress(Killed):
        deliver_round(context.database, None, _reactions(die))
    done: list[Event] = []
    again = _reactions(lambda _context, events: done.extend(events))
    deliver_round(context.database, None, again)
    assert done == []
    clock.freeze(clock.now() + outbox.LEASE + timedelta(seconds=1))
    deliver_round(context.database, None, again)
    assert done == [DraftSaved(1)]


def test_a_reaction_that_this_process_cannot_run_is_left_for_another(context: Any) -> None:
    done: list[Event] = []
    _emit(context, 1)
    deliver_round(context.database, None, _reactions(None, ready=lambda _context: False))
    deliver_round(context.database, None, _reactions(lambda _context, events: done.extend(events)))
    assert done == [DraftSaved(1)]


def test_what_a_drill_in_the_future_leaves_is_delivered_today(context: Any) -> None:
    clock.freeze(clock.now() + timedelta(days=3000))
    _emit(context, 1)
    deliver_round(context.database, None, _reactions(None, ready=lambda _context: False))
    clock.freeze(None)
    done: list[Event] = []
    deliver_round(context.database, None, _reactions(lambda _context, events: done.extend(events)))
    assert done == [DraftSaved(1)]


def test_who_does_not_answer_is_left_alone_by_everything_that_needs_them(context: Any) -> None:
    asked: list[Event] = []

    def run(_context: object, events: Sequence[Event]) -> None:
        asked.extend(events)
        raise Away("the registrar does not answer", timedelta(minutes=3))

    _emit(context, 1, 2, 3)
    _deliver_abroad(context, run)
    assert asked == [DraftSaved(1)]
    clock.freeze(clock.now() + timedelta(minutes=2))
    assert _deliver_abroad(context, run) == 0
    clock.freeze(clock.now() + timedelta(minutes=2))
    _deliver_abroad(context, run)
    assert asked == [DraftSaved(1), DraftSaved(1)]


def test_what_waits_for_somebody_who_is_away_is_never_given_up(context: Any) -> None:
    def run(_context: object, _events: Sequence[Event]) -> None:
        raise Away("the registrar does not answer")

    _emit(context, 1, 2)
    for _attempt in range(2 * MOST_ATTEMPTS):
        _deliver_abroad(context, run)
        clock.freeze(clock.now() + LONGEST_ABSENCE)
    done: list[Event] = []
    _deliver_abroad(context, lambda _context, events: done.extend(events))
    assert done == [DraftSaved(1), DraftSaved(2)]


def test_what_is_refused_is_dead_at_once_with_its_reason(context: Any) -> None:
    def run(_context: object, _events: Sequence[Event]) -> None:
        raise Refused("the prefix is not yours")

    _emit(context, 1)
    _deliver_abroad(context, run)
    assert _deliver_abroad(context, run) == 0
    with context.database.read() as connection:
        assert outbox.backlog(connection, reaction="test") == outbox.Backlog(waiting=0, dead=1, oldest_seconds=0.0)
        assert outbox.backlog(connection, at_home=True).dead == 0


def test_what_goes_abroad_holds_up_nothing_at_home(context: Any) -> None:
    done: list[str] = []
    home: Reaction[Any] = Reaction("home", lambda _context, _events: done.append("home"))
    abroad: Reaction[Any] = Reaction("abroad", lambda _context, _events: done.append("abroad"), abroad=True)
    reactions: Reactions[Any] = {DraftSaved: (abroad, home)}
    _emit(context, 1)
    while deliver_round(context.database, None, reactions):
        pass
    assert done == ["home"]
    deliver_round(context.database, None, reactions, abroad=True)
    assert done == ["home", "abroad"]


def _deliver_abroad(context: Any, run: Any) -> int:
    reactions = _reactions(run, abroad=True)
    deliver_round(context.database, None, reactions)
    return deliver_round(context.database, None, reactions, abroad=True)
