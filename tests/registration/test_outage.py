"""A registrar that is down, slow, strict or confused never fails a publication, and learns of all of it afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.fakes.datacite import DataCite
from tests.rdm.test_lifecycle import BODY, METADATA, RDM, make_draft, make_record, publish, upload
from tests.registration.conftest import Depositor, Settle
from tests.waiting import until

from baton.context import Context
from baton.identifiers.queries import list_refused
from baton.kernel import clock, outbox

Answer = tuple[int, dict[str, str], bytes]

HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html>Welcome to the hotel's network</html>")
HALF: Answer = (200, {}, b'{"data": {"id": "10.5072/baton')
WITHOUT_STATE: Answer = (200, {}, b'{"data": {"attributes": {}}}')
BROKEN: Answer = (503, {}, b"")
MOVED: Answer = (302, {"Location": "http://localhost:1/"}, b"")
UNKNOWN_USER: Answer = (401, {}, b'{"errors": [{"status": "401", "title": "Bad credentials."}]}')
TOO_MANY: Answer = (429, {"Retry-After": "240"}, b"")


def later(minutes: float) -> None:
    clock.freeze(clock.now() + timedelta(minutes=minutes))


def states(registrar: DataCite) -> set[str]:
    return {entry.state for entry in registrar.entries.values()}


@pytest.mark.parametrize("trouble", [HTML, HALF, WITHOUT_STATE, BROKEN, MOVED, UNKNOWN_USER, TOO_MANY])
def test_after_any_trouble_everything_is_told(
    alice: Depositor, registrar: DataCite, settle: Settle, trouble: Answer
) -> None:
    registrar.scripted.append(trouble)
    records = [alice.publish(f"Number {number}") for number in range(3)]
    settle()
    assert registrar.entries == {}
    assert len(registrar.requests) == 1  # the others need not find out for themselves
    later(11)
    settle()
    titles = {registrar.entries[str(record.doi)].title for record in records}
    assert titles == {"Number 0", "Number 1", "Number 2"}
    assert states(registrar) == {"findable"}


def test_a_registrar_that_is_down_is_asked_ever_more_seldom(
    alice: Depositor, context: Context, registrar: DataCite, settle: Settle
) -> None:
    registrar.is_down = True
    alice.publish()
    asked = []
    for _minute in range(60):
        settle()
        asked.append(len(registrar.requests))
        later(1)
    assert asked[9] - asked[0] > asked[59] - asked[49]
    assert asked[59] < 20
    with context.database.read() as connection:
        assert outbox.backlog(connection, reaction="register dois").dead == 0
    registrar.is_down = False
    later(11)
    settle()
    assert states(registrar) == {"findable"}


def test_who_asks_us_to_wait_is_waited_for(alice: Depositor, registrar: DataCite, settle: Settle) -> None:
    registrar.scripted.append(TOO_MANY)
    alice.publish()
    settle()
    later(3.9)
    settle()
    assert len(registrar.requests) == 1
    later(0.2)
    settle()
    assert states(registrar) == {"findable"}


def test_an_answer_that_is_lost_does_no_harm(alice: Depositor, registrar: DataCite, settle: Settle) -> None:
    registrar.loses_answers = True
    record = alice.publish("First")
    settle()
    registrar.loses_answers = False
    alice.edit(record, "Second")
    later(11)
    settle()
    assert registrar.entries[str(record.doi)].title == "Second"
    assert states(registrar) == {"findable"}


def test_what_is_refused_is_kept_with_its_reason_and_told_when_it_is_mended(
    alice: Depositor, context: Context, registrar: DataCite, settle: Settle
) -> None:
    refusal = b'{"errors": [{"status": "422", "source": "creators", "title": "is no list of people"}]}'
    registrar.scripted.append((422, {}, refusal))
    record = alice.publish("First")
    other = alice.publish("Another")
    settle()
    with context.database.read() as connection:
        assert outbox.backlog(connection, reaction="register dois").dead == 1
        [(doi, reason)] = list_refused(connection, 10)
    assert doi == record.doi
    assert "creators: is no list of people (422)" in reason
    assert registrar.entries[str(other.doi)].state == "findable"
    alice.edit(record, "Second")
    settle()
    assert registrar.entries[str(record.doi)].title == "Second"
    with context.database.read() as connection:
        assert list_refused(connection, 10) == []


def test_a_registrar_that_takes_half_a_minute_holds_up_nobody(
    client: TestClient, cast: Any, registrar: DataCite
) -> None:
    client.headers.update({**cast.alice.headers, **RDM})
    registrar.may_answer.clear()
    make_record(client)
    until(lambda: registrar.requests)
    number = make_draft(client, {**BODY, "metadata": {**METADATA, "title": "Slowworm"}})
    upload(client, number)
    publish(client, number)
    found = client.get("/api/records?q=slowworm").json()["hits"]["hits"]
    assert [hit["id"] for hit in found] == [number]
    assert registrar.entries == {}  # it has not answered yet
    registrar.may_answer.set()
