"""What users and operators see of damaged bytes, and of a move to another store."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from tests.waiting import until

BATON = Path(sys.executable).with_name("baton")
TIMEOUT = 60


def baton(server: Any, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BATON, *words], env={**server.environment, **settings}, capture_output=True, text=True, check=False
    )


def uploaded(url: str, headers: dict[str, str]) -> str:
    """The address of a file in a draft."""
    draft = requests.post(f"{url}/api/records", json={}, headers=headers, timeout=TIMEOUT).json()
    files = f"{url}/api/records/{draft['id']}/draft/files"
    requests.post(files, json=[{"key": "a.bin"}], headers=headers, timeout=TIMEOUT)
    requests.put(
        f"{files}/a.bin/content",
        data=b"precious bytes",
        headers={**headers, "Content-Type": "application/octet-stream"},
        timeout=TIMEOUT,
    )
    committed = requests.post(f"{files}/a.bin/commit", headers=headers, timeout=TIMEOUT)
    assert committed.json()["size"] == 14
    return f"{files}/a.bin"


def test_damage_is_healed_from_the_second_store_or_not_served(
    start_server: Callable[..., Any], cast: Any, tmp_path: Path
) -> None:
    server = start_server(REPLICA_URL=str(tmp_path / "replica"))
    address = uploaded(server.url, cast.alice.headers)
    headers = cast.alice.headers

    receipt = until(
        lambda: (answer := requests.get(address, headers=headers, timeout=TIMEOUT).json())["last_verified"] and answer
    )
    assert (receipt["size"], receipt["checksum"][:4], len(receipt["sha256"])) == (14, "md5:", 64)
    stored = server.folder / "files" / "objects" / receipt["sha256"][:2] / receipt["sha256"]
    copy = tmp_path / "replica" / "objects" / receipt["sha256"][:2] / receipt["sha256"]
    until(copy.exists)

    stored.write_bytes(b"damaged bytes!")
    healed = baton(server, "storage", "verify", "--all")
    assert healed.returncode == 0, healed.stderr
    assert stored.read_bytes() == b"precious bytes"

    stored.write_bytes(b"damaged bytes!")
    found = baton(server, "storage", "verify", "--all", BATON_REPLICA_URL="")
    assert (found.returncode, "1 are bad" in found.stdout) == (1, True)
    refused = requests.get(f"{address}/content", headers=headers, timeout=TIMEOUT)
    assert (refused.status_code, "damaged" in refused.json()["message"]) == (503, True)
    assert requests.get(f"{server.url}/health", timeout=TIMEOUT).status_code == 503
    assert receipt["sha256"] in baton(server, "doctor").stdout


def test_a_running_service_moves_to_another_folder(start_server: Callable[..., Any], cast: Any, tmp_path: Path) -> None:
    server = start_server()
    uploaded(server.url, cast.alice.headers)
    target = str(tmp_path / "elsewhere")

    first = baton(server, "storage", "copy", "--to", target)
    assert (first.returncode, "again" in first.stdout) == (0, True), first.stderr
    second = baton(server, "storage", "copy", "--to", target)
    assert f"BATON_STORAGE_URL={target}" in second.stdout
    assert baton(server, "storage", "verify", "--all", BATON_STORAGE_URL=target).returncode == 0
