"""A repository with a second store, and somebody else's web server to fetch from."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.origin import Origin, origin

from baton.kernel.settings import Settings


@pytest.fixture
def source() -> Iterator[Origin]:
    with origin() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(
        update={"worker": False, "fetch_private": True, "replica_url": str(tmp_path / "replica")}
    )
