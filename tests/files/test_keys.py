"""What a file may be called."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.files.errors import InvalidKey, NoSuchFile
from baton.files.rules import LONGEST_KEY, check_key, lookup_key


@pytest.mark.parametrize(
    "key",
    [
        "data.csv",
        "a/b/c.csv",
        "no extension",
        ".hidden",
        "..twice",
        "a..b/...",
        "naïve 数据 😀.txt",
        "quotes \" and ' and ; and %2F",
        "k" * LONGEST_KEY,
        "C:drive",
        "100%.txt",
        "می‌خواهم.txt",  # a zero-width non-joiner is part of how this is spelled
    ],
)
def test_ordinary_names_stay_as_they_are(key: str) -> None:
    assert check_key(key) == key


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("", "needs a name"),
        ("   ", "needs a name"),
        ("..", "neither begin nor end"),
        (".", "neither begin nor end"),
        ("a/../b", "neither begin nor end"),
        ("a/./b", "neither begin nor end"),
        ("/etc/passwd", "neither begin nor end"),
        ("a/", "neither begin nor end"),
        ("a//b", "neither begin nor end"),
        ("a/ /b", "neither begin nor end"),
        ("../../etc/passwd", "neither begin nor end"),
        ("a\\b", "backslash"),
        ("..\\..\\windows", "backslash"),
        ("a\0b", "control characters"),
        ("a\nb", "control characters"),
        ("a\r\nSet-Cookie: x=y", "control characters"),
        ("tab\there", "control characters"),
        ("a\x7fb", "control characters"),
        ("a\x85b", "control characters"),
        ("a\u2028b", "control characters"),
        ("photo\u202egpj.exe", "control characters"),
        ("half \ud83d", "control characters"),
        ("k" * (LONGEST_KEY + 1), "1025 bytes long"),
        ("ü" * 600, "1200 bytes long"),
        ("k" * 4096, "4096 bytes long"),
    ],
)
def test_hostile_names_are_refused_with_a_reason(key: str, why: str) -> None:
    with pytest.raises(InvalidKey, match=why) as caught:
        check_key(key)
    assert caught.value.status == 400
    assert len(caught.value.detail) < 5000
    caught.value.detail.encode()


def test_a_name_has_one_form_whatever_system_it_comes_from() -> None:
    from_a_mac = unicodedata.normalize("NFD", "Übung.txt")

    assert check_key(from_a_mac) == "Übung.txt"
    assert lookup_key(from_a_mac) == "Übung.txt"


@pytest.mark.parametrize("key", ["a\0b", "\ud800"])
def test_what_no_database_takes_is_simply_not_there(key: str) -> None:
    with pytest.raises(NoSuchFile) as caught:
        lookup_key(key)
    caught.value.detail.encode()


@given(st.text(max_size=40))
def test_an_accepted_name_stays_inside_its_folder_and_in_one_line(key: str) -> None:
    try:
        accepted = check_key(key)
    except InvalidKey:
        return
    assert check_key(accepted) == accepted == lookup_key(accepted)
    assert len(accepted.splitlines()) == 1
    assert not accepted.startswith("/")
    assert ".." not in accepted.split("/")
