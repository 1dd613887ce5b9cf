"""A server in its own process, the program in this one, and a state folder of its own for each test."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from baton.cli import main

Run = Callable[..., Result]


@pytest.fixture
def env(cast: Any, tmp_path: Path) -> dict[str, str]:
    return {"BATON_TOKEN": cast.alice.token, "XDG_STATE_HOME": str(tmp_path / "state")}


@pytest.fixture
def run(env: dict[str, str]) -> Run:
    """Run a command; its last line on standard output is what it has made."""

    def run(command: Sequence[str | Path], status: int = 0) -> Result:
        done = CliRunner().invoke(main, [str(word) for word in command], env=env)
        assert done.exit_code == status, done.output
        return done

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files that are hard to name and to send."""
    folder = tmp_path / "measurements"
    (folder / "raw").mkdir(parents=True)
    (folder / "raw/buoy 1 ä#?.csv").write_text("day,metres\n1,1.8\n")
    (folder / "empty").touch()
    (folder / "large.bin").write_bytes(bytes(range(256)) * 12_000)  # 3 MB: three parts of 1 MiB
    return folder


def stored(url: str, token: str, number: str, *, draft: bool = False) -> dict[str, bytes]:
    """The files of a record as anybody would download them."""
    headers = {"Authorization": f"Bearer {token}"}
    address = f"{url}/api/records/{number}{'/draft' if draft else ''}/files"
    entries = requests.get(address, headers=headers, timeout=30).json()["entries"]
    return {
        entry["key"]: requests.get(entry["links"]["content"], headers=headers, timeout=30).content for entry in entries
    }


def local(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
