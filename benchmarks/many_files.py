"""A record with very many files: what its page and lists cost, and what a folder of small files costs its depositor.

    python benchmarks/many_files.py [--files 100000] [--folder 2000]

The files of the record share one content and are written into the database; those of the folder are deposited by
`baton deposit` and fetched by `baton get`. CPU is that of the server for one request, the median of eleven; of the
commands, client and server for each file.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert, select, update

from baton.files.models import file_totals, files
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.ids import new_uuid
from server import Server, running

BATON = Path(sys.executable).parent / "baton"
ROUNDS = 11
PER_FOLDER = 1000
HTML = {"Accept": "text/html"}
METADATA = {
    "title": "Very many files",
    "resource_type": {"id": "dataset"},
    "publication_date": "2026-01-01",
    "publisher": "Bench",
    "creators": [{"person_or_org": {"type": "personal", "family_name": "Marsh", "given_name": "Ada"}}],
}


def draft_with_one_file(server: Server) -> str:
    body = {"metadata": METADATA, "access": {"record": "public", "files": "public"}}
    number = str(server.json("POST", "/api/records", body)["id"])
    path = f"/api/records/{number}/draft/files"
    server.json("POST", path, [{"key": "first.txt"}])
    server.json("PUT", f"{path}/first.txt/content", b"hello")
    server.json("POST", f"{path}/first.txt/commit")
    return number


def add_files(folder: Path, number: str, count: int) -> None:
    """Files in folders that share the content of the first one."""
    database, now, record_id = Database(f"sqlite:///{folder / 'baton.db'}"), clock.now(), int(number)
    with database.write() as connection:
        first = connection.execute(select(files).where(files.c.record_id == record_id)).one()._asdict()
        shared = {name: value for name, value in first.items() if name not in {"id", "key", "position", "version_id"}}
        rows = [
            {
                **shared,
                "id": new_uuid(),
                "key": f"folder {place // PER_FOLDER:03}/file {place:06}.txt",
                "position": place,
                "version_id": new_uuid(),
                "created_at": now,
            }
            for place in range(1, count)
        ]
        connection.execute(insert(files), rows)
        totals = {"file_count": count, "byte_count": 5 * count, "next_position": count}
        connection.execute(update(file_totals).where(file_totals.c.record_id == record_id).values(totals))
    database.close()


def ask(server: Server, name: str, path: str, headers: dict[str, str]) -> None:
    """Print what one request costs; a parameter that means nothing keeps it from being answered from memory."""
    costs, times, size = [], [], 0
    for turn in range(ROUNDS):
        before, began = server.cpu, time.perf_counter()
        status, body = server.anonymous("GET", f"{path}{'&' if '?' in path else '?'}nothing={turn}", None, headers)
        times.append(time.perf_counter() - began)
        costs.append(server.cpu - before)
        assert status in {200, 206}, (path, status, body[:300])
        size = len(body)
    cost, took = 1000 * statistics.median(costs), 1000 * statistics.median(times)
    print(f"| {name} | {size / 1000:,.0f} KB | {cost:.1f} | {took:.0f} |", flush=True)


def look(server: Server, folder: Path, count: int) -> None:
    number = draft_with_one_file(server)
    add_files(folder, number, count)
    server.connection.close()  # the server has given it up meanwhile
    before, began = server.cpu, time.perf_counter()
    server.json("POST", f"/api/records/{number}/draft/actions/publish")
    print(f"\npublish, {count:,} files: {server.cpu - before:.2f} s of CPU, {time.perf_counter() - began:.2f} s\n")
    print("| of a record with so many files | size | server, CPU ms | by the clock, ms |\n|---|---|---|---|")
    api, page = f"/api/records/{number}", f"/records/{number}"
    accept = {"Accept": "application/vnd.inveniordm.v1+json"}
    ask(server, "landing page", page, HTML)
    ask(server, "a folder of 1,000 on the page", f"{page}?folder=folder%20042", HTML)
    ask(server, "page of one file", f"{page}/preview/folder%20042/file%20042042.txt", HTML)
    ask(server, "record as JSON", api, accept)
    ask(server, "list, first page", f"{api}/files", accept)
    ask(server, "list, last page of 1,000", f"{api}/files?page={count // 1000}&size=1000", accept)
    ask(server, "one file as JSON", f"{api}/files/folder%20042/file%20042042.txt", accept)
    ask(server, "search that finds it", "/api/records?q=very", accept)
    ask(server, "first byte of the archive of all", f"{api}/files-archive", {"Range": "bytes=0-0"})


def transfer(server: Server, folder: Path, count: int) -> None:
    """Deposit a folder of small files, then fetch it."""
    source, target = folder / "source", folder / "target"
    for place in range(count):
        path = source / f"{place // 100:03}" / f"{place:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"measurement {place}\n".encode() * 50)
    environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "BATON_TOKEN": server.token}
    address = f"http://127.0.0.1:{server.port}"
    said = ["--title", "Small files", "--creator", "Somebody", "--publish", "--quiet"]
    print("| folder of small files | seconds | files/s | client, CPU ms a file | server, CPU ms a file | client, MiB |")
    print("|---|---|---|---|---|---|")
    found = run(server, "deposit", count, environment, "deposit", str(source), "--to", address, *said)
    run(server, "get", count, environment, "get", found.rsplit(".", 1)[-1], "--from", address, "--to", str(target))
    server.connection.close()  # the server has given it up meanwhile


def run(server: Server, name: str, count: int, environment: dict[str, str], *command: str) -> str:
    before, began = server.cpu, time.perf_counter()
    process = subprocess.Popen([BATON, *command], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout.read().strip()
    _pid, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    assert status == 0, output
    client = usage.ru_utime + usage.ru_stime
    print(
        f"| {name}, {count:,} | {took:.0f} | {count / took:.0f} | {1000 * client / count:.1f} "
        f"| {1000 * (server.cpu - before) / count:.1f} | {usage.ru_maxrss / 1024:.0f} |"
    )
    return output


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--folder", type=int, default=2_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as server:
        transfer(server, Path(name), chosen.folder)
        look(server, Path(name), chosen.files)


if __name__ == "__main__":
    main()
