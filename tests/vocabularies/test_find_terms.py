import pytest
from sqlalchemy import Connection, event, select
from tests.vocabularies.dumps import affiliation, store

from baton.kernel.db import Database
from baton.vocabularies.errors import TermNotFound, UnknownVocabulary
from baton.vocabularies.queries import find, find_many, get_term
from baton.vocabularies.term import Term


def told(connection: Connection) -> list[str]:
    """The statements that the connection is told from now on, in a transaction that has begun."""
    statements: list[str] = []
    connection.execute(select(1))
    event.listen(connection, "before_cursor_execute", lambda *call: statements.append(call[2]))
    return statements


def test_a_built_in_term_is_found_without_a_database() -> None:
    found = find("resourcetypes", "publication-article")
    assert found is not None
    assert found.title["en"] == "Journal article"
    assert find("resourcetypes", "publication-nonsense") is None


def test_an_old_name_leads_to_the_term_of_today() -> None:
    found = find("resourcetypes", "publication-thesis")
    assert found is not None
    assert found.id == "publication-dissertation"


def test_an_unknown_vocabulary_is_told_which_there_are() -> None:
    with pytest.raises(UnknownVocabulary, match=r"'nonsense'.*resourcetypes.*affiliations"):
        find("nonsense", "x")


def test_built_in_and_imported_terms_are_found_together_in_one_statement(database: Database) -> None:
    store(database, affiliation("01ggx4157", "CERN"), affiliation("02feahw73", "CNRS"))
    store(database, Term("subjects", "mesh:D000001", {"en": "Calcimycin"}, {"scheme": "MeSH"}))
    wanted = [
        ("licenses", "MIT"),
        ("affiliations", "01ggx4157"),
        ("affiliations", "02feahw73"),
        ("affiliations", "nobody"),
        ("subjects", "mesh:D000001"),
        ("funders", "00k4n6c32"),
        ("languages", "xxx"),
    ]
    with database.read() as connection:
        statements = told(connection)
        found = find_many(connection, wanted)
    assert len(statements) == 1
    assert {pair: term.label for pair, term in found.items()} == {
        ("licenses", "MIT"): "MIT License",
        ("affiliations", "01ggx4157"): "CERN",
        ("affiliations", "02feahw73"): "CNRS",
        ("subjects", "mesh:D000001"): "Calcimycin",
        ("funders", "00k4n6c32"): "European Commission",
    }


def test_built_in_terms_alone_ask_the_database_nothing(database: Database) -> None:
    with database.read() as connection:
        statements = told(connection)
        found = find_many(connection, [("licenses", "mit"), ("resourcetypes", "dataset")])
        assert find_many(connection, []) == {}
    assert len(found) == 2
    assert statements == []


def test_an_imported_funder_stands_before_the_built_in_one(database: Database) -> None:
    store(database, Term("funders", "00k4n6c32", {"en": "The Commission"}, {"name": "The Commission"}))
    with database.read() as connection:
        assert get_term(connection, "funders", "00k4n6c32").label == "The Commission"


def test_what_comes_out_of_the_table_is_what_went_in(database: Database) -> None:
    term = Term(
        "affiliations",
        "01ggx4157",
        {"en": "CERN", "fr": "Conseil européen"},
        {"name": "CERN", "identifiers": [{"scheme": "ror", "identifier": "01ggx4157"}]},
        tags=("lab",),
        description={"en": "Particles"},
        weight=7,
    )
    store(database, term)
    with database.read() as connection:
        found = get_term(connection, "affiliations", "01ggx4157")
    assert (found.title, found.props, found.tags) == (term.title, term.props, term.tags)
    assert (found.description, found.weight, found.revision) == (term.description, 7, 1)
    assert found.created_at is not None
    assert found.created_at == found.updated_at


@pytest.mark.parametrize("term_id", ["nobody", "", "\0", "' OR 1=1 --", "x" * 5000, "\U0010ffff"])
def test_a_term_that_is_not_there_is_not_found(database: Database, term_id: str) -> None:
    for vocabulary in ("affiliations", "funders", "licenses"):
        with database.read() as connection, pytest.raises(TermNotFound):
            get_term(connection, vocabulary, term_id)


def test_more_terms_than_a_statement_takes_are_found_all_the_same(database: Database) -> None:
    store(database, affiliation("01ggx4157", "CERN"))
    wanted = [("affiliations", f"x{number}") for number in range(45_000)] + [("affiliations", "01ggx4157")]
    with database.read() as connection:
        assert list(find_many(connection, wanted)) == [("affiliations", "01ggx4157")]
