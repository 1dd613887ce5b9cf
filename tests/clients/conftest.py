"""Programs that other people wrote for Zenodo and InvenioRDM, run against a server in a process of its own.

`zenodo` is a server that believes to be zenodo.org, with Zenodo's DOIs: for programs that have its address built in.
"""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import requests

REDIRECTED = Path(__file__).parent / "redirected"


@pytest.fixture(scope="session")
def zenodo(start_server: Callable[..., Any]) -> Any:
    return start_server(
        SITE_URL="https://zenodo.org", SITE_NAME="Zenodo", DOI_PREFIX="10.5281", DOI_SUFFIX="zenodo.{id}"
    )


@pytest.fixture
def as_on_zenodo(zenodo: Any, tmp_path: Path) -> Callable[..., str]:
    """Runs a program, or Python code, to which this server is zenodo.org; gives its output back."""

    def run(*command: str, code: str = "", **environment: str) -> str:
        program = [sys.executable, "-c", code, *command] if code else [_script(command[0]), *command[1:]]
        done = subprocess.run(
            program,
            env={
                **os.environ,
                "PYTHONPATH": str(REDIRECTED),
                "ZENODO_IS_AT": zenodo.url,
                "HOME": str(tmp_path),
                **environment,
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "small file.txt"
    path.write_bytes(b"hello\n")
    return path


@pytest.fixture(scope="session")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty megabytes, which no program sends in one piece."""
    path = tmp_path_factory.mktemp("big") / "big.bin"
    path.write_bytes(random.Random(1).randbytes(20_000_000))
    return path


class Depositor:
    """Alice with plain HTTP: prepares what a program is to find."""

    def __init__(self, server: Any, token: str) -> None:
        self.server, self.headers = server, {"Authorization": f"Bearer {token}"}
        self.api = f"{server.url}/api/deposit/depositions"

    def post(self, path: str, body: Any = None) -> dict[str, Any]:
        answer = requests.post(self.api + path, json=body, headers=self.headers, timeout=60)
        answer.raise_for_status()
        return dict(answer.json())

    def send(self, deposition: dict[str, Any], key: str, data: bytes | BinaryIO) -> None:
        bucket = deposition["links"]["bucket"].replace("https://zenodo.org", self.server.url)
        requests.put(f"{bucket}/{key}", data=data, headers=self.headers, timeout=60).raise_for_status()

    def put(self, deposition: dict[str, Any], path: Path) -> None:
        with path.open("rb") as file:
            self.send(deposition, path.name, file)

    def begin(self, **metadata: Any) -> dict[str, Any]:
        described = {"title": "Water levels", "upload_type": "dataset", "creators": [{"name": "Marsh, Ada"}]}
        return self.post("", {"metadata": {**described, **metadata}})

    def publish(self, file: Path, **metadata: Any) -> dict[str, Any]:
        deposition = self.begin(**metadata)
        self.put(deposition, file)
        return self.post(f"/{deposition['id']}/actions/publish")


@pytest.fixture
def alice(zenodo: Any, cast: Any) -> Depositor:
    return Depositor(zenodo, cast.alice.token)


@pytest.fixture
def record(alice: Depositor, small: Path, big: Path) -> dict[str, Any]:
    """A published record with both files, in two versions; the newer one."""
    first = alice.publish(small, version="1")
    second = alice.post(f"/{first['id']}/actions/newversion")
    alice.put(second, big)
    return alice.post(f"/{second['id']}/actions/publish")
