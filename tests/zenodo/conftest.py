"""Alice, who deposits as programs written for Zenodo do."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from baton.kernel.db import Database
from baton.kernel.outbox import pending
from baton.kernel.settings import Settings

DEPOSITIONS = "/api/deposit/depositions"
METADATA = {
    "title": "My first upload",
    "upload_type": "poster",
    "description": "This is my first upload",
    "creators": [{"name": "Doe, John", "affiliation": "Zenodo"}],
}


@dataclass(frozen=True)
class Depositor:
    """Somebody with a token; every call has succeeded when it returns."""

    http: TestClient
    database: Database

    def settle(self) -> None:
        """Wait until searches know everything. They wait themselves, but not long enough on a machine that is busy."""
        for _attempt in range(3000):
            with self.database.read() as connection:
                if not pending(connection, "index"):
                    return
            time.sleep(0.01)
        pytest.fail("the index is half a minute behind")

    def create(self, **metadata: Any) -> dict[str, Any]:
        """A deposition; with no metadata, `{}` is sent."""
        answer = self.http.post(DEPOSITIONS, json={"metadata": metadata} if metadata else {})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def put(self, deposition: dict[str, Any], key: str = "a.txt", content: bytes = b"hello") -> dict[str, Any]:
        answer = self.http.put(f"{deposition['links']['bucket']}/{key}", content=content)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def publish(self, deposition: dict[str, Any]) -> dict[str, Any]:
        answer = self.http.post(deposition["links"]["publish"])
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    def publish_new(self, **metadata: Any) -> dict[str, Any]:
        """A published deposition with one file."""
        deposition = self.create(**{**METADATA, **metadata})
        self.put(deposition)
        return self.publish(deposition)

    def new_version(self, deposition: dict[str, Any]) -> dict[str, Any]:
        answer = self.http.post(deposition["links"]["newversion"])
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def publish_next(self, deposition: dict[str, Any]) -> dict[str, Any]:
        """A new version of what is published, with the same file."""
        return self.publish(self.new_version(deposition))


@pytest.fixture
def alice(client: TestClient, cast: Any, settings: Settings) -> Iterator[Depositor]:
    client.headers.update(cast.alice.headers)
    database = Database(settings.database)
    yield Depositor(client, database)
    database.close()


@pytest.fixture
def nobody(alice: Depositor) -> Callable[..., Any]:
    """A GET (or another method) without a token, to the same server."""

    def call(path: str, method: str = "GET", **options: Any) -> Any:
        headers = {"Authorization": "", **options.pop("headers", {})}
        return alice.http.request(method, path, headers=headers, **options)

    return call
