import pytest

from baton.kernel.errors import InvalidInput
from baton.search import nodes
from baton.search.facets import condition, conditions


def days(first: int, last: int) -> nodes.Node:
    return nodes.All((nodes.Between("published_last", first, None), nodes.Between("published_first", None, last)))


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2020", 20200101, 20201231),
        ("2020-05", 20200501, 20200531),
        ("2020-05-03", 20200503, 20200503),
        ("2019..2021", 20190101, 20211231),
        ("[2019..2021]", 20190101, 20211231),
        ("[2019..2021)", 20190101, 20210100),
        ("(2019..2021]", 20191232, 20211231),
        ("2019..", 20190101, 99991231),
        ("..2021-02", 101, 20210231),
    ],
)
def test_publication_dates_are_chosen_by_range(value: str, first: int, last: int) -> None:
    assert condition("publication_date", [value]) == days(first, last)


@pytest.mark.parametrize("value", ["", "..", "soon", "2020..soon", "[", "2020-13"])
def test_what_is_no_date_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput, match="is no date or range") as refused:
        condition("publication_date", [value])
    assert refused.value.errors[0].field == "publication_date"


def test_values_of_one_facet_are_alternatives() -> None:
    assert condition("file_type", ["csv", "zip"]) == nodes.Some(
        (nodes.Exact("file_type", ("csv",)), nodes.Exact("file_type", ("zip",)))
    )


def test_types_have_two_levels() -> None:
    assert condition("resource_type", ["publication"]) == nodes.Exact("type", ("publication",))
    chosen = condition("resource_type", ["publication::publication-article"])
    assert chosen == nodes.Exact("subtype", ("publication-article",))


def test_status_is_whether_it_is_published() -> None:
    assert condition("status", ["draft"]) == nodes.Exact("is_published", ("false",))
    with pytest.raises(InvalidInput, match="A status is one of draft, published"):
        condition("status", ["done"])


def test_an_unknown_facet_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no facet called 'colour'"):
        conditions({"colour": ["red"]})


def test_nothing_chosen_is_no_condition() -> None:
    assert conditions({"file_type": [], "subject": ()}) == {}
