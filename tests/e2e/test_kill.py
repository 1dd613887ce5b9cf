"""`kill -9` of the server at random moments: what it acknowledged is there, and nothing is half there.

Each run starts a server in a process of its own on the same data, lets it work on uploads, publications, new versions
and discards, and kills it after a random number of milliseconds. The next server must show everything that was
acknowledged, and `baton doctor` must find nothing. The server is forked from a process that has imported it already, so
that a start takes a fraction of a second.
"""

import hashlib
import multiprocessing
import os
import random
import socket
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self

import orjson
import pytest
import uvicorn

from baton.app import create_app, create_context
from baton.health import examine
from baton.kernel.settings import Settings

RUNS = int(os.environ.get("BATON_KILL_RUNS", "200"))
# Runs that share one data folder, so that later ones find what earlier ones left behind.
RUNS_A_FOLDER = 25
LONGEST_LIFE = 0.5  # seconds

METADATA = {
    "title": "Killed",
    "resource_type": {"id": "dataset"},
    "publication_date": "2024-01-01",
    "publisher": "Test",
    "creators": [{"person_or_org": {"type": "organizational", "name": "Us"}}],
}
RDM = "application/vnd.inveniordm.v1+json"


def serve(settings: dict[str, Any], port: int) -> None:
    """The whole server, in the process that will be killed."""
    app = create_app(Settings(**settings))
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)


@dataclass
class Acknowledged:
    """What the servers have said so far. What was under way at a kill may have happened or not."""

    published: dict[int, dict[str, str]] = field(default_factory=dict)  # record: {key: MD5}
    uploaded: dict[int, dict[str, str]] = field(default_factory=dict)  # draft: {key: MD5}
    discarded: set[int] = field(default_factory=set)
    tried_to_publish: set[int] = field(default_factory=set)
    tried_to_discard: set[int] = field(default_factory=set)


