"""Walking through all results with a cursor, beside pages."""

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.rdm.test_lifecycle import BODY, METADATA, RDM, make_draft, publish

from baton.kernel.cursors import seal

NO_FILES = {**BODY, "files": {"enabled": False}}


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client


def make(alice: TestClient, title: str) -> str:
    number = make_draft(alice, {**NO_FILES, "metadata": {**METADATA, "title": title}})
    publish(alice, number)
    return number


def walk(client: TestClient, address: str) -> list[str]:
    found: list[str] = []
    for _page in range(50):
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found += [hit["id"] for hit in body["hits"]["hits"]]
        assert body["hits"]["total"] >= len(found)
        if "next" not in body["links"]:
            return found
        address = body["links"]["next"].removeprefix("http://testserver")
    pytest.fail("the walk does not end")


@pytest.mark.parametrize("more", ["", "&q=levels", "&sort=oldest", "&q=levels&sort=updated-asc", "&access_status=open"])
def test_a_walk_has_every_result_once(alice: TestClient, more: str) -> None:
    numbers = [make(alice, f"Water levels {number}") for number in range(5)]
    found = walk(alice, f"/api/records?cursor=*&size=2{more.replace('open', 'metadata-only')}")
    assert sorted(found) == sorted(numbers)
    assert found == (numbers if "sort" in more else numbers[::-1])


def test_what_is_published_during_a_walk_moves_nothing(alice: TestClient) -> None:
    numbers = [make(alice, "Water levels") for _ in range(4)]
    first = alice.get("/api/records?cursor=*&size=2").json()
    make(alice, "Water levels")
    rest = walk(alice, first["links"]["next"].removeprefix("http://testserver"))
    assert [hit["id"] for hit in first["hits"]["hits"]] + rest == numbers[::-1]


def test_ones_own_records_can_be_walked_through_too(alice: TestClient) -> None:
    drafts = [make_draft(alice, BODY) for _ in range(3)]
    assert sorted(walk(alice, "/api/user/records?cursor=*&size=2")) == sorted(drafts)


@pytest.mark.parametrize("cursor", ["x", "**", "12", "1-0123456789abcdef", "9" * 50, "%00", "é"])
def test_a_cursor_that_was_not_given_out_is_refused(client: TestClient, cursor: str) -> None:
    answer = client.get(f"/api/records?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "cursor"


def test_a_cursor_is_good_for_the_search_that_gave_it_out(alice: TestClient) -> None:
    for number in range(3):
        make(alice, f"Water levels {number}")
    following = alice.get("/api/records?q=levels&cursor=*&size=1").json()["links"]["next"]
    assert alice.get(following).status_code == 200
    assert alice.get(following.replace("q=levels", "q=water")).status_code == 400
    assert alice.get(following + "&sort=oldest").status_code == 400
    assert alice.get(following.replace("/api/records?", "/api/user/records?")).status_code == 400
    assert alice.get(f"/api/records?q=levels&cursor={seal('changes', 1)}").status_code == 400


@pytest.mark.parametrize("more", ["sort=bestmatch&q=x", "sort=publication-desc", "page=2"])
def test_what_gives_no_places_is_refused_with_advice(client: TestClient, more: str) -> None:
    answer = client.get(f"/api/records?cursor=*&{more}")
    assert answer.status_code == 400
    assert "cursor" in answer.json()["message"]


def test_pages_beyond_the_window_are_told_of_the_cursor(client: TestClient) -> None:
    answer = client.get("/api/records?page=10000&size=25")
    assert answer.status_code == 400
    assert "cursor=*" in answer.json()["message"]
