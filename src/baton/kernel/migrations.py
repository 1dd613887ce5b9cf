"""Brings the tables of a database to the state that this program needs."""

from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, inspect, select

from baton.kernel.db import Database
from baton.kernel.libraries import library

SCRIPTS = Path(__file__).parent.parent / "migrations"
# The newest file in migrations/versions, so that a start need not read them all; a test keeps it true.
HEAD = "0013"

_version = Table("alembic_version", MetaData(), Column("version_num", String(32)))


def current(database: Database) -> str | None:
    """The revision that the database is at; `None` for an empty one."""
    with database.read() as connection:
        if not inspect(connection).has_table(_version.name):
            return None
        return connection.execute(select(_version.c.version_num)).scalar()


def is_current(database: Database) -> bool:
    """Whether nothing is to be done."""
    return current(database) == HEAD


def migrate(database: Database) -> None:
    """Run what is missing, all in one transaction. Does nothing on a current database."""
    if is_current(database):
        return
    config = _config()
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7426001)")
        config.attributes["connection"] = connection
        library("alembic.command").upgrade(config, "head")


def newest() -> str | None:
    """The newest revision among the scripts."""
    head: str | None = library("alembic.script").ScriptDirectory.from_config(_config()).get_current_head()
    return head


def _config() -> Any:  # noqa: ANN401  Alembic's own, which is imported at first use
    config = library("alembic.config").Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config
