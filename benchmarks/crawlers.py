"""What reading costs that crawlers do: kept answers against a bare answer of the same server, in one run.

    python benchmarks/crawlers.py [--seconds 4]

Requests per second of the server's CPU, which is what one core answers when it has nothing else to do; 16 connections
of `wrk`, alternating, medians of five rounds.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server import Server, cpu_of, free_port, running

BARE = """
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})
"""
METADATA = {
    "title": "A record that crawlers like",
    "resource_type": {"id": "dataset"},
    "publication_date": "2024-11-30",
    "publisher": "Baton",
    "creators": [
        {"person_or_org": {"type": "personal", "family_name": f"Name {n}", "given_name": "A."}} for n in range(9)
    ],
    "description": "<p>" + "Words that describe it. " * 60 + "</p>",
    "rights": [{"id": "cc-by-4.0"}],
}
ROUNDS = 5


@contextmanager
def bare(folder: Path) -> Iterator[tuple[str, int]]:
    """The same HTTP server with an application that does nothing."""
    (folder / "bare.py").write_text(BARE)
    port = free_port()
    uvicorn = str(Path(sys.executable).parent / "uvicorn")
    command = [
        uvicorn,
        "bare:app",
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "warning",
        "--lifespan",
        "off",
    ]
    process = subprocess.Popen(command, cwd=folder)
    time.sleep(2)
    try:
        yield f"http://127.0.0.1:{port}/", process.pid
    finally:
        process.terminate()
        process.wait()


def publish(server: Server) -> str:
    number = server.json("POST", "/api/records", {"metadata": METADATA})["id"]
    files = f"/api/records/{number}/draft/files"
    for key in ("a.csv", "b/c.txt"):
        server.json("POST", files, [{"key": key}])
        server.json("PUT", f"{files}/{key}/content", b"1,2\n")
        server.json("POST", f"{files}/{key}/commit")
    server.json("POST", f"/api/records/{number}/draft/actions/publish")
    time.sleep(2)
    return str(number)


def rate(pid: int, url: str, seconds: int, *headers: str) -> float:
    """Requests per second of the CPU of the server, which is process `pid`."""
    before = cpu_of(pid)
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", *(part for header in headers for part in ("-H", header)), url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    spent = cpu_of(pid) - before
    found = re.search(r"([0-9]+) requests in", told)
    assert found, told
    assert "Non-2xx" not in told, told
    return int(found[1]) / spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4)
    seconds = parser.parse_args().seconds
    if shutil.which("wrk") is None:
        sys.exit("This needs wrk (Debian: apt-get install wrk).")
    with (
        tempfile.TemporaryDirectory() as name,
        bare(Path(name)) as (hello, hello_pid),
        running(Path(name) / "data", BATON_LOG_LEVEL="warning") as server,
    ):
        number = publish(server)
        base = f"http://127.0.0.1:{server.port}"
        status, _body = server.anonymous("GET", f"/records/{number}", headers={"Accept": "text/html"})
        assert status == 200
        server.connection.request("GET", f"/api/records/{number}")
        answer = server.connection.getresponse()
        answer.read()
        tag = answer.headers["ETag"]
        cases = {
            "record JSON": (f"{base}/api/records/{number}",),
            "landing page": (f"{base}/records/{number}", "Accept: text/html"),
            "BibTeX export": (f"{base}/records/{number}/export/bibtex",),
            "304 of the record": (f"{base}/api/records/{number}", f"If-None-Match: {tag}"),
        }
        ratios: dict[str, list[float]] = {case: [] for case in cases}
        for _ in range(ROUNDS):
            for case, (url, *headers) in cases.items():
                ratios[case].append(rate(server.process.pid, url, seconds, *headers) / rate(hello_pid, hello, seconds))
    for case, found in ratios.items():
        print(f"{case:20} {statistics.median(found):5.0%} of a bare answer ({min(found):.0%} to {max(found):.0%})")


if __name__ == "__main__":
    main()
