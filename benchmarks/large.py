"""A large file through the command line, the API and the page, and the memory that it takes.

    python benchmarks/large.py --folder DIR [--sizes-gib 1 16 100]

For each size a server of its own: `baton deposit` sends the file and publishes it; its last bytes, its page and its
list are asked for; `baton get` fetches it whole, which compares its digests. Memory is the greatest resident size of
the client's process, and of the server's from just before until then.

Each MiB of the file begins with its own number, and the rest are zeros: the file itself is sparse, and a file system
that compresses (`mount -t btrfs -o compress=zstd`) keeps the server's copy and the fetched one in a hundredth of the
space. Every byte is sent, hashed, written and synced as any other; what the disk takes of it is not measured here.
"""

import argparse
import os
from pathlib import Path

from client import MIB, SAID, folder_in, run
from server import Server, running

GIB = 1 << 30
LIMITS = {"BATON_MAX_FILE_BYTES": str(1 << 42), "BATON_MAX_RECORD_BYTES": str(1 << 42)}
TAIL = 3 * MIB


def numbered(index: int) -> bytes:
    """The MiB of that number."""
    return index.to_bytes(8, "little").ljust(MIB, b"\0")


def write_sparse(path: Path, mib: int) -> None:
    with path.open("wb") as target:
        target.truncate(mib * MIB)
        for index in range(mib):
            os.pwrite(target.fileno(), index.to_bytes(8, "little"), index * MIB)


def measure(folder: Path, gib: int) -> None:
    source, size = folder / "large.bin", gib * GIB
    write_sparse(source, gib * 1024)
    (folder / "data").mkdir()
    with running(folder / "data", **LIMITS) as server:
        environment = {**os.environ, "BATON_TOKEN": server.token, "XDG_STATE_HOME": str(folder / "state")}
        url = f"http://127.0.0.1:{server.port}"

        def step(name: str, *command: str) -> str:
            before = server.memory
            Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")  # the greatest size begins anew
            done = run([*command, "--quiet"], environment)
            print(
                f"{gib:4} GiB {name:8} {done.seconds:7.1f} s   {size / 1e6 / done.seconds:5.0f} MB/s   "
                f"client {done.memory / MIB:4.0f} MiB   "
                f"server {before / MIB:4.0f} MiB, at most {server.peak_memory / MIB:4.0f}",
                flush=True,
            )
            return done.output.removeprefix("https://doi.org/")

        doi = step("deposit", "deposit", str(source), "--to", url, *SAID)
        look(server, doi.rpartition(".")[2], size)
        step("get", "get", doi, "--from", url, "--to", str(folder / "copy"))
    assert (folder / "copy/large.bin").stat().st_size == size


def look(server: Server, number: str, size: int) -> None:
    """The last bytes, the page and the list: as they should be."""
    server.connection.close()  # it was kept open longer than the server waits; the next request opens it anew
    path = f"/api/records/{number}/files/large.bin/content"
    status, data = server.anonymous("GET", path, headers={"Range": f"bytes=-{TAIL}"})
    assert status == 206, status
    assert data == b"".join(map(numbered, range((size - TAIL) // MIB, size // MIB)))
    status, page = server.anonymous("GET", f"/records/{number}")
    assert status == 200, status
    listed = server.json("GET", f"/api/records/{number}/files")["entries"]
    assert [entry["size"] for entry in listed] == [size]
    print(f"          the last {TAIL:,} bytes are right; the page has {len(page):,} bytes", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes-gib", type=int, nargs="+", default=[1, 16, 100])
    parser.add_argument("--folder", required=True, help="where the data go, on a file system that compresses")
    given = parser.parse_args()
    for gib in given.sizes_gib:
        with folder_in(given.folder) as place:
            measure(place, gib)
