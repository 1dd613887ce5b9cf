"""A database with tables and no terms."""

from collections.abc import Iterator

import pytest

from baton.kernel.db import Database
from baton.kernel.settings import Settings


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database)
    yield database
    database.close()
