from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.vocabularies.dumps import affiliation, store

from baton.kernel.db import Database
from baton.kernel.errors import InvalidInput
from baton.vocabularies import lookup
from baton.vocabularies.errors import UnknownVocabulary
from baton.vocabularies.matching import Query, entry_of, rank
from baton.vocabularies.queries import list_terms
from baton.vocabularies.term import Term

HERE = [
    affiliation("01ggx4157", "European Organization for Nuclear Research", acronym="CERN", weight=50),
    affiliation("05a28rw58", "ETH Zürich", acronym="ETH Zurich", aliases=["Eidgenössische Technische Hochschule"]),
    affiliation("02crff812", "University of Zurich", acronym="UZH", weight=40),
    affiliation("052gg0110", "University of Oxford", weight=90),
    affiliation("04v2twj65", "Oxford Brookes University", weight=10),
    affiliation("00abcde01", "Universidade do Porto", weight=30),
    affiliation("00abcde02", "Universum Bremen", weight=-1),
]


@pytest.fixture
def stocked(database: Database) -> Database:
    store(database, *HERE)
    return database


def ids(database: Database, vocabulary: str = "affiliations", **arguments: Any) -> list[str]:
    with database.read() as connection:
        found, _total = list_terms(connection, vocabulary, **arguments)
    return [term.id for term in found]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("oxf", ["04v2twj65", "052gg0110"]),
        ("univ oxf", ["052gg0110", "04v2twj65"]),
        ("oxford univ", ["052gg0110", "04v2twj65"]),
        ("zurich", ["02crff812", "05a28rw58"]),
        ("ZÜRICH", ["02crff812", "05a28rw58"]),
        ("eth", ["05a28rw58"]),
        ("eidgenoss tech", ["05a28rw58"]),
        ("cern", ["01ggx4157"]),
        ("nuclear research european", ["01ggx4157"]),
        ("https://ror.org/01ggx4157", ["01ggx4157"]),
        ("01ggx4157", ["01ggx4157"]),
        ("univ", ["052gg0110", "02crff812", "00abcde01", "00abcde02", "04v2twj65"]),
        ("of", ["052gg0110", "02crff812"]),
        ("the university", []),
        ("xford", []),
        ("!!!", []),
    ],
)
def test_words_are_found_by_their_beginnings_best_first(stocked: Database, typed: str, found: list[str]) -> None:
    assert ids(stocked, suggest=typed) == found


def test_nothing_typed_asks_for_everything(stocked: Database) -> None:
    assert len(ids(stocked, suggest="  ")) == len(HERE)


def test_one_letter_suggests_nothing_but_an_exact_match(stocked: Database) -> None:
    assert ids(stocked, suggest="o") == []
    assert ids(stocked, "code:programmingLanguages", suggest="c") == ["c", "c#", "c++"]


def test_a_list_may_be_asked_for_one_letter(stocked: Database) -> None:
    assert "052gg0110" in ids(stocked, q="o")


@pytest.mark.parametrize("q", ["name:oxford", "title.en:Oxford", "(name:oxford AND title:university)", '"oxford"'])
def test_fields_of_the_incumbents_query_language_are_read_over(stocked: Database, q: str) -> None:
    assert set(ids(stocked, q=q)) == {"052gg0110", "04v2twj65"}


def test_pages_follow_one_another_and_tell_how_many_there_are(stocked: Database) -> None:
    whole = ids(stocked, sort="title")
    with stocked.read() as connection:
        pages = [list_terms(connection, "affiliations", sort="title", page=page, size=3) for page in (1, 2, 3, 4)]
    assert [term.id for found, _total in pages for term in found] == whole
    assert {total for _found, total in pages} == {len(HERE)}
    with stocked.read() as connection:
        second, total = list_terms(connection, "affiliations", q="univ", page=2, size=2)
    assert ([term.id for term in second], total) == (["00abcde01", "00abcde02"], 5)


def test_lists_are_sorted_as_asked(stocked: Database) -> None:
    titles = ["05a28rw58", "01ggx4157", "04v2twj65", "00abcde01", "052gg0110", "02crff812", "00abcde02"]
    assert ids(stocked) == ids(stocked, sort="title") == ids(stocked, sort="name") == titles
    assert ids(stocked, sort="oldest") == [term.id for term in HERE]
    assert ids(stocked, sort="newest") == [term.id for term in reversed(HERE)]
    assert ids(stocked, "titletypes", sort="oldest") == ["alternative-title", "subtitle", "translated-title", "other"]
    assert ids(stocked, "titletypes") == ["alternative-title", "other", "subtitle", "translated-title"]
    assert ids(stocked, "titletypes", q="title", sort="newest") == ["translated-title", "alternative-title"]


def test_tags_choose_terms(database: Database) -> None:
    assert set(ids(database, "licenses", tags=["recommended", "data"])) == {"cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0"}
    assert ids(database, "resourcetypes", suggest="instr", tags=["linkable"]) == ["instrument"]
    assert ids(database, "resourcetypes", suggest="instr", tags=["depositable"]) == []
    store(
        database,
        Term("subjects", "a:1", {"en": "Asthma"}, tags=("disease",)),
        Term("subjects", "a:2", {"en": "Astronomy"}, tags=("science",)),
    )
    assert ids(database, "subjects", tags=["disease"]) == ["a:1"]
    assert ids(database, "subjects", q="ast", tags=["science"]) == ["a:2"]
    assert ids(database, "subjects", tags=["dis%"]) == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"q": "a", "suggest": "b"},
        {"sort": "nonsense"},
        {"tags": ["x" * 101]},
        {"tags": ["\0"]},
    ],
)
def test_impossible_arguments_are_refused(database: Database, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        ids(database, **arguments)


def test_an_unknown_vocabulary_is_refused(database: Database) -> None:
    with pytest.raises(UnknownVocabulary):
        ids(database, "nonsense")


def test_built_in_funders_are_listed_with_imported_ones_and_never_twice(database: Database) -> None:
    store(
        database,
        Term("funders", "00k4n6c32", {"en": "European Commission"}, {"name": "European Commission", "acronym": "EC"}),
        Term("funders", "00zzzzz00", {"en": "European Funders"}, {"name": "European Funders"}),
    )
    assert ids(database, "funders", suggest="european") == ["0472cxd90", "02k4b9v70", "00zzzzz00", "00k4n6c32"]
    with database.read() as connection:
        _found, total = list_terms(connection, "funders", suggest="european")
        first, _ = list_terms(connection, "funders", suggest="european", size=3)
        second, _ = list_terms(connection, "funders", suggest="european", size=3, page=2)
    assert total == 4
    assert [term.id for term in first + second] == ids(database, "funders", suggest="european")


def test_a_funder_is_suggested_by_its_doi_before_any_import(database: Database) -> None:
    assert ids(database, "funders", suggest="https://doi.org/10.13039/501100000780") == ["00k4n6c32"]
    assert ids(database, "funders", suggest="10.13039/501100000780") == ["00k4n6c32"]


@pytest.mark.parametrize("most", [0, 3, 2_000])
def test_common_words_are_looked_for_among_the_best_known(stocked: Database, most: int) -> None:
    """However common a word is, the known, those whose title begins so and exact hits are found."""
    for typed in ("univ", "cern", "univ oxf", "zurich univ"):
        query = Query.parse(typed)
        with stocked.read() as connection:
            found = lookup.matching(connection, "affiliations", query, (), "", most)
            labels = [term.id for term in lookup.by_serials(connection, found)]
        assert labels == ids(stocked, suggest=typed)


WORDS = st.sampled_from(
    ["Uni", "univers", "of", "the", "Zürich", "Zug", "ETH", "eth zurich", "état", "de", "oxf", "o-x", "北"]
)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.tuples(NAMES, st.sampled_from(["", "ETH", "U-Z", "of"]), st.integers(-1, 2)), max_size=8),
    typed=st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
    cut=st.integers(0, 3),
    most=st.sampled_from([0, 2, 1_000]),
)
def test_the_table_finds_what_memory_finds_in_the_same_order(
    database: Database, names: Sequence[tuple[str, str, int]], typed: str, cut: int, most: int
) -> None:
    terms = [
        affiliation(f"{number:09}", name, acronym=acronym, weight=weight)
        for number, (name, acronym, weight) in enumerate(names)
    ]
    query = Query.parse(typed[: len(typed) - cut])
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM term_words")
        connection.exec_driver_sql("DELETE FROM terms")
    if terms:
        store(database, *terms)
    with database.read() as connection:
        serials = lookup.matching(connection, "affiliations", query, (), "", most)
        found = lookup.by_serials(connection, serials)
    fitting = [(rank(query, entry_of(term), term.weight), term.id) for term in terms if query.fits(entry_of(term))]
    assert [term.id for term in found] == [term_id for _rank, term_id in sorted(fitting)]
