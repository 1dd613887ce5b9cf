"""What `baton deposit` and `baton get` send, and how much memory they take, for a table and its next version.

    python benchmarks/client.py [--size-mib 1024] [--folder DIR]

A CSV of that size is deposited; one row is inserted at a third of it, and it is deposited as a new version; then the
first version is fetched and brought up to date. Bytes are counted between client and server; memory is the greatest
resident size of the client's process, and of the server's until then. At most four times the size is on the disk.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from baton.client.local import digests_of
from server import running

MIB = 1 << 20
BATON = Path(sys.executable).parent / "baton"
SAID = ["--title", "A table", "--creator", "Somebody", "--publish"]


class Wire:
    """Passes connections on to a port and counts what goes there and what comes back."""

    def __init__(self, port: int) -> None:
        self.sent = self.received = 0
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _address = self._listener.accept()
            server = socket.create_connection(("127.0.0.1", self._target))
            threading.Thread(target=self._pass, args=(client, server, "sent"), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, "received"), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counter: str) -> None:
        with suppress(OSError):
            while data := source.recv(256 << 10):
                setattr(self, counter, getattr(self, counter) + len(data))
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)


@dataclass
class Run:
    """What one command took."""

    output: str
    seconds: float
    memory: int  # bytes


def run(command: list[str], environment: dict[str, str]) -> Run:
    """Run a command of ours and measure its process alone."""
    started = time.perf_counter()
    process = subprocess.Popen([BATON, *command], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    assert status == 0, output
    return Run(output.strip(), time.perf_counter() - started, usage.ru_maxrss * 1024)


def rows(start: int) -> Iterator[str]:
    """Measurements that do not repeat."""
    number = start
    while True:
        one, two = number * 7919 % 1000003, number * 104729 % 999983
        yield f"{number},{one},{two},{number % 17 * 0.25},station {number % 911}\n"
        number += 1


def write_table(path: Path, size: int, inserted_at: int | None = None) -> None:
    """A table of about `size` bytes, with a row more at that offset."""
    written = 0
    with path.open("w") as target:
        for row in rows(0):
            if inserted_at is not None and written >= inserted_at:
                target.write("a row that was forgotten\n")
                inserted_at = None
            written += target.write(row)
            if written >= size:
                return


def pass_over(_count: int) -> None:
    """Of bytes that are read to compare them."""


@contextmanager
def folder_in(parent: str | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def measure(folder: Path, size: int) -> None:
    table = folder / "table.csv"
    (folder / "data").mkdir()
    with running(folder / "data") as server:
        wire = Wire(server.port)
        environment = {**os.environ, "BATON_TOKEN": server.token, "XDG_STATE_HOME": str(folder / "state")}
        write_table(table, size)
        length = table.stat().st_size

        def step(name: str, *command: str) -> str:
            wire.sent = wire.received = 0
            done = run([*command, "--quiet"], environment)
            print(
                f"{name:12} {done.seconds:7.1f} s   sent {wire.sent:>13,} ({wire.sent / length:8.3%})   "
                f"received {wire.received:>13,} ({wire.received / length:8.3%})   "
                f"memory {done.memory / MIB:.0f} MiB, of the server {server.peak_memory / MIB:.0f} MiB",
                flush=True,
            )
            return done.output.removeprefix("https://doi.org/")

        copy = folder / "copy"
        first = step("first", "deposit", str(table), "--to", wire.url, *SAID)
        write_table(table, size, inserted_at=size // 3)
        step("new version", "deposit", str(table), "--to", wire.url, "--new-version-of", first, *SAID)
        expected = digests_of(table, pass_over).sha256
        table.unlink()
        step("get", "get", first, "--from", wire.url, "--to", str(copy))
        step("get --update", "get", first, "--update", "--from", wire.url, "--to", str(copy))
        assert digests_of(copy / "table.csv", pass_over).sha256 == expected


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--size-mib", type=int, default=1024)
    parser.add_argument("--folder", help="where the data go; the system's folder for temporary files by default")
    given = parser.parse_args()
    with folder_in(given.folder) as place:
        measure(place, given.size_mib * MIB)
