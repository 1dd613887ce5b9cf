"""The database: one engine for readers, one for writers, and the only place that commits."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Text,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# A 64-bit key that SQLite still numbers by itself (only its INTEGER does).
BIG_ID = BigInteger().with_variant(Integer, "sqlite")

# Set on `Connection.info` by the outbox, read here after the commit to wake the worker of this process.
EMITTED = "baton.emitted"


class Json(TypeDecorator[Any]):
    """JSON as text on every database: what was written is what is read, byte for byte."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002
        return None if value is None else orjson.loads(value)


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and dialect.name == "sqlite":
            return value.astimezone(UTC).replace(tzinfo=None)
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Readers and writers of one database.

    SQLite: WAL with `synchronous=FULL` (a DOI promised must survive a power cut); writers begin with BEGIN IMMEDIATE,
    because a transaction that reads first and writes later fails at once when another one committed in between; one
    writer at a time per process, because SQLite's own waiting is not fair.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._reader = _engine(url, "BEGIN")
        self._writer = _engine(url, "BEGIN IMMEDIATE") if self.is_sqlite else self._reader
        self._turn: threading.Lock | None = threading.Lock() if self.is_sqlite else None
        self._direct: sqlite3.Connection | None = None
        # For the worker of this process: something was emitted; somebody waits for what follows from it.
        self.emitted = threading.Event()
        self.awaited = threading.Event()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection with one consistent view of the data; whatever was changed through it is rolled back."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        if self._turn is not None:
            self._turn.acquire()
        try:
            with self._writer.connect() as connection:
                with connection.begin():
                    yield connection
                emitted = connection.info.pop(EMITTED, False)
        finally:
            if self._turn is not None:
                self._turn.release()
        if emitted:
            self.emitted.set()

    def fetch_one(self, statement: str, parameters: dict[str, Any]) -> Sequence[Any] | None:
        """One row of a single statement with `:named` parameters, for the hottest reads.

        On SQLite by the driver itself, which costs a sixth of the way through SQLAlchemy.
        """
        if not self.is_sqlite:
            with self._reader.connect() as connection:
                return connection.execute(text(statement), parameters).first()
        row: Sequence[Any] | None = self._driver().execute(statement, parameters).fetchone()
        return row

    def state(self) -> int | None:
        """Another number once anybody has committed, in whatever process; `None` on PostgreSQL, which has none."""
        if not self.is_sqlite:
            return None
        # Of the one connection that never commits: its own commits would not count.
        return int(self._driver().execute("PRAGMA data_version").fetchone()[0])

    def _driver(self) -> sqlite3.Connection:
        if self._direct is None:
            self._direct = sqlite3.connect(
                str(self._reader.url.database), isolation_level=None, check_same_thread=False
            )
        return self._direct

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        return self._writer

    def close(self) -> None:
        """Close every pooled connection."""
        if self._direct is not None:
            self._direct.close()
        self._reader.dispose()
        self._writer.dispose()


def insert_into(connection: Connection, table: Any) -> Any:  # noqa: ANN401  the dialects share methods, not a type
    """An insert that can say what happens on a conflict."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _engine(url: str, begin: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=20, max_overflow=20, pool_pre_ping=True)
    engine = create_engine(
        url, pool_size=20, max_overflow=30, connect_args={"check_same_thread": False, "isolation_level": None}
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own connection
        for pragma in (
            "busy_timeout=30000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-8000",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
