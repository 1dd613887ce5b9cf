"""What every refusal looks like, and drafts and records to be refused with."""

import time
from typing import Any

from starlette.testclient import TestClient

RDM = {"Accept": "application/vnd.inveniordm.v1+json"}
METADATA: dict[str, Any] = {
    "title": "Water levels",
    "resource_type": {"id": "dataset"},
    "publication_date": "2024-03-01",
    "publisher": "Somebody",
    "creators": [{"person_or_org": {"type": "personal", "family_name": "Marsh", "given_name": "Ada"}}],
}
BODY = {"metadata": METADATA, "access": {"record": "public", "files": "public"}}


def refused(answer: Any, status: int = 400) -> dict[str, Any]:
    """The body of a refusal, in the shape that both dialects read."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"].startswith("urn:baton:problem:")
    assert body["title"]
    assert body["message"] == body["detail"]
    assert len(body["message"]) > 15
    assert "Traceback" not in body["message"]
    for error in body.get("errors", ()):
        assert isinstance(error["field"], str)
        assert error["messages"]
    return body


def make_draft(alice: TestClient, body: Any = BODY) -> str:
    answer = alice.post("/api/records", json=body, headers=RDM)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def make_record(alice: TestClient, body: Any = BODY) -> str:
    """A published record with one file, `a.txt`, which says hello."""
    number = make_draft(alice, body)
    files = f"/api/records/{number}/draft/files"
    assert alice.post(files, json=[{"key": "a.txt"}]).status_code == 201
    assert alice.put(f"{files}/a.txt/content", content=b"hello").status_code == 200
    assert alice.post(f"{files}/a.txt/commit").status_code == 200
    answer = alice.post(f"/api/records/{number}/draft/actions/publish", headers=RDM)
    assert answer.status_code == 202, answer.text
    return number


def count_own(alice: TestClient, expected: int) -> int:
    """How many drafts and records the search finds of hers; on a busy machine the index may take its time."""
    deadline = time.monotonic() + 20
    while True:
        found = int(alice.get("/api/user/records", headers=RDM).json()["hits"]["total"])
        if found == expected or time.monotonic() > deadline:
            return found
