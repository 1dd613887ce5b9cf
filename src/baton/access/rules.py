"""Who may do what: pure decisions over an actor, an action and a thing. Search filters by the same rules."""

from datetime import date
from enum import StrEnum
from typing import Protocol

from baton.accounts.actor import ACTIONS, WRITE, Actor
from baton.accounts.rules import require_scope
from baton.kernel.errors import PermissionDenied


class Action(StrEnum):
    """Everything that can be asked of a record."""

    READ = "read"  # the published metadata
    READ_FILES = "read files"  # the published file list and contents
    READ_DRAFT = "read the draft of"
    UPDATE_DRAFT = "change the draft of"
    PUBLISH = "publish"
    EDIT = "edit"
    DISCARD = "discard the draft of"
    NEW_VERSION = "make a new version of"
    MANAGE = "manage"


# What a personal access token must allow beyond its owner's own rights.
SCOPE_NEEDED = {
    Action.READ_DRAFT: None,
    Action.UPDATE_DRAFT: WRITE,
    Action.EDIT: ACTIONS,
    Action.PUBLISH: ACTIONS,
    Action.DISCARD: WRITE,
    Action.NEW_VERSION: ACTIONS,
    Action.MANAGE: WRITE,
}


class Guarded(Protocol):
    """What the rules must know of a thing."""

    @property
    def owner_id(self) -> int: ...
    @property
    def is_published(self) -> bool: ...
    @property
    def record_access(self) -> str: ...
    @property
    def files_access(self) -> str: ...


def may(actor: Actor, action: Action, thing: Guarded) -> bool:
    """Whether `actor` may do `action`, leaving aside what their token allows. Unknown access values count as closed."""
    if actor.is_admin or (actor.user_id is not None and actor.user_id == thing.owner_id):
        return True
    if not thing.is_published:
        return False
    if action is Action.READ:
        return thing.record_access == "public"
    if action is Action.READ_FILES:
        return thing.record_access == "public" and thing.files_access == "public"
    return False


def require(actor: Actor, action: Action, thing: Guarded) -> None:
    """Raise unless `actor` may do `action` and their token allows it."""
    if not may(actor, action, thing):
        advice = " Log in or send a valid access token." if actor.is_anonymous else ""
        raise PermissionDenied(f"You are not allowed to {action} this record.{advice}")
    require_scope(actor, SCOPE_NEEDED.get(action))


def require_admin(actor: Actor) -> None:
    """Raise unless `actor` runs this repository, and their token may change things."""
    require_scope(actor, WRITE)
    if not actor.is_admin:
        raise PermissionDenied("Only administrators of this repository may do this.")


def embargo_is_over(until: date | None, today: date) -> bool:
    """An embargo until a day ends as that day begins (UTC)."""
    return until is not None and until <= today
