"""What crawlers ask for the first time is made in turns, their queue has an end, and people do not wait in it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from tests.refusals import METADATA, RDM, make_record

from baton.renditions.front import RETRY_AFTER, PublicAnswers
from baton.renditions.turns import Turns

ASKED = 12
HTML = {"Accept": "text/html"}


class SlowForCrawlers:
    """The program, which takes its time for whoever brings no token."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.now = self.most = self.made = 0
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if b"authorization" not in dict(scope["headers"]):
            self.now += 1
            self.made += 1
            self.most = max(self.most, self.now)
            await self.go_on.wait()
            self.now -= 1
        await self.app(scope, receive, send)


class Crowd:
    """Crawlers in front of the slow program, each with a request of its own that is under way."""

    def __init__(
        self, client: TestClient, number: str, web: httpx2.AsyncClient, slow: SlowForCrawlers, turns: Turns
    ) -> None:
        self.client, self.number, self.web, self.slow, self.turns = client, number, web, slow, turns

    def ask(self, query: object = "", **headers: str) -> asyncio.Task[httpx2.Response]:
        return asyncio.create_task(self.web.get(f"/records/{self.number}?preview={query}", headers=HTML | headers))

    async def ask_all(self, *queries: object) -> list[asyncio.Task[httpx2.Response]]:
        """Ask one after the other, and come back when all are being answered or wait."""
        asked = []
        for query in queries:
            before = self.slow.now + self.turns.waiting
            asked.append(self.ask(query))
            while self.slow.now + self.turns.waiting == before:  # noqa: ASYNC110  nothing tells of it
                await asyncio.sleep(0.01)
        return asked


Scene = Callable[[Crowd], Coroutine[None, None, None]]
Play = Callable[[Scene, Turns], None]


@pytest.fixture
def in_crowd(client: TestClient, cast: Any) -> Play:
    """Runs a scene of a crowd that asks for a record, with these turns."""
    client.headers.update({**cast.alice.headers, **RDM})
    number = make_record(client)
    app: Any = client.app
    while not isinstance(app, FastAPI):
        app = getattr(app, "app", None) or app._app  # noqa: SLF001  layers

    async def play(scene: Scene, turns: Turns) -> None:
        slow = SlowForCrawlers(app)
        context = app.state.context
        front = PublicAnswers(slow, context.database, context.site.public_view, "rdm", 1_000_000, turns)
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(front), base_url="http://test") as web:
            await scene(Crowd(client, number, web, slow, turns))

    return lambda scene, turns: asyncio.run(asyncio.wait_for(play(scene, turns), 30))


async def statuses(asked: list[asyncio.Task[httpx2.Response]]) -> list[int]:
    return [answer.status_code for answer in await asyncio.gather(*asked)]


def test_a_crowd_is_answered_in_turns_and_a_person_at_once(in_crowd: Play, cast: Any) -> None:
    async def scene(crowd: Crowd) -> None:
        pages = await crowd.ask_all(*range(ASKED))
        pages.pop().cancel()  # who waits and leaves keeps no place
        drafts = await crowd.web.get("/api/user/records", headers=cast.alice.headers)
        assert drafts.status_code == 200
        own = await crowd.web.get(f"/records/{crowd.number}", headers=HTML | cast.alice.headers)
        assert own.status_code == 200
        assert crowd.slow.now == Turns().at_a_time
        crowd.slow.go_on.set()
        assert set(await statuses(pages)) == {200}
        assert crowd.slow.most == Turns().at_a_time

    in_crowd(scene, Turns())


def test_beyond_its_end_the_queue_says_when_to_come_back(in_crowd: Play) -> None:
    async def scene(crowd: Crowd) -> None:
        known = crowd.ask("kept")
        crowd.slow.go_on.set()
        assert (await known).status_code == 200
        crowd.slow.go_on.clear()
        pages = await crowd.ask_all(*range(5))
        refused = await crowd.ask("one more")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, str(RETRY_AFTER))
        assert refused.headers["content-type"].startswith("text/plain")
        assert f"{RETRY_AFTER} seconds" in refused.text
        told = await crowd.ask("one more", Accept="application/json")
        assert (told.status_code, told.json()["title"]) == (503, "Too many readers at once")
        assert (await crowd.ask("kept")).status_code == 200  # what is kept needs no turn
        assert (await crowd.ask("kept", Range="bytes=0-9")).status_code == 200
        crowd.slow.go_on.set()
        assert await statuses(pages) == [200] * 5
        assert (await crowd.ask("one more")).status_code == 200

    in_crowd(scene, Turns(most_waiting=3))


def test_who_leaves_makes_room_for_the_next(in_crowd: Play) -> None:
    async def scene(crowd: Crowd) -> None:
        pages = await crowd.ask_all(*range(3))
        pages.pop().cancel()
        await asyncio.sleep(0)
        pages += await crowd.ask_all("in its place")
        crowd.slow.go_on.set()
        assert await statuses(pages) == [200] * 3
        assert crowd.slow.made == 3

    in_crowd(scene, Turns(most_waiting=1))


def test_who_waited_gets_what_somebody_made_meanwhile(in_crowd: Play) -> None:
    async def scene(crowd: Crowd) -> None:
        pages = await crowd.ask_all("a", "b", "same", "same", "same")
        crowd.slow.go_on.set()
        assert await statuses(pages) == [200] * 5
        assert crowd.slow.made == 3

    in_crowd(scene, Turns())


def test_who_waited_while_the_record_was_closed_is_not_shown_it(in_crowd: Play) -> None:
    async def scene(crowd: Crowd) -> None:
        known = crowd.ask("kept")
        crowd.slow.go_on.set()
        assert METADATA["title"] in (await known).text
        crowd.slow.go_on.clear()
        pages = await crowd.ask_all("a", "b", "c", "c")
        await asyncio.to_thread(close, crowd.client, crowd.number)
        crowd.slow.go_on.set()
        assert set(await statuses([*pages, crowd.ask("kept")])) <= {403, 404}

    in_crowd(scene, Turns())


def close(client: TestClient, number: str) -> None:
    draft = f"/api/records/{number}/draft"
    client.post(draft)
    client.put(draft, json={"metadata": METADATA, "access": {"record": "restricted", "files": "restricted"}})
    assert client.post(f"{draft}/actions/publish").status_code == 202


def test_who_makes_too_long_holds_up_neither_the_others_nor_those_who_want_the_same(
    in_crowd: Play,
) -> None:
    async def scene(crowd: Crowd) -> None:
        pages = await crowd.ask_all("stuck", "stuck, too", "next", "last")
        assert (await crowd.ask("stuck")).status_code == 503  # the longest wait is over
        assert crowd.slow.now == 4
        crowd.slow.go_on.set()
        assert await statuses(pages) == [200] * 4

    in_crowd(scene, Turns(longest_turn=0.4, longest_wait=1))


def test_a_body_that_nobody_needs_changes_nothing(in_crowd: Play) -> None:
    async def scene(crowd: Crowd) -> None:
        crowd.slow.go_on.set()
        page = await crowd.ask()
        sent = await crowd.web.request("GET", f"/records/{crowd.number}?preview=", content=b"x" * 9000, headers=HTML)
        assert (sent.status_code, sent.content) == (200, page.content)
        assert crowd.slow.made == 1
        unseen = await crowd.web.request("GET", f"/records/{crowd.number}", content=b"x" * 9000, headers=HTML)
        assert unseen.status_code == 200

    in_crowd(scene, Turns())