class Client:
    """Speaks to the server until it is gone."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=20)
        self._headers = {"Authorization": f"Bearer {token}", "Accept": RDM}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def call(self, method: str, path: str, body: bytes | object = None) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) or body is None else orjson.dumps(body)
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        self._connection.request(method, path, data, {**self._headers, "Content-Type": kind})
        answer = self._connection.getresponse()
        content = answer.read()
        is_json = answer.headers["content-type"] == "application/json" or answer.headers["content-type"] == RDM
        return answer.status, orjson.loads(content) if content and is_json else content


def work(client: Client, known: Acknowledged, chance: random.Random) -> None:
    """Deposit, publish, make new versions and discard, noting each acknowledgement, until the server is killed."""
    try:
        while True:
            _deposit(client, known, chance)
    except (OSError, HTTPException):
        return


def _deposit(client: Client, known: Acknowledged, chance: random.Random) -> None:
    if known.published and chance.random() < 0.4:
        number = _new_version(client, known, chance.choice(sorted(known.published)))
    else:
        number = int(client.call("POST", "/api/records", {"metadata": METADATA})[1]["id"])
        known.uploaded[number] = {}
    for _file in range(chance.randint(1, 2)):
        _upload(client, known, number, chance)
    if chance.random() < 0.2:
        known.tried_to_discard.add(number)
        if client.call("DELETE", f"/api/records/{number}/draft")[0] == 204:
            known.discarded.add(number)
            known.uploaded.pop(number, None)
        return
    known.tried_to_publish.add(number)
    status, _record = client.call("POST", f"/api/records/{number}/draft/actions/publish")
    if status == 202:
        known.published[number] = known.uploaded.pop(number)


def _new_version(client: Client, known: Acknowledged, number: int) -> int:
    draft = client.call("POST", f"/api/records/{number}/versions")[1]
    new = int(draft["id"])
    if new not in known.uploaded:
        known.uploaded[new] = {}
    status, _files = client.call("POST", f"/api/records/{new}/draft/actions/files-import")
    if status == 201:
        listing = client.call("GET", f"/api/records/{new}/draft/files")[1]
        known.uploaded[new] |= {entry["key"]: entry["checksum"] for entry in listing["entries"]}
    return new


def _upload(client: Client, known: Acknowledged, number: int, chance: random.Random) -> None:
    key, content = f"{chance.getrandbits(32):08x}.bin", chance.randbytes(chance.choice([10, 5_000, 700_000]))
    files = f"/api/records/{number}/draft/files"
    client.call("POST", files, [{"key": key}])
    client.call("PUT", f"{files}/{key}/content", content)
    if client.call("POST", f"{files}/{key}/commit")[0] == 200:
        known.uploaded[number][key] = "md5:" + hashlib.md5(content, usedforsecurity=False).hexdigest()
    else:
        client.call("DELETE", f"{files}/{key}")


def check(client: Client, known: Acknowledged) -> None:
    """Everything acknowledged is there; everything public is whole."""
    for number, files in known.published.items():
        status, record = client.call("GET", f"/api/records/{number}")
        assert status == 200, f"published record {number} is gone"
        entries = record["files"]["entries"]
        assert {key: entry["checksum"] for key, entry in entries.items()} == files
    for number, files in list(known.uploaded.items()):
        _check_draft(client, known, number, files)
    for number in known.discarded:
        assert client.call("GET", f"/api/records/{number}/draft")[0] == 404


def _check_draft(client: Client, known: Acknowledged, number: int, files: dict[str, str]) -> None:
    status, record = client.call("GET", f"/api/records/{number}")
    if status == 200:  # the publication under way at the kill has happened, so all of it
        assert number in known.tried_to_publish
        entries = record["files"]["entries"]
        assert all(entry["checksum"] for entry in entries.values())
        assert client.call("GET", f"/api/records/{number}/draft")[0] == 404
        known.published[number] = {key: entry["checksum"] for key, entry in entries.items()}
        assert files.items() <= known.published[number].items()
        del known.uploaded[number]
        return
    status, draft = client.call("GET", f"/api/records/{number}/draft")
    if status == 404:
        assert number in known.tried_to_discard
        del known.uploaded[number]
        return
    there = {key: entry.get("checksum") for key, entry in draft["files"]["entries"].items()}
    assert files.items() <= there.items(), f"acknowledged files of draft {number} are gone"
    for key in there.keys() - files.keys():  # what was under way can be removed and done again
        assert client.call("DELETE", f"/api/records/{number}/draft/files/{key}")[0] == 204


def check_content(client: Client, known: Acknowledged, chance: random.Random) -> None:
    """The bytes of one published file are those that were sent."""
    if not known.published:
        return
    number = chance.choice(sorted(known.published))
    for key, checksum in known.published[number].items():
        content = client.call("GET", f"/api/records/{number}/files/{key}/content")[1]
        assert "md5:" + hashlib.md5(content, usedforsecurity=False).hexdigest() == checksum


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def processes() -> Any:
    """Forks servers off a process that has imported the program, and nothing of this one's threads."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["baton.app", "uvicorn"])
    return context


def _wait_until_it_answers(port: int) -> None:
    for _attempt in range(3000):
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", "/ping")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    pytest.fail("the server did not come up again")


@pytest.mark.parametrize("folder", range(max(1, RUNS // RUNS_A_FOLDER)))
def test_a_killed_server_keeps_what_it_acknowledged(processes: Any, settings: Settings, cast: Any, folder: int) -> None:
    known = Acknowledged()
    chance = random.Random(folder)
    values = settings.model_dump(mode="json")
    for run in range(RUNS_A_FOLDER + 1):
        port = _free_port()
        server = processes.Process(target=serve, args=(values, port), daemon=True)
        server.start()
        try:
            _wait_until_it_answers(port)
            with Client(port, cast.alice.token) as client:
                check(client, known)
                check_content(client, known, chance)
            if run < RUNS_A_FOLDER:
                killer = threading.Timer(chance.uniform(0.01, LONGEST_LIFE), server.kill)
                killer.start()
                with Client(port, cast.alice.token) as client:
                    work(client, known, chance)
                killer.join()
        finally:
            server.kill()
            server.join()
    _doctor_is_content(settings)


def _doctor_is_content(settings: Settings) -> None:
    context = create_context(settings)
    try:
        assert not [f for f in examine(context) if f.part != "worker"], Path(settings.data_dir)
    finally:
        context.search.close()
        context.database.close()
