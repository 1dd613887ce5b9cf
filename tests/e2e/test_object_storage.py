"""The whole program over a bucket."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from tests.radosgw import Gateway

from baton.storage.s3.address import Address, Keys
from baton.storage.s3.store import S3Store

TIMEOUT = 60
DATA = b"0123456789abcdef" * (1 << 20)


@pytest.fixture
def url(s3_server: Gateway) -> str:
    return s3_server.url(s3_server.new_bucket())


def test_a_file_goes_into_the_bucket_and_out_again(start_server: Callable[..., Any], cast: Any, url: str) -> None:
    server, alice = start_server(STORAGE_URL=url).url, cast.alice.headers
    draft = requests.post(f"{server}/api/deposit/depositions", json={}, headers=alice, timeout=TIMEOUT).json()
    address = f"{draft['links']['bucket']}/data.bin"

    assert requests.put(address, data=DATA, headers=alice, timeout=TIMEOUT).ok

    [(_name, size)] = S3Store(Address.parse(url, Keys())).walk()
    assert size == len(DATA)
    assert requests.get(address, headers=alice, timeout=TIMEOUT).content == DATA
    part = requests.get(address, headers={**alice, "Range": "bytes=5-20"}, timeout=TIMEOUT)
    assert (part.status_code, part.content) == (206, DATA[5:21])
    assert requests.get(f"{server}/health", timeout=TIMEOUT).json()["storage"] == "ok"
