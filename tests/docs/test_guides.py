"""The examples of the guides do what the guides say, on a server of their own."""

import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

DOCS = Path(__file__).parents[2] / "docs"
PROGRAM = Path(sys.executable).parent / "baton"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}


def examples(page: str, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def started(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """A server with its data and its log in `folder`, once it answers."""
    env = ENVIRONMENT | {"BATON_DATA_DIR": str(folder / "data"), "BATON_PORT": str(port)}
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen([PROGRAM, "serve"], env=env, stdout=log, stderr=log)
    while server.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"http://127.0.0.1:{port}/ping", timeout=5).raise_for_status()
            return server
        time.sleep(0.05)
    raise AssertionError((folder / "server.log").read_text())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of somebody who follows a guide while `baton serve` runs. Always on SQLite, as the guides are."""
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    server = started(folder, port)
    env = ENVIRONMENT | {
        "BATON_DATA_DIR": str(folder / "data"),
        "BATON_PORT": str(port),
        "BATON": f"http://127.0.0.1:{port}",
    }
    run([PROGRAM, "user", "create", "you@example.org", "--password", "a long sentence"], env, folder)
    yield env
    server.terminate()
    assert server.wait(60) in {0, -signal.SIGTERM}, (folder / "server.log").read_text()


def run(command: list[str | Path], env: dict[str, str], cwd: Path, status: int = 0) -> str:
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def desk(served: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the guide for curl was followed to its end on an empty server.

    Every line as printed; only the address of the server and that of the bucket are put in, and a download is broken.
    """
    if not shutil.which("curl"):
        pytest.skip("needs curl")
    desk = tmp_path_factory.mktemp("desk")
    (desk / ".venv/bin").mkdir(parents=True)
    (desk / ".venv/bin/baton").symlink_to(PROGRAM)
    (desk / "thickness.csv").write_text("day,metres\n1,1.8\n")
    find = 'python3 -c \'import json, sys; print(json.load(sys.stdin)["links"]["bucket"])\''
    bucket = f'BUCKET=$(curl -s "$BATON/api/deposit/depositions/$ID?access_token=$TOKEN" | {find})'
    script = "\n".join(examples("guides/deposit-with-curl.md", "sh"))
    for printed, meant in (
        ("BATON=http://127.0.0.1:8000", ""),
        ("BUCKET=...", bucket),
        ("curl -C -", "truncate --size 5 one.csv; curl -C -"),
    ):
        assert printed in script
        script = script.replace(printed, meant)
    prelude = 'set -euo pipefail\ncurl() { command curl --silent --show-error --fail-with-body "$@"; }\n'
    run(["bash", "-c", prelude + script], served, desk)
    return desk


def test_the_guide_for_curl_leads_from_nothing_to_a_download(served: dict[str, str], desk: Path) -> None:
    first, second = (requests.get(f"{served['BATON']}/api/records/{number}", timeout=5).json() for number in (2, 5))
    assert [first["doi"], second["doi"]] == ["10.5072/baton.2", "10.5072/baton.5"]
    assert (desk / "one.csv").read_bytes() == (desk / "thickness.csv").read_bytes()
    assert (desk / "all.zip").read_bytes().startswith(b"PK")


def test_a_back_up_made_while_the_server_runs_can_be_restored(
    served: dict[str, str], desk: Path, tmp_path: Path
) -> None:
    assert desk.exists()
    data, restored = Path(served["BATON_DATA_DIR"]), tmp_path / "restored"
    restored.mkdir()
    with contextlib.closing(sqlite3.connect(data / "baton.db")) as database:
        database.execute("VACUUM INTO ?", [str(restored / "baton.db")])
    shutil.copytree(data / "files/objects", restored / "files/objects")
    env = served | {"BATON_DATA_DIR": str(restored)}
    run([PROGRAM, "reindex"], env, tmp_path)
    run([PROGRAM, "doctor"], env, tmp_path)


def test_the_data_folder_can_be_read_without_baton(served: dict[str, str], desk: Path) -> None:
    check, query = examples("formats/data-folder.md", "sh")
    data = Path(served["BATON_DATA_DIR"])
    run(["bash", "-euo", "pipefail", "-c", check.replace("baton-data", str(data))], served, desk)
    statement = query.partition('"')[2].rpartition('"')[0]
    with contextlib.closing(sqlite3.connect(data / "baton.db")) as database:
        rows = database.execute(statement).fetchall()
    title = "Sea ice thickness, Fram Strait, 2024"
    assert [row[:3] for row in rows][:2] == [(2, title, "thickness.csv"), (5, title, "thickness.csv")]


def test_the_guide_for_python_uploads_a_folder(served: dict[str, str], tmp_path: Path) -> None:
    (script,) = examples("guides/upload-from-python.md", "python")
    (tmp_path / "upload.py").write_text(script)
    (tmp_path / "measurements/raw").mkdir(parents=True)
    (tmp_path / "measurements/raw/buoy 1.csv").write_text("day,metres\n1,1.8\n")
    (tmp_path / "measurements/README.txt").write_text("A buoy.\n")
    token = run([PROGRAM, "token", "create", "you@example.org"], served, tmp_path).strip()
    doi, address = run([sys.executable, "upload.py"], served | {"TOKEN": token}, tmp_path).split()
    number = doi.removeprefix("10.5072/baton.")
    assert address == f"{served['BATON']}/records/{number}"
    record = requests.get(f"{served['BATON']}/api/records/{number}", timeout=5).json()
    assert {file["key"] for file in record["files"]} == {"raw/buoy 1.csv", "README.txt"}


def test_the_guide_for_broken_uploads_brings_a_large_file_over_a_line_that_breaks(
    served: dict[str, str], tmp_path: Path
) -> None:
    """Every command with curl as printed, on a line that breaks after a second until it is mended."""
    if not shutil.which("curl"):
        pytest.skip("needs curl")
    beginning, sending, going_on, commit, listing, *_others = examples("guides/resume-uploads.md", "sh")
    large = random.Random(12).randbytes(12_000_000)
    (tmp_path / "large.bin").write_bytes(large)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/baton").symlink_to(PROGRAM)
    token = run([PROGRAM, "token", "create", "you@example.org"], served, tmp_path).strip()
    made = requests.post(
        f"{served['BATON']}/api/records", json={}, headers={"Authorization": f"Bearer {token}"}, timeout=5
    )
    beginning = re.sub("^BATON=.*$", "", beginning, flags=re.MULTILINE)
    beginning = re.sub("^ID=.*$", f"ID={made.json()['id']}", beginning, flags=re.MULTILINE)
    script = "\n".join(
        [
            'curl() { command curl ${BROKEN:+--limit-rate 3M --max-time 1} "$@"; }',
            *(beginning, "BROKEN=yes", sending, going_on, 'echo "$SAFE" >&2'),
            *("unset BROKEN", listing, going_on, "echo", commit),
        ]
    )
    done = subprocess.run(
        ["bash", "-uc", script], env=served, cwd=tmp_path, capture_output=True, timeout=120, check=True
    )
    assert 0 < int(done.stderr) < len(large)
    receipt = json.loads(done.stdout.splitlines()[-1])
    assert (receipt["size"], receipt["sha256"]) == (len(large), hashlib.sha256(large).hexdigest())
    assert receipt["last_verified"]
