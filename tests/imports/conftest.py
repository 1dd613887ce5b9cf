"""A client that deposits documents."""

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.refusals import RDM


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client
