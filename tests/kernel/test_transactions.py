"""One transaction per request: committed before the answer, rolled back as a whole, one writer at a time."""

import threading
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from baton.kernel import outbox
from baton.kernel.db import Database
from baton.kernel.outbox import events
from baton.records.events import DraftSaved


def _count(context: Any) -> int:
    with context.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(events)).scalar_one())


def test_what_raises_leaves_nothing(context: Any) -> None:
    before = _count(context)
    with pytest.raises(RuntimeError), context.database.write() as connection:  # noqa: PT012  the block is the point
        outbox.emit(connection, DraftSaved(1))
        raise RuntimeError
    assert _count(context) == before


def test_reading_sees_one_moment_and_writing_elsewhere_does_not_disturb_it(context: Any) -> None:
    with context.database.read() as reader:
        before = reader.execute(select(func.max(events.c.id))).scalar()
        with context.database.write() as writer:
            outbox.emit(writer, DraftSaved(1))
        after = reader.execute(select(func.max(events.c.id))).scalar()
    if context.database.is_sqlite:  # PostgreSQL reads what is committed, statement by statement
        assert before == after


def test_the_state_is_another_one_once_anybody_has_committed(context: Any) -> None:
    if not context.database.is_sqlite:
        pytest.skip("PostgreSQL has no such number")
    elsewhere = Database(context.database.url)
    for database in (context.database, elsewhere):
        before = context.database.state()
        _count(context)
        with database.write() as connection:
            outbox.emit(connection, DraftSaved(1))
            assert context.database.state() == before
        assert context.database.state() != before
    elsewhere.close()


def test_fifty_writers_at_once_all_get_their_turn(client: TestClient, cast: Any) -> None:
    answers: list[int] = []

    def deposit() -> None:
        answers.append(client.post("/api/records", json={}, headers=cast.alice.headers).status_code)

    threads = [threading.Thread(target=deposit) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [201] * 50


def test_an_answer_comes_after_the_commit(client: TestClient, context: Any, cast: Any) -> None:
    before = _count(context)
    assert client.post("/api/records", json={}, headers=cast.alice.headers).status_code == 201
    assert _count(context) == before + 1
