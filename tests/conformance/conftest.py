"""Every kind of store, each empty at the start of a test."""

from pathlib import Path

import pytest

from baton.storage.content import ContentStore
from baton.storage.folder import FolderStore


@pytest.fixture(params=["folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ContentStore:
    del request
    return FolderStore(tmp_path / "files")
