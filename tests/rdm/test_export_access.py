"""No format shows to somebody what the record itself does not show to them."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from baton.exports.formats import FORMATS

SECRET = "Unheard-of results"
NOBODY: dict[str, str] = {}
METADATA = {
    "title": SECRET,
    "resource_type": {"id": "dataset"},
    "publication_date": "2024-11-30",
    "creators": [{"person_or_org": {"type": "personal", "family_name": "Carberry"}}],
    "publisher": "Baton",
}

pytestmark = pytest.mark.parametrize("name", FORMATS)


def draft(client: TestClient, cast: Any, **access: Any) -> str:
    body = {"metadata": METADATA, "access": {"record": "public", "files": "public", **access}}
    number = client.post("/api/records", json=body, headers=cast.alice.headers).json()["id"]
    files = f"/api/records/{number}/draft/files"
    client.post(files, json=[{"key": "hidden.csv"}], headers=cast.alice.headers)
    client.put(f"{files}/hidden.csv/content", content=b"1,2\n", headers=cast.alice.headers)
    client.post(f"{files}/hidden.csv/commit", headers=cast.alice.headers)
    return str(number)


def publish(client: TestClient, cast: Any, number: str) -> None:
    answer = client.post(f"/api/records/{number}/draft/actions/publish", headers=cast.alice.headers)
    assert answer.status_code == 202, answer.text


def answers(client: TestClient, number: str, name: str, **headers: str) -> list[Any]:
    accept = (FORMATS[name].accepted_as or (FORMATS[name].media_type,))[0]
    return [
        client.get(f"/records/{number}/export/{name}", headers=headers),
        client.get(f"/api/records/{number}", headers={**headers, "Accept": accept}),
    ]


def test_drafts_are_exported_to_nobody_else(client: TestClient, cast: Any, name: str) -> None:
    number = draft(client, cast)
    for headers in (NOBODY, cast.bob.headers):
        for answer in answers(client, number, name, **headers):
            assert answer.status_code in {403, 404}
            assert SECRET not in answer.text


def test_restricted_records_are_exported_to_their_owner_alone(client: TestClient, cast: Any, name: str) -> None:
    number = draft(client, cast, record="restricted", files="restricted")
    publish(client, cast, number)
    for headers in (NOBODY, cast.bob.headers):
        for answer in answers(client, number, name, **headers):
            assert answer.status_code == 403
            assert SECRET not in answer.text
    for answer in answers(client, number, name, **cast.alice.headers):
        assert answer.status_code == 200


def test_restricted_files_are_named_to_their_owner_alone(client: TestClient, cast: Any, name: str) -> None:
    number = draft(client, cast, files="restricted")
    publish(client, cast, number)
    for answer in answers(client, number, name):
        assert answer.status_code == 200
        assert "hidden.csv" not in answer.text
