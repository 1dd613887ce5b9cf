"""`baton storage copy` when it is killed, its target fails, or a server is at work: in the end everything is there."""

import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.clients.conftest import Depositor
from tests.files.lineages import corrected, table
from tests.radosgw import SECRET, Gateway

from baton.storage.folder import FolderStore
from baton.storage.s3.address import Address, Keys
from baton.storage.s3.store import S3Store

BATON = Path(sys.executable).with_name("baton")
CONTENTS = 150
PATIENCE = 60


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> FolderStore:
    store, chance = FolderStore(tmp_path_factory.mktemp("source")), random.Random(1)
    for _number in range(CONTENTS):
        with store.writer() as writer:
            writer.write(chance.randbytes(chance.randrange(1, 200_000)))
            writer.finish()
    return store


def began(source: FolderStore, target: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [BATON, "storage", "copy", "--from", source.root, "--to", target],
        env={**os.environ, "BATON_DATA_DIR": str(source.root.parent / "nothing")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def done(source: FolderStore, target: str) -> tuple[int, str]:
    with began(source, target) as copying:
        told = copying.communicate(timeout=PATIENCE)[0]
    return copying.returncode, told


def store_at(url: str) -> S3Store:
    return S3Store(Address.parse(url, Keys()))


def wait_until(store: S3Store, count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(list(store.walk())) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_copy_that_is_killed_goes_on_with_what_is_missing(source: FolderStore, s3_server: Gateway) -> None:
    url = s3_server.url(s3_server.new_bucket())
    there, chance = 0, random.Random(2)
    for _run in range(3):
        with began(source, url) as copying:
            wait_until(store_at(url), there + chance.randrange(1, 30))
            time.sleep(chance.random() / 20)
            copying.kill()
        there = len(list(store_at(url).walk()))
    assert there < CONTENTS

    status, told = done(source, url)

    assert (status, f"{CONTENTS - there} contents and 0 notes were copied" in told) == (0, True), told
    assert list(store_at(url).walk()) == list(source.walk())
    assert f"BATON_STORAGE_URL={url}" in done(source, url)[1]


def test_a_target_that_goes_away_is_named_and_the_rest_comes_later(source: FolderStore, s3_server: Gateway) -> None:
    with s3_server.another() as gateway:
        url = gateway.url(gateway.new_bucket())
        with began(source, url) as copying:
            wait_until(store_at(url), 20)
            with gateway.stopped():
                told = copying.communicate(timeout=PATIENCE)[0]
        assert (copying.returncode, "run the same command again" in told) == (1, True)
        assert gateway.endpoint in told
        assert "Traceback" not in told
        there = len(list(store_at(url).walk()))
        status, told = done(source, url)
        assert (status, f"{CONTENTS - there} contents" in told) == (0, True), told
        assert list(store_at(url).walk()) == list(source.walk())


def test_a_target_that_refuses_is_quoted(source: FolderStore, s3_server: Gateway) -> None:
    wrong = s3_server.url(s3_server.new_bucket()).replace(SECRET, "a-guess")
    for url, reason in ((wrong, "SignatureDoesNotMatch"), (s3_server.url("no-such-bucket"), "NoSuchBucket")):
        status, told = done(source, url)
        assert (status, re.findall("Error: A store has failed: .*" + reason, told) != []) == (1, True), told
        assert "Debug source" not in told


def test_a_server_at_work_moves_by_the_steps_of_the_guide(
    start_server: Callable[..., Any], cast: Any, s3_server: Gateway
) -> None:
    server, url = start_server(), s3_server.url(s3_server.new_bucket())
    alice, is_over = Depositor(server, cast.alice.token), threading.Event()
    chance = random.Random(3)

    def publish(data: bytes, earlier: int | None = None) -> int:
        draft = alice.begin() if earlier is None else alice.post(f"/{earlier}/actions/newversion")
        alice.send(draft, "table.csv", data)
        return int(alice.post(f"/{draft['id']}/actions/publish")["id"])

    def deposit() -> None:
        first, data = publish(table()), table()
        while not is_over.is_set():
            data = corrected(data, chance.randrange(1000))
            first = publish(data, first)
            given_up = alice.begin()
            alice.send(given_up, "a.bin", chance.randbytes(100_000))
            requests.delete(f"{alice.api}/{given_up['id']}", headers=alice.headers, timeout=60).raise_for_status()

    def baton(*words: str, **settings: str) -> str:
        environment = {**server.environment, **settings}
        ran = subprocess.run(
            [str(BATON), "storage", *words], env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    depositing = threading.Thread(target=deposit)
    depositing.start()
    try:
        recipes = server.folder / "files" / "recipes"
        deadline = time.monotonic() + PATIENCE
        while not any(recipes.rglob("*")) and time.monotonic() < deadline:
            baton("copy", "--to", url)
    finally:
        is_over.set()
        depositing.join()
    # The server works with the new store from here; what came last is still in the old one.
    baton("copy", "--from", str(server.folder / "files"), "--to", url, BATON_STORAGE_URL=url)
    assert "0 are bad" in baton("verify", "--all", BATON_STORAGE_URL=url)
    assert any(store_at(url).walk_notes("recipes"))
