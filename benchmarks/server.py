"""A server in its own process for benchmarks: started, asked, and read for the CPU time and memory that it takes."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from typing import Any

TICK = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """Seconds of CPU of a process so far, all its threads, from the scheduler's own account."""
    tasks = Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9


@dataclass
class Server:
    """A running server, with one keep-alive connection to it."""

    process: subprocess.Popen[bytes]
    port: int
    token: str
    connection: HTTPConnection
    started_in: float  # seconds from exec to the first answer

    def anonymous(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        self.connection.request(method, path, body, headers or {})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """As the owner of the token, in the RDM dialect; bytes go out as they are."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        headers["Accept"] = "application/vnd.inveniordm.v1+json"
        status, answer = self.anonymous(method, path, data, headers)
        assert status < 400, (method, path, status, answer[:500])
        return json.loads(answer) if answer else None

    @property
    def cpu(self) -> float:
        """Seconds of CPU of the server process so far."""
        return cpu_of(self.process.pid)

    @property
    def memory(self) -> int:
        """Bytes of resident memory."""
        return self._status("VmRSS")

    @property
    def peak_memory(self) -> int:
        """The most that it ever was."""
        return self._status("VmHWM")

    def _status(self, name: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(name))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Server]:
    """Start `baton serve` on `folder`, with a user and a token; stop it at the end."""
    port = free_port()
    environment = {**os.environ, "BATON_DATA_DIR": str(folder), "BATON_PORT": str(port), **settings}
    baton = str(Path(sys.executable).parent / "baton")
    create = [baton, "user", "create", "bench@example.org", "--password", "a long password", "--exist-ok"]
    subprocess.run(create, env=environment, check=True, capture_output=True)
    made = subprocess.run(
        [baton, "token", "create", "bench@example.org"], env=environment, check=True, capture_output=True
    )
    started = time.perf_counter()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([baton, "serve"], env=environment, stdout=log, stderr=log)
    try:
        connection = _first_answer(port)
        took = time.perf_counter() - started
        yield Server(process, port, made.stdout.decode().strip(), connection, took)
    finally:
        process.terminate()
        process.wait(60)


def _first_answer(port: int) -> HTTPConnection:
    for _attempt in range(2000):
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            connection.request("GET", "/ping")
            connection.getresponse().read()
        except (ConnectionError, RemoteDisconnected):
            time.sleep(0.01)
        else:
            return connection
    raise TimeoutError
