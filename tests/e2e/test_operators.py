"""What operators do: commands while the server runs, several workers, orderly stops, kills, and the doctor."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests
from tests.refusals import METADATA, RDM
from tests.waiting import until

from baton.kernel import clock
from baton.kernel.settings import Settings
from baton.search.documents import key_of
from baton.search.tantivy import TantivyBackend

BATON = Path(sys.executable).with_name("baton")


@dataclass
class Operator:
    """A data folder, the commands over it, and the servers that were started on it."""

    folder: Path
    environment: dict[str, str]
    servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *arguments: str, status: int = 0) -> str:
        """What a command prints on standard output."""
        done = subprocess.run(
            [BATON, *arguments], env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    def serve(self, *options: str) -> tuple[str, subprocess.Popen[bytes]]:
        """A server that answers, and its address."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with (self.folder / "log").open("ab") as log:
            command = [str(BATON), "serve", "--port", str(port), *options]
            server = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.servers.append(server)
        url = f"http://127.0.0.1:{port}"
        until(lambda: answers(f"{url}/ping"))
        return url, server


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=20).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.fixture
def operator(settings: Settings) -> Iterator[Operator]:
    given = {"data_dir": settings.data_dir, "database_url": settings.database_url}
    environment = {**os.environ, **{f"BATON_{name.upper()}": str(value) for name, value in given.items() if value}}
    operator = Operator(settings.data_dir, environment)
    yield operator
    for server in operator.servers:
        server.kill()
        server.wait()


class Depositor:
    """Alice at a server."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.headers.update({"Authorization": f"Bearer {token}", **RDM})

    def draft(self, **access: Any) -> str:
        body = {"metadata": METADATA, "access": {"record": "public", "files": "public", **access}}
        return str(self.http.post(f"{self.url}/api/records", json=body, timeout=20).json()["id"])

    def bucket(self, number: str) -> str:
        deposition = self.http.get(f"{self.url}/api/deposit/depositions/{number}", timeout=20).json()
        return f"{self.url}/api/files/{deposition['links']['bucket'].rpartition('/')[2]}"

    def publish(self, content: bytes = b"hello", **access: Any) -> str:
        number = self.draft(**access)
        assert self.http.put(f"{self.bucket(number)}/a.bin", data=content, timeout=20).status_code == 201
        answer = self.http.post(f"{self.url}/api/records/{number}/draft/actions/publish", timeout=20)
        assert answer.status_code == 202, answer.text
        return number

    def total(self) -> int:
        return int(self.http.get(f"{self.url}/api/records", timeout=20).json()["hits"]["total"])


def open_download(url: str, path: str) -> socket.socket:
    """A download of which nothing has been read yet, by somebody with a slow line."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64_000)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", int(url.rpartition(":")[2])))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    return connection


def upload_head(path: str, token: str, length: int) -> bytes:
    """The beginning of an upload whose bytes are to come."""
    lines = (f"PUT {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", f"Content-Length: {length}", "", "")
    return "\r\n".join(lines).encode()


def test_every_command_works_while_the_server_runs(operator: Operator, cast: Any, tmp_path: Path) -> None:
    url, _server = operator.serve()
    alice = Depositor(url, cast.alice.token)
    alice.publish()
    operator.run("user", "create", "dora@example.org", "--password", "a long password", "--admin")
    operator.run("user", "create", "dora@example.org", "--password", "a long password", "--exist-ok")
    operator.run("user", "create", "dora@example.org", "--password", "a long password", status=1)
    token = operator.run("token", "create", "dora@example.org", "--scopes", "deposit:write")
    assert token.count("\n") == 1
    dora = Depositor(url, token.strip())
    dora.draft()
    operator.run("migrate")
    operator.run("jobs", "run", "--until-idle")
    operator.run("jobs", "retry")
    operator.run("reindex")
    assert alice.total() == 1
    names = tmp_path / "names.csv"
    names.write_text("")
    operator.run("vocabularies", "import", "names", str(names))
    assert orjson.loads(operator.run("doctor", "--json")) == {"ok": True, "findings": []}
    alice.publish()
    until(lambda: alice.total() == 2)  # the server has its index back


def test_two_workers_serve_index_and_finish_what_they_began(operator: Operator, cast: Any) -> None:
    url, server = operator.serve("--workers", "2")
    alice = Depositor(url, cast.alice.token)
    content = os.urandom(20_000_000)
    number = alice.publish(content)
    for _record in range(3):
        alice.publish()
    until(lambda: alice.total() == 4)
    download = open_download(url, f"/api/records/{number}/files/a.bin/content")
    head, _blank, body = download.recv(64_000).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    server.send_signal(signal.SIGTERM)
    time.sleep(1)
    while piece := download.recv(1 << 20):
        body += piece
    download.close()
    assert body == content
    assert server.wait(30) == 0
    assert orjson.loads(operator.run("doctor", "--json"))["ok"]


def test_a_server_that_is_told_to_stop_finishes_a_slow_download_and_a_slow_upload(
    operator: Operator, cast: Any
) -> None:
    url, server = operator.serve()
    alice = Depositor(url, cast.alice.token)
    content = os.urandom(20_000_000)
    number, draft = alice.publish(content), alice.draft()
    path = alice.bucket(draft).removeprefix(url) + "/late.bin"
    upload = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=60)
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {cast.alice.token}\r\nContent-Length: 3000000\r\n\r\n"
    )
    upload.sendall(head.encode() + b"x" * 1_000_000)
    download = open_download(url, f"/api/records/{number}/files/a.bin/content")
    _head, _blank, body = download.recv(64_000).partition(b"\r\n\r\n")
    server.send_signal(signal.SIGTERM)
    time.sleep(1)
    assert not answers(f"{url}/ping")
    upload.sendall(b"x" * 2_000_000)
    assert upload.recv(1000).startswith(b"HTTP/1.1 201")
    while piece := download.recv(1 << 20):
        body += piece
    assert body == content
    assert server.wait(30) in {0, -signal.SIGTERM}
    upload.close()
    download.close()


