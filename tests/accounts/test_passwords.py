"""Passwords at rest."""

import argon2

from baton.accounts.passwords import PasswordHash, hash_password, is_outdated, is_password


def test_a_password_is_kept_as_argon2id(password_hash: PasswordHash) -> None:
    assert password_hash.startswith("$argon2id$")
    assert is_password("correct horse battery", password_hash)
    assert not is_password("correct horse batterY", password_hash)
    assert not is_outdated(password_hash)


def test_the_same_characters_composed_otherwise_are_the_same_password() -> None:
    assert is_password("cafe\u0301 cafe\u0301", hash_password("caf\u00e9 caf\u00e9"))


def test_a_hash_with_other_parameters_is_outdated() -> None:
    cheap = PasswordHash(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("correct horse battery"))
    assert is_password("correct horse battery", cheap)
    assert is_outdated(cheap)


def test_what_is_no_hash_fits_no_password() -> None:
    assert not is_password("", PasswordHash(""))
    assert not is_password("anything \ud800", PasswordHash("not a hash"))
