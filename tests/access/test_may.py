"""The table of actor x action x state: what it says is what holds."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.access.rules import Action, embargo_is_over, may, require
from baton.accounts.actor import ACTIONS, ANONYMOUS, SCOPES, WRITE, Actor
from baton.kernel.errors import PermissionDenied

ALL = frozenset(SCOPES)
OWNER = Actor(1, "alice@example.org", scopes=ALL)
STRANGER = Actor(2, "bob@example.org", scopes=ALL)
ADMIN = Actor(3, "root@example.org", is_admin=True, scopes=ALL)


@dataclass(frozen=True)
class Thing:
    is_published: bool
    record_access: str
    files_access: str
    owner_id: int = 1


STATES = {
    "draft": Thing(is_published=False, record_access="public", files_access="public"),
    "open": Thing(is_published=True, record_access="public", files_access="public"),
    "files restricted": Thing(is_published=True, record_access="public", files_access="restricted"),
    "restricted": Thing(is_published=True, record_access="restricted", files_access="restricted"),
    "unknown access": Thing(is_published=True, record_access="whatever", files_access="whatever"),
}
# What strangers and nobody may do; owners and administrators may do everything.
OPEN_TO_ALL = {
    "draft": set(),
    "open": {Action.READ, Action.READ_FILES},
    "files restricted": {Action.READ},
    "restricted": set(),
    "unknown access": set(),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", Action)
def test_everybody_may_what_the_table_says_and_no_more(state: str, action: Action) -> None:
    thing = STATES[state]
    assert may(OWNER, action, thing)
    assert may(ADMIN, action, thing)
    for actor in (STRANGER, ANONYMOUS):
        assert may(actor, action, thing) == (action in OPEN_TO_ALL[state])


@pytest.mark.parametrize(
    ("action", "scope"),
    [
        (Action.UPDATE_DRAFT, WRITE),
        (Action.DISCARD, WRITE),
        (Action.PUBLISH, ACTIONS),
        (Action.EDIT, ACTIONS),
        (Action.NEW_VERSION, ACTIONS),
    ],
)
def test_a_token_without_the_scope_is_refused_even_to_the_owner(action: Action, scope: str) -> None:
    poor = Actor(1, "alice@example.org", scopes=ALL - {scope})
    with pytest.raises(PermissionDenied, match=scope):
        require(poor, action, STATES["draft"])
    require(OWNER, action, STATES["draft"])


def test_a_refusal_says_what_was_refused() -> None:
    with pytest.raises(PermissionDenied, match="not allowed to publish this record"):
        require(STRANGER, Action.PUBLISH, STATES["draft"])


def test_every_action_has_an_entry_about_scopes_or_needs_none() -> None:
    assert {Action.READ, Action.READ_FILES} == {a for a in Action if _passes_without_scopes(a)} - {Action.READ_DRAFT}


def _passes_without_scopes(action: Action) -> bool:
    try:
        require(Actor(1, "alice@example.org"), action, STATES["open"])
    except PermissionDenied:
        return False
    return True


@given(st.dates(), st.integers(-3, 3))
def test_an_embargo_ends_as_its_day_begins(today: date, days: int) -> None:
    try:
        until = today + timedelta(days=days)
    except OverflowError:
        return
    assert embargo_is_over(until, today) == (days <= 0)
    assert not embargo_is_over(None, today)
