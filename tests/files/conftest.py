"""A database and a store without the rest of the program, and records that are nothing but owners of files."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert

from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.numbers import next_record_id
from baton.kernel.settings import Settings
from baton.records.models import records, works
from baton.storage.content import Stored
from baton.storage.folder import FolderStore

Keep = Callable[[bytes], Stored]


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database)
    yield database
    database.close()


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


@pytest.fixture
def keep(store: FolderStore) -> Keep:
    """Stores bytes and says what is known of them."""

    def keep(data: bytes) -> Stored:
        with store.writer() as writer:
            writer.write(data)
            return writer.finish()

    return keep


@pytest.fixture
def new_draft(database: Database, cast: Any) -> Callable[[], int]:
    """Makes one more record for files."""
    return lambda: new_record(database, cast.alice.id)


@pytest.fixture
def draft(database: Database, cast: Any) -> int:
    return new_record(database, cast.alice.id)


@pytest.fixture
def other_draft(database: Database, cast: Any) -> int:
    return new_record(database, cast.alice.id)


def new_record(database: Database, owner_id: int) -> int:
    now = clock.now()
    with database.write() as connection:
        work_id = next_record_id(connection)
        number = next_record_id(connection, work_id)
        connection.execute(insert(works).values(id=work_id, owner_id=owner_id, created_at=now))
        connection.execute(
            insert(records).values(
                id=number,
                work_id=work_id,
                bucket_id=str(uuid4()),
                version_index=1,
                revision=0,
                is_latest=False,
                record_access="public",
                files_access="public",
                created_at=now,
                updated_at=now,
            )
        )
    return number
