"""The pace of attempts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.accounts import throttle as module
from baton.accounts.errors import TooManyAttempts
from baton.accounts.throttle import FORGET_AFTER, Pace, Throttle

PACE = Pace(free=3, longest=60)


@given(st.integers(0, 10_000), st.integers(0, 100), st.integers(1, 10_000))
def test_pauses_only_grow_and_have_an_end(attempts: int, free: int, longest: int) -> None:
    pace = Pace(free, longest)
    assert pace.pause(attempts) <= pace.pause(attempts + 1) <= timedelta(seconds=longest)
    assert (pace.pause(attempts) == timedelta(0)) == (attempts < free)


def test_the_first_attempts_are_free_and_later_ones_wait(later: Callable[[timedelta], None]) -> None:
    throttle = Throttle()
    for _ in range(3):
        throttle.require_patience([("bob", PACE)])
        throttle.count("bob")
    with pytest.raises(TooManyAttempts) as refusal:
        throttle.require_patience([("bob", PACE)])
    assert refusal.value.status == 429
    assert refusal.value.headers["Retry-After"] == "1"
    throttle.require_patience([("somebody else", PACE)])
    later(timedelta(seconds=1))
    throttle.require_patience([("bob", PACE)])
    throttle.count("bob")
    with pytest.raises(TooManyAttempts, match="2 seconds"):
        throttle.require_patience([("bob", PACE)])


def test_the_longest_wait_of_several_counts() -> None:
    throttle = Throttle()
    throttle.count("bob", "everybody")
    with pytest.raises(TooManyAttempts, match="60 seconds"):
        throttle.require_patience([("bob", Pace(1, 1)), ("everybody", Pace(-9, 60))])


def test_a_quiet_hour_is_forgotten(later: Callable[[timedelta], None]) -> None:
    throttle = Throttle()
    for _ in range(30):
        throttle.count("bob")
    later(FORGET_AFTER)
    throttle.count("bob")
    throttle.require_patience([("bob", PACE)])


def test_success_starts_again() -> None:
    throttle = Throttle()
    for _ in range(30):
        throttle.count("bob")
    throttle.forget("bob", "never seen")
    throttle.require_patience([("bob", PACE)])


def test_memory_has_an_end() -> None:
    throttle = Throttle()
    throttle.count(*["bob"] * 30)
    throttle.count(*map(str, range(module.MOST_KEYS)))
    throttle.require_patience([("bob", PACE)])
