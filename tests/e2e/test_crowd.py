"""Hundreds of connections of crawlers at once, and somebody who works beside them."""

import socket
import threading
from typing import Any

from tests.e2e.conftest import Live, Reply, next_reply, read_reply
from tests.refusals import BODY, METADATA, RDM

from baton.renditions.turns import Turns

CRAWLERS = 300


def deposit(live: Live) -> str:
    number = str(live.call("POST", "/api/records", BODY).json()["id"])
    files = f"/api/records/{number}/draft/files"
    steps: list[tuple[str, str, Any, int]] = [
        ("POST", files, [{"key": "a.txt"}], 201),
        ("PUT", f"{files}/a.txt/content", b"hello", 200),
        ("POST", f"{files}/a.txt/commit", b"", 200),
        ("POST", f"/api/records/{number}/draft/actions/publish", b"", 202),
    ]
    for method, path, body, status in steps:
        assert live.call(method, path, body).status == status
    return number


def test_a_person_searches_and_deposits_while_hundreds_ask_for_what_nobody_has_read(live: Live) -> None:
    number = deposit(live)

    def ask(query: object) -> bytes:
        return f"GET /records/{number}?n={query} HTTP/1.1\r\nHost: testserver\r\nAccept: text/html\r\n\r\n".encode()

    crawlers = [live.connect() for _ in range(CRAWLERS)]
    for query, connection in enumerate(crawlers):
        connection.sendall(ask(query))
    gone, crawlers = crawlers[:20], crawlers[20:]
    for connection in gone:
        connection.close()
    assert live.call("GET", "/search?q=water", Accept="text/html").status == 200
    own = live.call("GET", f"/records/{deposit(live)}", Accept="text/html")
    assert own.status == 200

    replies = [read_reply(connection) for connection in crawlers]
    answered = [reply for reply in replies if reply.status == 200]
    refused = [reply for reply in replies if reply.status == 503]
    assert len(answered) + len(refused) == len(crawlers)
    assert len(answered) >= Turns().most_waiting - len(gone)
    assert {reply.headers.get("retry-after") for reply in refused} <= {"10"}
    later: Reply = live.raw(ask("later"))
    assert later.status == 200


def test_an_edit_shows_at_once_however_many_ask_at_the_same_moment(live: Live) -> None:
    number = deposit(live)
    address, draft = f"/api/records/{number}", f"/api/records/{number}/draft"
    request = f"GET {address} HTTP/1.1\r\nHost: testserver\r\nAccept: {RDM['Accept']}\r\n\r\n".encode()
    is_over = threading.Event()

    def crawl(connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        while not is_over.is_set():
            connection.sendall(request * 4)
            assert [next_reply(stream).status for _ in range(4)] == [200] * 4

    crowd = [threading.Thread(target=crawl, args=(live.connect(),)) for _ in range(4)]
    for crawler in crowd:
        crawler.start()
    for title in (f"Title {n}" for n in range(10)):
        live.call("POST", draft)
        live.call("PUT", draft, BODY | {"metadata": METADATA | {"title": title}})
        assert live.call("POST", f"{draft}/actions/publish").status == 202
        assert live.raw(request).json()["metadata"]["title"] == title
    is_over.set()
    for crawler in crowd:
        crawler.join(20)
