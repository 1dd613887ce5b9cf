"""An embargo lifts itself on its day, in the record, in an open draft of it, and in what everybody reads."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.rdm.test_lifecycle import METADATA, RDM, make_draft, publish, upload

from baton.kernel import clock
from baton.kernel.worker import run_due_jobs
from baton.reactions import JOBS

NOBODY = {"Authorization": ""}


@pytest.fixture
def embargoed(client: TestClient, cast: Any) -> tuple[str, Any]:
    """A record of Alice's that opens in ten days, and the day."""
    client.headers.update({**cast.alice.headers, **RDM})
    until = clock.today() + timedelta(days=10)
    access = {
        "record": "public",
        "files": "restricted",
        "embargo": {"active": True, "until": until.isoformat(), "reason": "Review"},
    }
    number = make_draft(client, {"metadata": METADATA, "access": access})
    upload(client, number)
    assert publish(client, number)["access"]["status"] == "embargoed"
    return number, until


def _status(client: TestClient, number: str) -> tuple[str, int]:
    record = client.get(f"/api/records/{number}", headers=NOBODY).json()
    files = client.get(f"/api/records/{number}/files", headers=NOBODY)
    return record["access"]["status"], files.status_code


def _days_pass(context: Any, days: int) -> None:
    clock.freeze(clock.real() + timedelta(days=days))
    run_due_jobs(context.database, context, JOBS)
    clock.freeze(None)


def test_the_day_before_it_is_closed_and_on_the_day_it_is_open(
    client: TestClient, context: Any, embargoed: tuple[str, Any]
) -> None:
    number, _until = embargoed
    _days_pass(context, 9)
    assert _status(client, number) == ("embargoed", 403)
    _days_pass(context, 10)
    assert _status(client, number) == ("open", 200)
    hits = client.get("/api/records?q=&access_status=open", headers=NOBODY).json()["hits"]["hits"]
    assert number in {hit["id"] for hit in hits}


def test_an_open_draft_of_it_opens_too(client: TestClient, context: Any, embargoed: tuple[str, Any]) -> None:
    number, _until = embargoed
    client.post(f"/api/records/{number}/draft")
    _days_pass(context, 10)
    draft = client.get(f"/api/records/{number}/draft").json()
    assert draft["access"]["files"] == "public"
    assert draft["access"]["embargo"]["active"] is False


def test_lifting_again_changes_nothing(client: TestClient, context: Any, embargoed: tuple[str, Any]) -> None:
    number, _until = embargoed
    _days_pass(context, 10)
    before = client.get(f"/api/records/{number}").json()
    _days_pass(context, 11)
    assert client.get(f"/api/records/{number}").json() == before


def test_a_record_that_was_closed_gets_its_doi_when_it_opens(client: TestClient, context: Any, cast: Any) -> None:
    client.headers.update({**cast.alice.headers, **RDM})
    until = (clock.today() + timedelta(days=3)).isoformat()
    access = {"record": "restricted", "files": "restricted", "embargo": {"active": True, "until": until}}
    number = make_draft(client, {"metadata": METADATA, "access": access})
    upload(client, number)
    assert publish(client, number)["pids"] == {}
    _days_pass(context, 3)
    record = client.get(f"/api/records/{number}", headers=NOBODY).json()
    assert record["pids"]["doi"]["identifier"] == f"10.5072/baton.{number}"
    assert record["parent"]["pids"]["doi"]["identifier"]
