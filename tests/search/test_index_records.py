"""The index follows the database: events late, twice or out of order, an index lost and found."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from baton.context import Context
from baton.kernel import clock
from baton.kernel.outbox import emit
from baton.kernel.settings import Settings
from baton.kernel.worker import run_until_idle
from baton.reactions import REACTIONS
from baton.records.commands.drafts import create_draft, discard, edit
from baton.records.commands.publish import publish
from baton.records.commands.versions import new_version
from baton.records.events import DraftSaved
from baton.records.queries import load_states
from baton.records.record import Record
from baton.search.backend import Facet, Hit, SearchRequest, SearchResult
from baton.search.commands import ensure_index, index_records, reindex
from baton.search.errors import SearchUnavailable
from baton.search.queries import PATIENCE, search
from baton.search.query import parse
from baton.search.scope import reader_of
from baton.search.tantivy import TantivyBackend

Settle = Callable[[], int]

BODY = {
    "metadata": {
        "title": "Water levels",
        "resource_type": {"id": "dataset"},
        "publication_date": "2024-03-01",
        "publisher": "Somebody",
        "creators": [{"person_or_org": {"type": "personal", "family_name": "Marsh", "given_name": "Ada"}}],
    },
    "files": {"enabled": False},
}


def make_draft(context: Context, cast: Any, title: str = "Water levels") -> int:
    body = {**BODY, "metadata": {**BODY["metadata"], "title": title}}  # type: ignore[dict-item]
    with context.database.write() as connection:
        return create_draft(connection, cast.alice.actor, context.dois, body).record.id


def make_published(context: Context, cast: Any, title: str = "Water levels") -> int:
    number = make_draft(context, cast, title)
    with context.database.write() as connection:
        publish(connection, cast.alice.actor, context.dois, number)
    return number


def found(context: Context, text: str = "", **more: Any) -> list[int]:
    return sorted(hit.record_id for hit in context.search.search(SearchRequest(tree=parse(text).tree, **more)).hits)


def own(context: Context, cast: Any, **more: Any) -> set[Hit]:
    actor = cast.alice.actor
    request = SearchRequest(reader=reader_of(actor), scope="mine", owner_id=actor.user_id, **more)
    return set(context.search.search(request).hits)


@pytest.fixture
def index(context: Context) -> Callable[..., None]:
    reindex(context.database, context.search, load_states)
    return lambda *numbers: index_records(context.database, context.search, load_states, numbers)


def test_what_is_indexed_is_the_state_now(context: Context, cast: Any, index: Callable[..., None]) -> None:
    draft, published = make_draft(context, cast), make_published(context, cast)
    for _ in range(2):
        index(published, draft)
    assert found(context) == [published]
    assert own(context, cast) == {Hit(draft, is_draft=True), Hit(published, is_draft=False)}


def test_an_edit_adds_a_draft_and_discarding_it_takes_it_away(
    context: Context, cast: Any, index: Callable[..., None]
) -> None:
    number = make_published(context, cast)
    with context.database.write() as connection:
        edit(connection, cast.alice.actor, number)
    index(number)
    assert found(context) == [number]
    assert own(context, cast) == {Hit(number, is_draft=True)}
    with context.database.write() as connection:
        discard(connection, cast.alice.actor, number)
    index(number)
    assert own(context, cast) == {Hit(number, is_draft=False)}


def test_the_other_versions_of_a_work_are_brought_up_to_date_too(
    context: Context, cast: Any, index: Callable[..., None]
) -> None:
    first = make_published(context, cast)
    index(first)
    with context.database.write() as connection:
        second = new_version(connection, cast.alice.actor, first).id
    index(second)
    assert own(context, cast) == {Hit(second, is_draft=True)}
    with context.database.write() as connection:
        discard(connection, cast.alice.actor, second)
    index(second)
    assert own(context, cast) == {Hit(first, is_draft=False)}
    assert own(context, cast, all_versions=True) == {Hit(first, is_draft=False)}


def test_what_was_never_there_does_no_harm(context: Context, index: Callable[..., None]) -> None:
    index(12345, 2**62)
    assert found(context) == []


def test_a_lost_index_is_built_anew_by_the_next_event(context: Context, cast: Any) -> None:
    numbers = [make_published(context, cast) for _ in range(3)]
    with pytest.raises(SearchUnavailable):
        found(context)
    index_records(context.database, context.search, load_states, numbers[:1])
    assert found(context) == numbers


def test_the_index_is_ensured_once(context: Context, cast: Any) -> None:
    number = make_published(context, cast)
    assert ensure_index(context.database, context.search, load_states)
    assert not ensure_index(context.database, context.search, load_states)
    assert found(context) == [number]


def test_reindexing_tells_how_far_it_is_and_gives_the_same(context: Context, cast: Any, settle: Settle) -> None:
    numbers = [make_published(context, cast, f"Title {n}") for n in range(5)]
    draft = make_draft(context, cast)
    settle()
    before = (found(context), own(context, cast))
    steps: list[tuple[int, int]] = []
    assert reindex(context.database, context.search, load_states, lambda done, total: steps.append((done, total))) == 6
    assert steps[-1] == (6, 6)
    assert (found(context), own(context, cast)) == before
    assert before[0] == numbers
    assert Hit(draft, is_draft=True) in before[1]


def test_reindexing_catches_up_with_what_changes_meanwhile(context: Context, cast: Any, settle: Settle) -> None:
    kept, gone = make_published(context, cast, "Old title"), make_draft(context, cast)
    settle()
    during: list[int] = []

    def load(connection: Connection, numbers: Sequence[int]) -> list[Record]:
        states = load_states(connection, numbers)
        if not during:
            during.append(0)
            during[0] = make_published(context, cast, "Published meanwhile")
            with context.database.write() as other:
                discard(other, cast.alice.actor, gone)
        return states

    reindex(context.database, context.search, load)
    assert found(context) == [kept, during[0]]
    assert own(context, cast) == {Hit(kept, is_draft=False), Hit(during[0], is_draft=False)}


def test_reindexing_catches_up_with_what_went_to_the_old_index_at_the_last_moment(
    context: Context, settings: Settings, cast: Any, settle: Settle
) -> None:
    make_published(context, cast)
    settle()
    late: list[int] = []

    class Slow(TantivyBackend):
        def rebuild(self, *arguments: Any) -> None:
            super().rebuild(*arguments)
            late.append(make_published(context, cast, "At the last moment"))

    slow = Slow(settings.data_dir / "index")
    reindex(context.database, slow, load_states)
    assert found(context, '"last moment"') == late
    slow.close()


def test_a_search_waits_for_what_was_written_before_it(context: Context, cast: Any, settle: Settle) -> None:
    settle()
    reindex(context.database, context.search, load_states)
    number = make_published(context, cast)
    worker = threading.Timer(0.15, settle)
    worker.start()
    start = time.monotonic()
    result = search(context.search, context.database, SearchRequest())
    assert [hit.record_id for hit in result.hits] == [number]
    assert 0.1 < time.monotonic() - start < PATIENCE
    worker.join()


def test_a_search_waits_until_its_patience_ends(context: Context, cast: Any, settle: Settle) -> None:
    settle()
    reindex(context.database, context.search, load_states)
    clock.freeze(datetime.now(UTC))  # on a busy machine the draft would be too old to be waited for
    make_draft(context, cast)
    start = time.monotonic()
    search(context.search, context.database, SearchRequest())
    assert time.monotonic() - start > PATIENCE * 0.9


def test_a_search_does_not_wait_for_an_index_that_is_far_behind(context: Context, cast: Any, settle: Settle) -> None:
    settle()
    reindex(context.database, context.search, load_states)
    clock.freeze(datetime.now(UTC) - timedelta(minutes=1))
    make_draft(context, cast)
    clock.freeze(None)
    start = time.monotonic()
    search(context.search, context.database, SearchRequest())
    assert time.monotonic() - start < PATIENCE


def test_a_search_does_not_wait_for_what_comes_after_it(context: Context, cast: Any, settle: Settle) -> None:
    settle()
    reindex(context.database, context.search, load_states)
    make_draft(context, cast)
    over = threading.Event()

    def keep_writing() -> None:
        run_until_idle(context.database, context, REACTIONS, ())
        while not over.is_set():
            with context.database.write() as connection:
                emit(connection, DraftSaved(1))
            time.sleep(0.01)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    start = time.monotonic()
    search(context.search, context.database, SearchRequest())
    waited = time.monotonic() - start
    over.set()
    writer.join()
    assert waited < PATIENCE


def test_an_empty_repository_needs_no_index_to_answer(context: Context, cast: Any) -> None:
    request = SearchRequest(facets=("subject",))
    assert search(context.search, context.database, request) == SearchResult((), 0, (Facet("subject", ()),))
    make_draft(context, cast)
    with pytest.raises(SearchUnavailable):
        search(context.search, context.database, request)


def test_while_the_index_cannot_be_written_deliveries_wait_and_are_made_up_for(
    context: Context, settings: Settings, cast: Any, settle: Settle
) -> None:
    folder = settings.data_dir / "index"
    folder.write_text("in the way")
    number = make_published(context, cast)
    settle()
    with pytest.raises(SearchUnavailable):
        found(context)
    folder.unlink()
    settle()
    assert found(context) == [number]
