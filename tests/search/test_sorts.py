import pytest

from baton.kernel.errors import InvalidInput
from baton.search.backend import SearchRequest
from baton.search.scope import offset_of
from baton.search.sorts import NEWEST, SORTS, order_of


def test_an_unknown_sort_is_refused_and_says_what_there_is() -> None:
    with pytest.raises(InvalidInput, match=r"no sort order called .colour..*newest") as refused:
        order_of("colour", has_query=True)
    assert refused.value.errors[0].field == "sort"


def test_without_a_name_it_depends_on_whether_something_is_searched_for() -> None:
    assert order_of(None, has_query=True).field is None
    assert order_of("", has_query=False) == NEWEST


def test_nothing_matches_nothing_best() -> None:
    assert order_of("bestmatch", has_query=False) == NEWEST


@pytest.mark.parametrize(
    ("name", "other"), [("mostrecent", "newest"), ("-mostrecent", "oldest"), ("mostviewed", "newest")]
)
def test_old_names_mean_new_ones(name: str, other: str) -> None:
    assert SORTS[name] == SORTS[other]


@pytest.mark.parametrize(("page", "size"), [(0, 10), (-1, 10), (1, 0), (1, -5), (1, 10_001)])
def test_impossible_pages_are_refused(page: int, size: int) -> None:
    with pytest.raises(InvalidInput, match="Pages start at 1"):
        offset_of(SearchRequest(page=page, size=size))


def test_the_window_ends_at_ten_thousand() -> None:
    assert offset_of(SearchRequest(page=400, size=25)) == 9975
    with pytest.raises(InvalidInput, match="first 10000 results"):
        offset_of(SearchRequest(page=401, size=25))
