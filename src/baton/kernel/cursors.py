"""Cursors: where a caller has come to in a list, as a text that they hand back unread.

A cursor carries numbers and a check over them and over what list it belongs to, so that one that was mistyped, cut off,
made up or meant for another list is told from a good one. It hides nothing and protects nothing: whoever forges the
check gains a place in a list that they may read anyway.
"""

import hashlib
import re
from typing import NoReturn

from baton.kernel.errors import FieldError, InvalidInput
from baton.kernel.ids import LARGEST_ID

_CURSOR = re.compile(r"([0-9]{1,19})-([0-9a-f]{16})")


def seal(belongs_to: str, place: int) -> str:
    """The cursor for `place` in the list that `belongs_to` names."""
    return f"{place}-{_check(belongs_to, place)}"


def unseal(belongs_to: str, cursor: str) -> int:
    """The place that `cursor` means. Raises `InvalidInput` when it is none of this list."""
    match = _CURSOR.fullmatch(cursor)
    place = int(match[1]) if match else 0
    if match is None or place > LARGEST_ID or match[2] != _check(belongs_to, place):
        refuse("This cursor is not one that this list has given out. Begin again without a cursor.")
    return place


def refuse(message: str) -> NoReturn:
    """Say what is wrong with a cursor."""
    raise InvalidInput(message, errors=[FieldError("cursor", message, "cursor")])


def _check(belongs_to: str, place: int) -> str:
    return hashlib.sha256(f"{belongs_to}\n{place}".encode()).hexdigest()[:16]
