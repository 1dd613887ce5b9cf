import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from baton.vocabularies.folding import LONGEST_WORD, compact, fold, words

TEXTS = st.text(max_size=60)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Universität Zürich", "universitat zurich"),
        ("Łódź  Æsthetics, Ørsted", "lodz aesthetics orsted"),
        ("STRASSE straße", "strasse strasse"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("İstanbul", "istanbul"),
        ("C++ / snake_case", "c snake case"),
        ("ﬁeld №5", "field no5"),
        ("北京大学", "北京大学"),
        ("  ", ""),
    ],
)
def test_case_accents_and_punctuation_are_folded_away(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_identifiers_compare_as_one_word() -> None:
    assert compact("R01-GM 123.456") == "r01gm123456"


@given(TEXTS)
@example("ŉ")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_folded_words_hold_no_wildcard_blank_or_quote(text: str) -> None:
    for word in words(text):
        assert word
        assert len(word) <= LONGEST_WORD
        assert not set(word) & set("%_ \"'\\\0")


@given(TEXTS, st.integers(0, 60))
@example("straße", 5)
@example("한국어", 1)
def test_the_beginning_of_a_text_folds_to_the_beginning_of_its_words(text: str, length: int) -> None:
    typed, whole = words(text[:length]), words(text)
    assert all(any(word.startswith(beginning) for word in whole) for beginning in typed)


@given(TEXTS)
def test_letters_in_capitals_compare_alike(text: str) -> None:
    assert fold(text.casefold()) == fold(text)
