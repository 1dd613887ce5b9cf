from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from tests.vocabularies.dumps import affiliation, store

from baton.kernel import clock
from baton.kernel.db import Database
from baton.vocabularies.commands import BATCH, TOLD, import_terms
from baton.vocabularies.errors import NotImported
from baton.vocabularies.models import term_words
from baton.vocabularies.queries import get_term, list_terms
from baton.vocabularies.term import BadRow, Term


def suggested(database: Database, typed: str) -> list[str]:
    with database.read() as connection:
        found, _total = list_terms(connection, "affiliations", suggest=typed)
    return [term.id for term in found]


def indexed(database: Database) -> set[tuple[str, bool]]:
    with database.read() as connection:
        return {(row.word, row.is_key) for row in connection.execute(select(term_words))}


def test_an_import_says_what_it_did(database: Database) -> None:
    rows: list[Term | BadRow] = [
        affiliation("a", "Alpha"),
        BadRow(2, "is broken"),
        affiliation("b", "Beta"),
        affiliation("a", "Alpha"),
    ]
    counts = import_terms(database, "affiliations", rows)
    assert (counts.added, counts.changed, counts.unchanged, counts.bad) == (2, 0, 1, 1)
    assert counts.seen == 4
    assert counts.bad_rows == [BadRow(2, "is broken")]


def test_importing_again_changes_nothing(database: Database) -> None:
    first, second = affiliation("a", "Alpha"), affiliation("b", "Beta")
    store(database, first, second)
    before = indexed(database)
    clock.freeze(datetime(2031, 1, 1, tzinfo=UTC))
    counts = store(database, first, second)
    assert (counts.added, counts.changed, counts.unchanged) == (0, 0, 2)
    with database.read() as connection:
        again = get_term(connection, "affiliations", "a")
    assert again.revision == 1
    assert again.updated_at == again.created_at
    assert indexed(database) == before


def test_a_changed_term_is_found_by_its_new_words_only(database: Database) -> None:
    clock.freeze(datetime(2030, 1, 1, tzinfo=UTC))
    store(database, affiliation("a", "Old Academy", acronym="OA"), affiliation("b", "Beta"))
    clock.freeze(datetime(2031, 1, 1, tzinfo=UTC))
    counts = store(database, affiliation("a", "New Academy", acronym="NA"), affiliation("b", "Beta"))
    assert (counts.changed, counts.unchanged) == (1, 1)
    assert suggested(database, "old") == suggested(database, "oa") == []
    assert suggested(database, "new aca") == suggested(database, "na") == ["a"]
    assert indexed(database) == {
        ("a", True),
        ("b", True),
        ("na", True),
        ("new", False),
        ("academy", False),
        ("beta", False),
    }
    with database.read() as connection:
        term = get_term(connection, "affiliations", "a")
    assert term.revision == 2
    assert (term.created_at, term.updated_at) == (datetime(2030, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC))


def test_the_last_of_several_rows_with_one_id_counts(database: Database) -> None:
    store(database, affiliation("a", "First"), affiliation("a", "Second"))
    assert suggested(database, "second") == ["a"]
    assert suggested(database, "first") == []


def test_every_batch_is_kept_when_a_later_one_fails(database: Database) -> None:
    def rows() -> Iterator[Term]:
        yield from (affiliation(f"x{number}", f"Institute {number}") for number in range(BATCH))
        message = "the dump breaks off"
        raise OSError(message)

    seen: list[int] = []
    with pytest.raises(OSError, match="breaks off"):
        import_terms(database, "affiliations", rows(), seen.append)
    # The failing row belongs to the second batch; asking for it ended the import after the first was stored.
    assert seen == [BATCH]
    assert suggested(database, "institute 999") == ["x999"]


def test_progress_is_told_after_each_batch(database: Database) -> None:
    seen: list[int] = []
    rows = [affiliation(f"x{number}", "Institute") for number in range(BATCH + 5)]
    import_terms(database, "affiliations", rows, seen.append)
    assert seen == [BATCH, BATCH + 5]


def test_bad_rows_are_all_counted_and_the_first_of_them_told(database: Database) -> None:
    counts = import_terms(database, "affiliations", [BadRow(line, "bad") for line in range(1, TOLD + 50)])
    assert counts.bad == TOLD + 49
    assert len(counts.bad_rows) == TOLD


def test_a_vocabulary_that_comes_with_the_program_is_not_imported(database: Database) -> None:
    with pytest.raises(NotImported, match="affiliations"):
        import_terms(database, "licenses", [])


def test_names_in_every_script_can_be_kept(database: Database) -> None:
    names = ["北京大学", "जवाहरलाल नेहरू विश्वविद्यालय", "서울대학교", "😀 Institute \0 of NUL", "x" * 5000, "ﷺ" * 300]
    store(database, *[affiliation(str(number), name) for number, name in enumerate(names)])
    for number, name in enumerate(names):
        assert str(number) in suggested(database, name[:12])


def test_a_term_with_a_thousand_names_fits_its_index(database: Database) -> None:
    aliases = [f"한국어이름{number:05}가나다라마바사" for number in range(1_000)]
    store(database, affiliation("a", "Many", aliases=aliases, identifiers=[{"identifier": "x" * 300, "scheme": "url"}]))
    assert suggested(database, "many") == ["a"]
