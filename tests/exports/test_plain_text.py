"""HTML as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.exports.plain_text import plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("a<br/>b", "a b"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("x<sup>2</sup> &amp; y &lt; z", "x2 & y < z"),
        ("a\n\n  b&nbsp;c", "a b c"),
        ("<script>alert(1)</script>hi", "hi"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("", ""),
    ],
)
def test_tags_go_and_words_stay(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_long_texts_end_with_a_word() -> None:
    assert plain_text("one two three", 9) == "one two…"
    assert plain_text("one two three", 13) == "one two three"


@given(st.text(), st.integers(1, 50))
def test_any_text_is_borne_and_cut(markup: str, limit: int) -> None:
    assert len(plain_text(markup, limit)) <= limit + 1
