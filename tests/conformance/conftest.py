"""Every kind of store, each empty at the start of a test."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.radosgw import Gateway

from baton.storage.content import ContentStore
from baton.storage.folder import FolderStore
from baton.storage.s3.address import Address, Keys
from baton.storage.s3.store import S3Store


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ContentStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "files")
    gateway: Gateway = request.getfixturevalue("s3_server")
    address = Address.parse(gateway.url(gateway.new_bucket(), "/some/prefix"), Keys())
    # Nothing is too young to be swept, and segments are as small as S3 allows: a few megabytes come in several.
    return S3Store(address, grace=timedelta(days=-1), segment=5 << 20)
