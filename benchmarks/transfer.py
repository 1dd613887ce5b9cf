"""How fast bytes come in and go out, beside MD5 on one core and nginx with sendfile in the same run.

    python benchmarks/transfer.py [--size-mib 1024] [--rounds 5] [--folder DIR]

The server is uvicorn with nothing but our own upload and download, in a process of its own; the client is a plain
socket on the same machine. Every upload is hashed (MD5, SHA-256, CRC-32) and fsynced before its answer.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from baton.cli.serve import OPTIONS
from baton.files.download import Downloads, archive_response, content_response
from baton.files.entry import FileEntry
from baton.files.rules import Limits, declared
from baton.files.upload import receive
from baton.kernel.heap import tune_heap
from baton.storage.folder import FolderStore

MIB = 1 << 20
# Different in every MiB, so that neither the file system nor the network can cheat; made once.
DATA = [random.Random(seed).randbytes(MIB) for seed in range(16)]
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
LIMITS = Limits(1 << 50, 1 << 50, 100)


def make_app(folder: Path) -> Starlette:
    store = FolderStore(folder)
    crc32s: dict[str, int] = {}  # of what was uploaded

    async def upload(request: Request) -> Response:
        async with receive(
            request.stream(), store, check_size=LIMITS.check_size, declared=declared(request.headers)
        ) as stored:
            crc32s[stored.sha256] = stored.crc32
            return JSONResponse({"sha256": stored.sha256, "md5": stored.md5, "crc32": stored.crc32})

    def entry(request: Request) -> FileEntry:
        sha256, size = request.path_params["sha256"], int(request.path_params["size"])
        crc32 = crc32s.get(sha256)
        return FileEntry(
            "0", "x.bin", "completed", size, "0" * 32, sha256, crc32, "application/octet-stream", "0", MOMENT, MOMENT
        )

    async def download(request: Request) -> Response:
        return content_response(request, Downloads(store, print), entry(request), is_public=True)

    async def archive(request: Request) -> Response:
        return archive_response(request, Downloads(store, print), [entry(request)], "x.zip", MOMENT, is_public=True)

    async def delete(request: Request) -> Response:
        await asyncio.to_thread(store.delete, request.path_params["sha256"])
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/", upload, methods=["PUT"]),
            Route("/archive/{sha256}/{size}", archive),
            Route("/{sha256}/{size}", download),
            Route("/{sha256}", delete, methods=["DELETE"]),
        ]
    )


class Server:
    """A process to talk to, and what it costs."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, pids: Callable[[], list[int]]) -> None:
        self.process = process
        self.port = port
        self._pids = pids

    def cpu_seconds(self) -> float:
        ticks = 0
        for pid in self._pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_mib(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, *, has_children: bool = False) -> Iterator[Server]:
    process = subprocess.Popen(command)

    def pids() -> list[int]:
        if not has_children:
            return [process.pid]
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        return [process.pid, *map(int, children.split())]

    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        yield Server(process, port, pids)
    finally:
        process.terminate()
        process.wait()


def nginx_conf(folder: Path, port: int) -> Path:
    path = folder / "nginx.conf"
    path.write_text(
        f"""daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
        user root; events {{ worker_connections 64; }}
        http {{ access_log off; sendfile on; tcp_nopush on;
               server {{ listen 127.0.0.1:{port}; root {folder}/objects; }} }}
        """
    )
    return path


def exchange(port: int, head: str, body: Iterable[bytes]) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(f"{head}\r\nHost: x\r\nConnection: close\r\n".encode())
    for piece in body:
        connection.sendall(piece)
    return connection


def put(port: int, mib: int) -> str:
    def body() -> Iterator[bytes]:
        yield f"Content-Length: {mib * MIB + 8}\r\n\r\n".encode() + os.urandom(8)
        for index in range(mib):
            yield DATA[index % len(DATA)]

    with exchange(port, "PUT / HTTP/1.1", body()) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200"), answer
    return str(json.loads(answer.partition(b"\r\n\r\n")[2])["sha256"])


def get(port: int, path: str, headers: str = "") -> int:
    """Read an answer and throw it away; returns the bytes of its body."""
    buffer = bytearray(MIB)
    with exchange(port, f"GET {path} HTTP/1.1{headers}", [b"\r\n"]) as connection:
        count = connection.recv_into(buffer)
        assert bytes(buffer[9:12]) in {b"200", b"206"}, buffer[:count]
        total = count - buffer.index(b"\r\n\r\n") - 4
        while count := connection.recv_into(buffer):
            total += count
    return total


