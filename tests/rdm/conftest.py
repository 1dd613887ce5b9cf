"""A client for bad input: nothing of ours may break, whatever it sends."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.refusals import RDM


@pytest.fixture
def alice(client: TestClient, cast: Any, caplog: pytest.LogCaptureFixture) -> Iterator[TestClient]:
    client.headers.update({**cast.alice.headers, **RDM})
    yield client
    assert [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []
