"""A disk that is full or broken: the caller is told which, and nothing stays behind."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.limits import largest_file

from baton.storage.errors import StorageFailed, StorageFull
from baton.storage.folder import FolderStore

MB = 1 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,nr_inodes=2000", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def keep(store: FolderStore, data: bytes, times: int = 1) -> str:
    with store.writer() as writer:
        for _ in range(times):
            writer.write(data)
        return writer.finish().sha256


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != "lock"]


@pytest.mark.parametrize("size", [3 * MB, 40 * MB])
def test_a_content_beyond_what_the_system_takes_is_507(tmp_path: Path, size: int) -> None:
    store = FolderStore(tmp_path)
    with largest_file(2 * MB), pytest.raises(StorageFull, match="no room left") as caught:
        keep(store, bytes(MB), size // MB)
    assert caught.value.status == 507
    assert files_below(tmp_path) == []


def test_a_full_disk_is_507_and_takes_what_fits_afterwards(small_disk: Path) -> None:
    store = FolderStore(small_disk)
    with pytest.raises(StorageFull):
        keep(store, bytes(MB), 4)
    assert files_below(small_disk) == []

    name = keep(store, bytes(MB))
    assert store.size(name) == MB
    with pytest.raises(StorageFull):
        keep(store, b"1" * MB, 2)


def test_a_storage_that_does_not_work_is_503(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("not a folder")
    store = FolderStore(tmp_path / "files")

    with pytest.raises(StorageFailed, match="does not work at the moment") as caught:
        store.check()
    assert caught.value.status == 503
    with pytest.raises(StorageFailed):
        store.open("0" * 64)
    with pytest.raises(StorageFailed):
        store.size("0" * 64)


def test_a_name_that_cannot_be_given_leaves_nothing(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.check()
    for shard in store.objects.iterdir():
        shard.rmdir()

    with pytest.raises(StorageFailed):
        keep(store, b"homeless")
    assert files_below(tmp_path) == []