def timed(server: Server | None, mib: int, act: Callable[[], object]) -> tuple[float, float]:
    """MB/s, and the server's CPU seconds for one GiB."""
    cpu = server.cpu_seconds() if server else time.process_time()
    start = time.perf_counter()
    act()
    took = time.perf_counter() - start
    spent = (server.cpu_seconds() if server else time.process_time()) - cpu
    return mib * MIB / 1e6 / took, spent * 1024 / mib


def hash_alone(mib: int) -> None:
    digest = hashlib.md5(usedforsecurity=False)
    for index in range(mib):
        digest.update(DATA[index % len(DATA)])


@contextmanager
def watched(server: Server) -> Iterator[list[float]]:
    """Collects the server's memory, in MiB, while the block runs."""
    seen = [server.memory_mib()]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            seen.append(server.memory_mib())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def speeds(ours: Server, nginx: Server | None, mib: int, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Each thing once a round, in turn, so that a busy machine is unfair to all alike."""
    found: dict[str, list[tuple[float, float]]] = {}
    names: list[str] = []

    def note(what: str, server: Server | None, act: Callable[[], object]) -> None:
        found.setdefault(what, []).append(timed(server, mib, act))

    for _ in range(rounds):
        note("md5 on one core", None, lambda: hash_alone(mib))
        note("upload", ours, lambda: names.append(put(ours.port, mib)))
        name = names.pop()
        path = f"/{name}/{mib * MIB + 8}"
        # Once unmeasured, so that all of them find the file in memory.
        get(ours.port, path)
        note("download", ours, partial(get, ours.port, path))
        note("archive", ours, partial(get, ours.port, f"/archive{path}"))
        if nginx is not None:
            note("nginx sendfile", nginx, partial(get, nginx.port, f"/{name[:2]}/{name}"))
        exchange(ours.port, f"DELETE /{name} HTTP/1.1", [b"\r\n"]).close()
    return found


def memory(server: Server, mib: int) -> tuple[float, float]:
    """By how many MiB the server grows during one upload and one download."""
    with watched(server) as during_upload:
        name = put(server.port, mib)
    with watched(server) as during_download:
        assert get(server.port, f"/{name}/{mib * MIB + 8}") == mib * MIB + 8
    return max(during_upload) - during_upload[0], max(during_download) - during_download[0]


def report(found: dict[str, list[tuple[float, float]]], grown: tuple[float, float], mib: int) -> None:
    medians = {what: statistics.median(rate for rate, _ in rows) for what, rows in found.items()}
    print(f"{'':18}{'MB/s':>8}{'best':>8}{'CPU s/GiB':>11}")
    for what, rows in found.items():
        cpu = statistics.median(cost for _, cost in rows)
        print(f"{what:18}{medians[what]:8.0f}{max(rate for rate, _ in rows):8.0f}{cpu:11.2f}")
    pairs = zip(found["upload"], found["md5 on one core"], strict=True)
    print(f"upload / md5: {statistics.median(up[0] / md5[0] for up, md5 in pairs):.2f} (median of the rounds' ratios)")
    if "nginx sendfile" in found:
        pairs = zip(found["download"], found["nginx sendfile"], strict=True)
        print(f"download / nginx: {statistics.median(down[0] / them[0] for down, them in pairs):.2f}")
    print(f"growth during {mib} MiB: upload {grown[0]:.1f} MiB, download {grown[1]:.1f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size-mib", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to store, on the disk to be measured")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        tune_heap()
        uvicorn.run(make_app(options.folder), port=options.serve, **OPTIONS)
        return
    folder = Path(tempfile.mkdtemp(prefix="transfer-", dir=options.folder))
    try:
        port, nginx_port = free_port(), free_port()
        ourselves = [sys.executable, __file__, "--serve", str(port), "--folder", str(folder)]
        with running(ourselves, port) as ours:
            if shutil.which("nginx"):
                config = nginx_conf(folder, nginx_port)
                with running(["nginx", "-c", str(config)], nginx_port, has_children=True) as nginx:
                    found = speeds(ours, nginx, options.size_mib, options.rounds)
            else:
                found = speeds(ours, None, options.size_mib, options.rounds)
            report(found, memory(ours, 2 * options.size_mib), 2 * options.size_mib)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
