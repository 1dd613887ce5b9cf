"""Passwords at rest: argon2id with the library's defaults. Slow on purpose, so never call it inside a write."""

import threading
import unicodedata
from typing import NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PasswordHash = NewType("PasswordHash", str)

_hasher = PasswordHasher()
# One hash takes 64 MiB while it is made: a crowd at the log-in page must not take all memory.
_turns = threading.BoundedSemaphore(2)


def hash_password(password: str) -> PasswordHash:
    """What is kept instead of the password."""
    with _turns:
        return PasswordHash(_hasher.hash(_typed_anywhere(password)))


def is_password(password: str, stored: PasswordHash) -> bool:
    """Whether `stored` was made from `password`."""
    try:
        with _turns:
            return _hasher.verify(stored, _typed_anywhere(password))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: PasswordHash) -> bool:
    """Whether `stored` was made with other parameters than new ones are."""
    return _hasher.check_needs_rehash(stored)


def _typed_anywhere(password: str) -> bytes:
    """One form for the same characters: keyboards and systems differ in how they compose accents."""
    return unicodedata.normalize("NFKC", password).encode(errors="replace")
