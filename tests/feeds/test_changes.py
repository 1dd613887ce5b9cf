"""The change feed: whoever follows it has what is public, each record once, and learns what is gone."""

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.rdm.test_lifecycle import BODY, METADATA, RDM, make_draft, make_record, publish, upload

from baton.context import Context
from baton.feeds.commands import note_changes
from baton.feeds.queries import list_changes
from baton.kernel.cursors import seal
from baton.kernel.outbox import pending
from baton.records.queries import load_states

CLOSED = {**BODY, "access": {"record": "restricted", "files": "restricted"}}


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client


def harvest(client: TestClient, context: Context, cursor: str = "", **more: Any) -> tuple[list[dict[str, Any]], str]:
    """Everything behind `cursor`, and the cursor for the next time."""
    while _has_more_to_note(context):
        context.database.awaited.set()
    found: list[dict[str, Any]] = []
    for _page in range(100):
        answer = client.get("/api/changes", params={"cursor": cursor, **more}, headers={"Authorization": ""})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found += body["changes"]
        cursor = body["cursor"]
        if "next" not in body["links"]:
            return found, cursor
    pytest.fail("the feed has no end")


def _has_more_to_note(context: Context) -> bool:
    with context.database.read() as connection:
        return pending(connection, "note order")


def edit(alice: TestClient, number: str, body: Any) -> None:
    alice.post(f"/api/records/{number}/draft")
    assert alice.put(f"/api/records/{number}/draft", json=body).status_code == 200
    publish(alice, number)


def test_whoever_follows_it_has_every_record_once_as_it_is_now(alice: TestClient, context: Context) -> None:
    numbers = [make_record(alice) for _ in range(5)]
    found, cursor = harvest(alice, context, size=2)
    assert [change["id"] for change in found] == numbers
    assert {change["status"] for change in found} == {"public"}
    edit(alice, numbers[1], {**BODY, "metadata": {**METADATA, "title": "Water levels, corrected"}})
    newer, cursor = harvest(alice, context, cursor)
    assert [(change["id"], change["revision"]) for change in newer] == [(numbers[1], 2)]
    assert harvest(alice, context, cursor) == ([], cursor)
    everything, _cursor = harvest(alice, context)
    assert [change["id"] for change in everything] == [numbers[0], *numbers[2:], numbers[1]]


def test_a_new_version_brings_the_one_that_it_replaces_along(alice: TestClient, context: Context) -> None:
    first = make_record(alice)
    _found, cursor = harvest(alice, context)
    second = alice.post(f"/api/records/{first}/versions").json()["id"]
    alice.put(f"/api/records/{second}/draft", json=BODY)
    upload(alice, second)
    publish(alice, second)
    newer, _cursor = harvest(alice, context, cursor)
    assert [change["id"] for change in newer] == [first, second]


def test_with_full_each_change_holds_the_record_that_anybody_reads(alice: TestClient, context: Context) -> None:
    number = make_record(alice)
    [change], _cursor = harvest(alice, context, full=1)
    plain = {"Authorization": "", "Accept": "application/json"}
    assert change["record"] == alice.get(f"/api/records/{number}", headers=plain).json()
    assert change["doi"] == change["record"]["doi"]


def test_drafts_and_what_was_never_public_are_not_there(alice: TestClient, context: Context) -> None:
    make_draft(alice)
    closed = make_draft(alice, CLOSED)
    upload(alice, closed)
    publish(alice, closed)
    assert harvest(alice, context)[0] == []


def test_what_becomes_restricted_is_gone_at_once_and_nothing_else_is_said_of_it(
    alice: TestClient, context: Context
) -> None:
    number = make_record(alice)
    _found, cursor = harvest(alice, context)
    edit(alice, number, {**CLOSED, "metadata": {**METADATA, "title": "Where the orchids grow"}})
    for begin in ("", cursor):
        [change], _cursor = harvest(alice, context, begin, full=1)
        assert set(change) == {"id", "status", "changed"}
        assert (change["id"], change["status"]) == (number, "gone")
    edit(alice, number, BODY)
    [change], _cursor = harvest(alice, context, cursor)
    assert change["status"] == "public"


def test_what_is_restricted_is_gone_even_before_the_worker_has_noted_it(alice: TestClient, context: Context) -> None:
    number = make_record(alice)
    harvest(alice, context)
    edit(alice, number, CLOSED)
    assert alice.get("/api/changes?full=1").json()["changes"][-1]["status"] == "gone"


def test_noting_again_moves_nothing(alice: TestClient, context: Context) -> None:
    number = int(make_record(alice))
    harvest(alice, context)
    with context.database.write() as connection:
        before = list_changes(connection, 0, 10)
        note_changes(connection, [number, number + 1000], load_states(connection, [number]))
        assert list_changes(connection, 0, 10) == before


@pytest.mark.parametrize("cursor", ["1", "x", "1-0123456789abcdef", "-1", "1 or 1=1", "9" * 40, "é", "%00"])
def test_a_cursor_that_was_not_given_out_is_refused(client: TestClient, cursor: str) -> None:
    answer = client.get(f"/api/changes?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "cursor"


def test_a_cursor_of_another_list_or_from_the_future_is_refused(client: TestClient) -> None:
    for belongs_to, place in (("search", 1), ("changes", 10**6)):
        cursor = seal(belongs_to, place)
        assert client.get(f"/api/changes?cursor={cursor}").status_code == 400


@pytest.mark.parametrize("size", ["0", "1001", "-1", "x", "1e3", "9" * 30])
def test_impossible_sizes_are_refused(client: TestClient, size: str) -> None:
    assert client.get(f"/api/changes?size={size}").status_code == 400
