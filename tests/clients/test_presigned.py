"""zenodo_get and pooch, where downloads lead to a bucket."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.clients.test_pooch import FETCH
from tests.radosgw import Gateway


@pytest.fixture(scope="module")
def zenodo(start_server: Callable[..., Any], s3_server: Gateway) -> Any:
    return start_server(
        SITE_URL="https://zenodo.org",
        SITE_NAME="Zenodo",
        DOI_PREFIX="10.5281",
        DOI_SUFFIX="zenodo.{id}",
        STORAGE_URL=s3_server.url(s3_server.new_bucket()),
        DOWNLOADS="presigned",
    )


@pytest.fixture
def follow(as_on_zenodo: Callable[..., str], s3_server: Gateway) -> Callable[..., str]:
    """Runs a program that may also go to the bucket."""
    return lambda *command, **given: as_on_zenodo(*command, BYTES_ARE_AT=s3_server.endpoint, **given)


def test_zenodo_get_follows(follow: Callable[..., str], record: Any, big: Path, tmp_path: Path) -> None:
    follow("zenodo_get", str(record["id"]), "-o", "got", "-g", "*.bin")
    assert (tmp_path / "got" / big.name).read_bytes() == big.read_bytes()


def test_zenodo_get_follows_to_what_is_restricted(
    follow: Callable[..., str], alice: Any, cast: Any, small: Path, tmp_path: Path
) -> None:
    closed = str(alice.publish(small, access_right="restricted")["id"])
    follow("zenodo_get", closed, "-o", "got", "--access-token", cast.alice.token)
    assert (tmp_path / "got" / small.name).read_bytes() == small.read_bytes()


def test_pooch_follows(follow: Callable[..., str], record: Any, big: Path, tmp_path: Path) -> None:
    found = json.loads(follow(record["doi"], code=FETCH).splitlines()[-1])
    assert (tmp_path / found["paths"][0]).read_bytes() == big.read_bytes()
