# ruff: noqa: RUF001  letters of other scripts are the point
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.search.analysis import LONGEST_WORD, fold, keyword, plain, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Deep-Sea CORALS", ["deep", "sea", "corals"]),
        ("snake_case.csv", ["snake", "case", "csv"]),
        ("Étude \u00e9tude e\u0301tude", ["etude", "etude", "etude"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("за\u0301мок ЗАМОК", ["замок", "замок"]),
        ("ΣΊΣΥΦΟΣ σίσυφος", ["σισυφοσ", "σισυφοσ"]),
        ("مُحَمَّد محمد", ["محمد", "محمد"]),
        ("हिन्दी भाषा है।", ["हिन्दी", "भाषा", "है"]),
        ("机器学习", ["机器", "器学", "学习"]),
        ("水", ["水"]),
        ("Python3で学習", ["python3", "で学", "学習"]),
        ("ｶﾀｶﾅ ＦＵＬＬ", ["カタ", "タカ", "カナ", "full"]),
        ("H₂O ½", ["h2o", "1", "2"]),
        ("!?… — ()", []),
        ("", []),
    ],
)
def test_words_are_folded_and_split(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_long_words_are_cut_and_not_lost() -> None:
    assert words("x" * 500) == ["x" * LONGEST_WORD]
    assert words("é" * 500) == ["e" * LONGEST_WORD]


@given(st.text())
def test_words_hold_no_blanks_and_are_never_too_long(text: str) -> None:
    for word in words(text):
        assert 0 < len(word) <= LONGEST_WORD
        assert word.split() == [word]


@given(st.text(st.characters(categories=("Lu", "Ll", "Nd")), max_size=30))
def test_case_makes_no_difference_to_what_folding_gives(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert words(text) == words(fold(text))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10.5281/ZENODO.12", "10.5281/zenodo.12"),
        ("https://doi.org/10.5281/zenodo.12", "10.5281/zenodo.12"),
        ("doi:10.5281/zenodo.12", "10.5281/zenodo.12"),
        ("http://dx.doi.org/10.5281/zenodo.12", "10.5281/zenodo.12"),
        ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("https://ror.org/01ggx4157", "01ggx4157"),
        ("  Two   Words ", "two words"),
        ("https://example.org/doi.org/x", "https://example.org/doi.org/x"),
    ],
)
def test_identifiers_are_the_same_with_and_without_their_resolver(value: str, expected: str) -> None:
    assert keyword(value) == expected


def test_markup_is_no_text() -> None:
    assert words(plain("<p>R&amp;D in <b>Caf&eacute;s</b>,<br>2 &lt; 3</p>")) == ["r", "d", "in", "cafes", "2", "3"]
