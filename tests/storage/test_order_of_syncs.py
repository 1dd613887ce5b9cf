"""What a loss of power leaves: bytes are on the disk before they get their name, and the name before anybody is told.

A system that loses its power keeps what was synced, and of the rest whatever it likes: the order of the calls decides.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from types import FrameType
from typing import Any

from baton.storage.folder import FolderStore
from baton.storage.staging import Staging

DATA = b"day,metres\n1,1.8\n"
_NAMES = {"rename", "replace", "link"}  # calls that give a name


@contextmanager
def calls() -> Iterator[list[str]]:
    """The calls of the block that decide what is on the disk, each as `write`, `sync` or `name`."""
    seen: list[str] = []

    def called(_frame: FrameType, kind: str, function: Any) -> None:
        if kind != "c_call":
            return
        if isinstance(function.__self__, FileIO) and function.__name__ == "write":
            seen.append("write")
        elif function.__module__ == "posix" and function.__name__ == "fsync":
            seen.append("sync")
        elif function.__module__ == "posix" and function.__name__ in _NAMES:
            seen.append("name")

    sys.setprofile(called)
    try:
        yield seen
    finally:
        sys.setprofile(None)


def store_in(folder: Path) -> FolderStore:
    """A store whose folders are on the disk already."""
    store = FolderStore(folder / "files")
    with store.writer() as writer:
        writer.write(b"first")
        writer.finish()
    store.put_note("chunks", "0" * 64, b"first")
    return store


def test_a_content_is_synced_then_named_then_its_folders_are_synced(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    with store.writer() as writer, calls() as seen:
        writer.write(DATA)
        writer.finish()
    assert seen == ["write", "sync", "name", "sync", "sync"]


def test_a_content_that_is_there_is_synced_again_with_its_folders(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    with store.writer() as writer, calls() as seen:
        writer.write(b"first")
        writer.finish()
    assert seen == ["write", "sync", "sync", "sync"]


def test_a_note_is_synced_then_named_then_its_folder_is_synced(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    with calls() as seen:
        store.put_note("chunks", "0" * 63 + "1", DATA)
    assert seen == ["write", "sync", "name", "sync"]


def test_an_upload_on_its_way_is_synced_with_its_name_before_it_is_acknowledged(tmp_path: Path) -> None:
    with Staging(tmp_path / "staged").open("upload") as stage:
        stage.begin(0)
        with calls() as seen:
            stage.write(DATA)
            assert stage.sync() == len(DATA)
            stage.write(DATA)
            assert stage.sync() == 2 * len(DATA)
    assert seen == ["write", "sync", "sync", "write", "sync"]


def test_an_upload_that_becomes_a_content_is_named_then_its_folder_is_synced(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    with Staging(tmp_path / "staged").open("upload") as stage:
        stage.begin(0)
        stage.write(DATA)
        stage.sync()
        stored = stage.finish()
        with calls() as seen, store.adopt(stage.path, stored):
            pass
    assert seen == ["name", "name", "sync"]
