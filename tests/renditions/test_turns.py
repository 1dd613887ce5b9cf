"""What crawlers ask for the first time is made in turns, and people do not wait for it."""

import asyncio
from typing import Any

import httpx2
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from tests.refusals import RDM, make_record

from baton.renditions.front import AT_A_TIME, PublicAnswers

ASKED = 12


class SlowForCrawlers:
    """The program, which takes its time for whoever brings no token."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.now = self.most = 0
        self.crowded, self.go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if b"authorization" not in dict(scope["headers"]):
            self.now += 1
            self.most = max(self.most, self.now)
            if self.now >= AT_A_TIME:
                self.crowded.set()
            await self.go_on.wait()
            self.now -= 1
        await self.app(scope, receive, send)


def test_a_crowd_is_answered_in_turns_and_a_person_at_once(client: TestClient, cast: Any) -> None:
    client.headers.update({**cast.alice.headers, **RDM})
    number = make_record(client)
    app: Any = client.app
    while not isinstance(app, FastAPI):
        app = getattr(app, "app", None) or app._app  # noqa: SLF001  layers

    async def crowd() -> None:
        slow = SlowForCrawlers(app)
        context = app.state.context
        front = PublicAnswers(slow, context.database, context.site.public_view, "rdm", 1_000_000)
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(front), base_url="http://test") as web:
            pages = [asyncio.create_task(web.get(f"/records/{number}?preview={n}")) for n in range(ASKED)]
            await slow.crowded.wait()
            pages.pop().cancel()  # who waits and leaves keeps no place
            drafts = await web.get("/api/user/records", headers=cast.alice.headers)
            assert drafts.status_code == 200
            assert slow.now == AT_A_TIME
            slow.go_on.set()
            answers = await asyncio.gather(*pages)
        assert {answer.status_code for answer in answers} == {200}
        assert slow.most == AT_A_TIME

    asyncio.run(asyncio.wait_for(crowd(), 30))
