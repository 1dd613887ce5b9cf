"""tus clients that other people wrote: tuspy, and tus-js-client under node."""

import hashlib
import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
from tusclient.client import TusClient

MB = 1_000_000
SCRIPT = Path(__file__).parent / "tus_upload.js"
# Where `npm install tus-js-client` was run; see tests/clients/README.md.
MODULES = os.environ.get("BATON_TEST_NODE_MODULES", "")


class Draft:
    """A draft of Alice's, and what is in it."""

    def __init__(self, server: Any, token: str) -> None:
        self.headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.inveniordm.v1+json"}
        made = requests.post(f"{server.url}/api/records", json={}, headers=self.headers, timeout=60).json()
        self.address = f"{server.url}/api/records/{made['id']}/draft"

    def checksum(self, key: str) -> str:
        answer = requests.get(f"{self.address}/files/{key}", headers=self.headers, timeout=60)
        return str(answer.json()["checksum"])


@pytest.fixture
def draft(server: Any, cast: Any) -> Draft:
    return Draft(server, cast.alice.token)


def md5(path: Path) -> str:
    return "md5:" + hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.bin"
    path.write_bytes(random.Random(9).randbytes(11 * MB + 7))
    return path


@pytest.mark.parametrize("checksums", [False, True])
def test_tuspy_uploads_and_another_tuspy_goes_on(draft: Draft, large: Path, *, checksums: bool) -> None:
    options = {"chunk_size": 2 * MB, "upload_checksum": checksums}
    with large.open("rb") as stream:
        client = TusClient(f"{draft.address}/uploads", headers=draft.headers)
        first = client.uploader(file_stream=stream, metadata={"filename": "large.bin"}, **options)
        first.upload(stop_at=4 * MB)
        assert first.offset == 4 * MB
    with large.open("rb") as stream:
        again = TusClient(f"{draft.address}/uploads", headers=draft.headers)
        second = again.uploader(file_stream=stream, url=first.url, **options)
        assert second.offset == 4 * MB
        second.upload()
    assert draft.checksum("large.bin") == md5(large)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.skipif(not MODULES, reason="BATON_TEST_NODE_MODULES names no folder with tus-js-client in it")
@pytest.mark.parametrize(
    "options", [{}, {"chunkSize": 3 * MB}, {"parallelUploads": 3}, {"abortAfter": 5 * MB, "chunkSize": MB}]
)
def test_tus_js_client_uploads_aborts_and_goes_on(draft: Draft, large: Path, options: dict[str, int]) -> None:
    given = {"endpoint": f"{draft.address}/uploads", "headers": draft.headers, "file": str(large), **options}
    done = subprocess.run(
        ["node", str(SCRIPT), json.dumps(given)],
        env={**os.environ, "NODE_PATH": MODULES},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert draft.checksum("large.bin") == md5(large)
