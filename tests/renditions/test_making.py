"""Many who ask for the same at the same time: it is made once, and nobody waits for another one's connection."""

import asyncio
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from tests.refusals import RDM, make_record

from baton.renditions.front import PublicAnswers
from baton.renditions.turns import Turns

PAGE = b"<p>the page</p>"


class Slow:
    """An application that takes its time, and counts."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.asked = 0
        self.is_asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.asked += 1
        self.is_asked.set()
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": PAGE})


async def _stay() -> Message:
    """What is heard of a client that has sent its request and waits."""
    await asyncio.Event().wait()
    return {"type": "http.disconnect"}


async def _ask(answers: PublicAnswers, path: str) -> bytes:
    body = b""

    async def send(message: Message) -> None:
        nonlocal body
        body += message.get("body", b"")

    await answers(_request(path), _stay, send)
    return body


async def _ask_and_take_nothing(answers: PublicAnswers, path: str) -> None:
    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    await answers(_request(path), _stay, send)


def _request(path: str) -> Scope:
    return {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [(b"accept", b"text/html")]}


async def _crowd(context: Any, path: str, app: Slow) -> list[bytes]:
    """What nine get who ask while the first, who will not take the answer, has made the application work."""
    answers = PublicAnswers(app, context.database, context.site.public_view, "rdm", 1 << 20, Turns())
    first = asyncio.create_task(_ask_and_take_nothing(answers, path))
    await asyncio.sleep(0)
    others = [asyncio.create_task(_ask(answers, path)) for _ in range(9)]
    await asyncio.wait_for(app.is_asked.wait(), 20)
    app.may_answer.set()
    try:
        return await asyncio.wait_for(asyncio.gather(*others), 20)
    finally:
        first.cancel()


@pytest.mark.parametrize(("status", "asked"), [(200, 1), (503, 10)])
def test_who_takes_nothing_keeps_nobody_waiting_and_what_can_be_kept_is_made_once(
    client: TestClient, context: Any, cast: Any, status: int, asked: int
) -> None:
    client.headers.update({**cast.alice.headers, **RDM})
    path = f"/records/{make_record(client)}"

    async def run() -> None:
        app = Slow(status)
        assert await _crowd(context, path, app) == [PAGE] * 9
        assert app.asked == asked

    asyncio.run(run())
