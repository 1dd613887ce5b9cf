"""Visitors of the pages, and records for them to look at, made through the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from tests.web.browser import Browser

RDM = {"Accept": "application/vnd.inveniordm.v1+json"}
METADATA: dict[str, Any] = {
    "title": "Water levels",
    "resource_type": {"id": "dataset"},
    "publication_date": "2024-03-01",
    "publisher": "Somebody",
    "description": "<p>Hourly <em>levels</em>.</p>",
    "creators": [{"person_or_org": {"type": "personal", "family_name": "Marsh", "given_name": "Ada"}}],
}
OPEN = {"record": "public", "files": "public"}
FILES = {"levels.csv": b"hour,level\n1,20\n"}


@dataclass(frozen=True)
class Owner:
    """Somebody who makes records through the API."""

    client: TestClient
    headers: Mapping[str, str]

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        answer = self.client.request(method, path, headers={**self.headers, **RDM}, **arguments)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def draft(
        self,
        metadata: Mapping[str, Any] | None = None,
        uploads: Mapping[str, bytes] | None = None,
        **body: Any,
    ) -> int:
        """A draft with these changes to what is usual."""
        made = self.call(
            "POST", "/api/records", json={"metadata": {**METADATA, **(metadata or {})}, "access": OPEN, **body}
        )
        for key, content in (FILES if uploads is None else uploads).items():
            self.upload(int(made["id"]), key, content)
        return int(made["id"])

    def upload(self, number: int, key: str, content: bytes) -> None:
        listed = f"/api/records/{number}/draft/files"
        self.call("POST", listed, json=[{"key": key}])
        self.call("PUT", f"{listed}/{quote(key)}/content", content=content)
        self.call("POST", f"{listed}/{quote(key)}/commit")

    def publish(self, number: int) -> None:
        self.call("POST", f"/api/records/{number}/draft/actions/publish")

    def record(self, *arguments: Any, **changes: Any) -> int:
        """As `draft`, and published."""
        number = self.draft(*arguments, **changes)
        self.publish(number)
        return number

    def next_version(self, number: int) -> int:
        """The next version of a record, published, with the files of the one before."""
        new = int(self.call("POST", f"/api/records/{number}/versions")["id"])
        self.call("POST", f"/api/records/{new}/draft/actions/files-import")
        self.publish(new)
        return new


@pytest.fixture
def owner(client: TestClient, cast: Any) -> Owner:
    """Alice, who makes the records."""
    return Owner(client, cast.alice.headers)


@pytest.fixture
def visitor(client: TestClient) -> Browser:
    """Somebody who is not logged in."""
    return Browser(client)


@pytest.fixture
def alice(client: TestClient, cast: Any) -> Browser:
    """Alice with her browser, logged in."""
    browser = Browser(TestClient(client.app, follow_redirects=False))
    browser.log_in(cast.alice.email, cast.alice.password)
    return browser


@pytest.fixture
def bob(client: TestClient, cast: Any) -> Browser:
    """Bob, who owns nothing here."""
    browser = Browser(TestClient(client.app, follow_redirects=False))
    browser.log_in(cast.bob.email, cast.bob.password)
    return browser
