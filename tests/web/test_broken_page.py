"""When our own code fails, people get a page and programs JSON, both with the id under which it was logged."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from baton.app import create_app
from baton.kernel.settings import Settings


@pytest.mark.parametrize(("path", "accept"), [("/", "text/html"), ("/api/user/records", "application/json")])
def test_a_crash_is_told_with_its_id(settings: Settings, context: Any, path: str, accept: str) -> None:
    with context.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE tokens")
    app = create_app(settings.model_copy(update={"worker": False}))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get(path, headers={"Accept": accept, "Authorization": "Bearer x"})
    assert answer.status_code == 500
    assert accept in answer.headers["content-type"]
    assert answer.headers["x-request-id"] in answer.text
