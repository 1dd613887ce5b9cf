"""A client that deposits documents."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.refusals import RDM

from baton.app import create_app
from baton.kernel.settings import Settings


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client


@pytest.fixture
def small(settings: Settings, cast: Any) -> Iterator[TestClient]:
    """Alice at a repository where a record has little room."""
    limits = {"max_files": 5, "max_file_bytes": 100_000, "max_record_bytes": 150_000}
    with TestClient(create_app(settings.model_copy(update=limits)), headers={**cast.alice.headers, **RDM}) as client:
        yield client
