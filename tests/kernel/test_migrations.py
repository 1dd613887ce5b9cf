"""Migrations lead where the tables of the program say, on both databases."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from baton.kernel import migrations
from baton.kernel.db import metadata


def test_the_newest_script_is_the_one_that_the_program_expects() -> None:
    assert migrations.newest() == migrations.HEAD


def test_a_migrated_database_has_exactly_the_tables_of_the_program(context: Any) -> None:
    with context.database.read() as connection:
        options = {"compare_type": True, "include_object": lambda _item, name, *_rest: name != "alembic_version"}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_migrating_a_current_database_changes_nothing(context: Any) -> None:
    assert migrations.is_current(context.database)
    migrations.migrate(context.database)
    assert migrations.current(context.database) == migrations.HEAD