def test_what_a_killed_server_leaves_of_an_upload_is_swept(operator: Operator, cast: Any) -> None:
    url, server = operator.serve()
    alice = Depositor(url, cast.alice.token)
    kept, draft = alice.publish(), alice.draft()
    path = alice.bucket(draft).removeprefix(url) + "/killed.bin"
    staged = operator.folder / "files" / "staged"
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=60) as upload:
        upload.sendall(upload_head(path, cast.alice.token, 9_000_000) + b"x" * 6_000_000)
        until(lambda: sum(file.stat().st_size for file in staged.iterdir()) > 1_000_000)
        server.kill()
        server.wait()
    assert len(list(staged.iterdir())) == 1
    tomorrow, next_week = (clock.now() + timedelta(days=days) for days in (1, 8))
    operator.run("jobs", "run", "--until-idle", "--at", tomorrow.isoformat())
    assert len(list(staged.iterdir())) == 1  # it can still be gone on with
    operator.run("jobs", "run", "--until-idle", "--at", next_week.isoformat())
    assert list(staged.iterdir()) == []
    url, _server = operator.serve()
    assert requests.get(f"{url}/api/records/{kept}/files/a.bin/content", timeout=20).content == b"hello"
    files = Depositor(url, cast.alice.token).http.get(f"{url}/api/records/{draft}/draft/files", timeout=20).json()
    assert files["entries"] == []
    assert orjson.loads(operator.run("doctor", "--json"))["ok"]


def test_an_embargo_is_lifted_by_a_drill_in_the_future_while_the_server_runs(operator: Operator, cast: Any) -> None:
    url, _server = operator.serve()
    day = (clock.today() + timedelta(days=40)).isoformat()
    alice = Depositor(url, cast.alice.token)
    number = alice.publish(files="restricted", embargo={"active": True, "until": day, "reason": "Not yet."})
    content = f"{url}/api/records/{number}/files/a.bin/content"
    assert requests.get(content, timeout=20).status_code == 403
    operator.run("jobs", "run", "--until-idle", "--at", f"{day}T00:00:01Z")
    assert requests.get(content, timeout=20).content == b"hello"
    record = requests.get(f"{url}/api/records/{number}", headers=RDM, timeout=20).json()
    assert record["access"]["files"] == "public"
    assert record["access"]["status"] == "open"


@pytest.fixture
def stopped(operator: Operator, cast: Any) -> tuple[Operator, str]:
    """A repository with one published record whose server has stopped."""
    url, server = operator.serve()
    alice = Depositor(url, cast.alice.token)
    number = alice.publish()
    until(lambda: alice.total() == 1)
    server.terminate()
    server.wait(30)
    return operator, number


def diagnosis(operator: Operator) -> list[dict[str, str]]:
    """What the doctor finds; there is something, so it says so to scripts as well."""
    answer = orjson.loads(operator.run("doctor", "--json", status=1))
    assert not answer["ok"]
    assert operator.run("doctor", status=1).count("\n") == len(answer["findings"])
    return list(answer["findings"])


def test_the_doctor_finds_contents_that_are_missing_or_cut(stopped: tuple[Operator, str]) -> None:
    operator, _number = stopped
    assert operator.run("doctor") == "Everything is where it should be.\n"
    [content] = [path for path in (operator.folder / "files" / "objects").glob("*/*") if path.stat().st_size == 5]
    content.write_bytes(b"hel")
    [finding] = diagnosis(operator)
    assert (finding["part"], "has 3 bytes instead of 5" in finding["what"]) == ("storage", True)
    assert "backup" in finding["advice"]
    content.unlink()
    [finding] = diagnosis(operator)
    assert "is missing" in finding["what"]


def test_the_doctor_finds_an_index_that_lost_a_record_and_reindexing_mends_it(stopped: tuple[Operator, str]) -> None:
    operator, number = stopped
    backend = TantivyBackend(operator.folder / "index")
    backend.apply([], [key_of(int(number), is_draft=False)])
    backend.close()
    [finding] = diagnosis(operator)
    assert (finding["part"], finding["advice"]) == ("search", "Run: baton reindex")
    operator.run("reindex")
    assert operator.run("doctor") == "Everything is where it should be.\n"


def test_the_doctor_speaks_json_even_when_storage_and_search_are_away(stopped: tuple[Operator, str]) -> None:
    operator, _number = stopped
    for name in ("files", "index"):
        (operator.folder / name).rename(operator.folder / f"{name}-aside")
        (operator.folder / name).write_text("not a folder")
    assert {finding["part"] for finding in diagnosis(operator)} == {"storage", "search"}


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("BATON_PORT", "loud", "BATON_PORT"),
        ("BATON_LOG_LEVEL", "loud", "BATON_LOG_LEVEL"),
        ("BATON_SMTP_URL", "loud", "BATON_SMTP_URL"),
        ("BATON_STORAGE_URL", "s3://nowhere", "BATON_STORAGE_URL"),
        ("BATON_DATABASE_URL", "loud", "database"),
        ("BATON_DATABASE_URL", "postgresql://127.0.0.1:1/nowhere", "database"),
        ("BATON_DATA_DIR", "/dev/null/nowhere", "/dev/null/nowhere"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_a_sentence(
    operator: Operator, setting: str, value: str, told: str
) -> None:
    done = subprocess.run(
        [BATON, "doctor"], env={**operator.environment, setting: value}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
