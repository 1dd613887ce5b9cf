"""Alice with a draft, and words for uploads."""

import base64
import hashlib
import random
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from baton.context import Context

TUS = {"Tus-Resumable": "1.0.0"}
TUS_BODY = {**TUS, "Content-Type": "application/offset+octet-stream"}


def words(**said: str) -> str:
    """`Upload-Metadata`."""
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())


def md5(data: bytes) -> str:
    return "md5:" + hashlib.md5(data, usedforsecurity=False).hexdigest()


@pytest.fixture
def whole() -> bytes:
    return random.Random(7).randbytes(300_000)


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, "Accept": "application/vnd.inveniordm.v1+json"})
    return client


@pytest.fixture
def draft(alice: TestClient) -> str:
    """The address of a new draft."""
    return f"/api/records/{alice.post('/api/records', json={}).json()['id']}/draft"


@pytest.fixture
def begin(alice: TestClient, draft: str) -> Callable[..., str]:
    """Begins a tus upload and gives its address."""

    def begin(length: int, name: str = "a ü.bin", **headers: str) -> str:
        said = {"Upload-Metadata": words(filename=name)} if name else {}
        answer = alice.post(f"{draft}/uploads", headers={**TUS, "Upload-Length": str(length), **said, **headers})
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])

    return begin


@pytest.fixture
def inside(client: TestClient) -> Context:
    """The parts of the running program."""
    layer: Any = client.app
    while not isinstance(layer, FastAPI):
        layer = next(inner for name, inner in vars(layer).items() if name.strip("_") == "app")
    context: Context = layer.state.context
    return context
