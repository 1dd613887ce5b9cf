"""Uploads on their way, on a disk."""

import hashlib
import random
import resource
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from baton.storage.content import Stored
from baton.storage.errors import StageBusy, StageLost, StorageFull
from baton.storage.folder import FolderStore
from baton.storage.staging import AT_ONCE, Staging, copied

MB = 1 << 20
DATA = random.Random(14).randbytes(9 * MB + 5)


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    return Staging(tmp_path / "files" / "staged")


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files")


def add(staging: Staging, offset: int, *pieces: bytes) -> int:
    with staging.open("a") as stage:
        stage.begin(offset)
        for piece in pieces:
            stage.write(piece)
        return stage.sync()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def finish(staging: Staging, offset: int) -> Stored:
    with staging.open("a") as stage:
        stage.begin(offset)
        return stage.finish()


@pytest.mark.parametrize("forgets", [False, True], ids=["in one process", "after a restart"])
@pytest.mark.parametrize("cut", [0, 1, MB, AT_ONCE + 1, 9 * MB])
def test_an_upload_in_two_requests_has_the_digests_of_the_whole(staging: Staging, cut: int, *, forgets: bool) -> None:
    add(staging, 0, DATA[:cut])
    if forgets:
        staging = Staging(staging.root)
    add(staging, cut, *(DATA[at : at + 70_000] for at in range(cut, len(DATA), 70_000)))
    if forgets:
        staging = Staging(staging.root)
    stored = finish(staging, len(DATA))
    assert (stored.sha256, stored.size) == (hashlib.sha256(DATA).hexdigest(), len(DATA))
    assert stored.md5 == hashlib.md5(DATA, usedforsecurity=False).hexdigest()


def test_what_was_acknowledged_to_nobody_is_cut_off(staging: Staging) -> None:
    add(staging, 0, DATA[: 5 * MB], b"never noted")
    add(staging, 5 * MB, DATA[5 * MB :])
    assert finish(staging, len(DATA)).sha256 == hashlib.sha256(DATA).hexdigest()


def test_bytes_can_be_taken_back_until_they_are_synced(staging: Staging) -> None:
    with staging.open("a") as stage:
        stage.begin(0)
        stage.write(b"right")
        stage.sync()
        stage.write(b"wrong")
        stage.cut(5)
        stage.write(b" again")
        stage.sync()
        assert stage.finish().sha256 == hashlib.sha256(b"right again").hexdigest()


def test_bytes_that_are_gone_are_missed(staging: Staging) -> None:
    with staging.open("a") as stage, pytest.raises(StageLost, match="anew"):
        stage.begin(1)


def test_one_works_and_the_others_are_told(staging: Staging) -> None:
    with staging.open("a"):
        with pytest.raises(StageBusy), staging.open("a"):
            pass
        with staging.free("a") as is_free:
            assert not is_free
    with staging.free("a") as is_free:
        assert is_free


def test_who_waits_is_noticed_and_let_in(staging: Staging) -> None:
    entered: list[float] = []

    def wait() -> None:
        with staging.open("a", patience=20):
            entered.append(time.monotonic())

    with staging.open("a") as stage:
        waiting = threading.Thread(target=wait)
        waiting.start()
        deadline = time.monotonic() + 20
        while not stage.is_wanted():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        left = time.monotonic()
    waiting.join()
    assert entered[0] >= left
    assert names(staging.root) == ["a"]


def test_who_waits_for_an_upload_that_is_given_up_does_not_revive_it(staging: Staging) -> None:
    sizes: list[int] = []

    def wait() -> None:
        with staging.open("a", patience=20) as stage:
            sizes.append(stage.path.stat().st_size)

    stage = staging.open("a")
    stage.begin(0)
    stage.write(b"old")
    waiting = threading.Thread(target=wait)
    waiting.start()
    while not stage.is_wanted():
        time.sleep(0.01)
    stage.discard()
    waiting.join()
    assert sizes == [0]


def _hold(folder: Path) -> None:
    stage = Staging(folder).open("a")
    stage.begin(0)
    stage.write(b"12345")
    stage.sync()
    print("held", flush=True)  # noqa: T201  the parent waits for it
    time.sleep(60)


def test_the_lock_of_a_process_that_is_killed_is_free_at_once(staging: Staging) -> None:
    code = f"import runpy; runpy.run_path({__file__!r})['_hold'](__import__('pathlib').Path({str(staging.root)!r}))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StageBusy), staging.open("a"):
            pass
        holder.kill()
    assert add(staging, 5, b"67890") == 10


def test_a_finished_upload_becomes_a_content_without_a_copy(staging: Staging, store: FolderStore) -> None:
    add(staging, 0, DATA)
    with staging.open("a") as stage:
        stage.begin(len(DATA))
        stored = stage.finish()
        with store.adopt(stage.path, stored):
            assert stage.path.samefile(store.path(stored.sha256))
            assert store.sweep(lambda _names: set(), _far()).contents == 0  # nobody names it yet, and it is in use
        stage.discard()
    assert store.path(stored.sha256).read_bytes() == DATA
    assert names(staging.root) == names(store.incoming) == []


def test_a_crash_before_the_row_leaves_the_upload_as_it_was(staging: Staging, store: FolderStore) -> None:
    add(staging, 0, DATA)
    for _attempt in range(2):
        with staging.open("a") as stage:
            stage.begin(len(DATA))
            stored = stage.finish()
            with store.adopt(stage.path, stored):
                pass
    with staging.open("a") as stage:  # and from now on nobody writes to what is a content
        with pytest.raises(StageLost):
            stage.begin(5)
        stage.begin(len(DATA))
        with pytest.raises(StageLost):
            stage.write(b"x")
    assert store.path(stored.sha256).read_bytes() == DATA


def test_a_content_that_is_there_is_taken_and_a_damaged_one_replaced(staging: Staging, store: FolderStore) -> None:
    with store.writer() as writer:
        writer.write(DATA)
        stored = writer.finish()
    for content in (DATA, DATA[:100]):
        store.path(stored.sha256).write_bytes(content)
        add(staging, 0, DATA)
        with staging.open("a") as stage:
            stage.begin(len(DATA))
            with store.adopt(stage.path, stage.finish()):
                assert store.path(stored.sha256).read_bytes() == DATA
            stage.discard()


def test_a_store_that_takes_no_files_gets_a_copy(staging: Staging, store: FolderStore) -> None:
    add(staging, 0, DATA)
    stored = finish(staging, len(DATA))
    with copied(store, staging.root / "a", stored):
        assert store.path(stored.sha256).read_bytes() == DATA
    (staging.root / "a").write_bytes(b"changed")
    with pytest.raises(StageLost), copied(store, staging.root / "a", stored):
        pass


def test_a_sweep_takes_what_is_old_unknown_and_free(staging: Staging) -> None:
    for name in ("known", "unknown", "at work"):
        with staging.open(name) as stage:
            stage.begin(0)
    (staging.root / "unknown.wanted").touch()
    past = datetime.now(UTC) - timedelta(days=1)

    def known(names: list[str]) -> set[str]:
        return {"known"} & set(names)

    with staging.open("at work"):
        assert staging.sweep(known, past) == 0
        assert staging.sweep(known, _far()) == 1
    assert names(staging.root) == ["at work", "known"]


def test_a_full_disk_is_507_and_the_upload_goes_on_afterwards(staging: Staging) -> None:
    add(staging, 0, DATA[:MB])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MB, hard))
    try:
        with pytest.raises(StorageFull):
            add(staging, MB, DATA[MB:])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    add(staging, MB, DATA[MB:])
    assert finish(staging, len(DATA)).sha256 == hashlib.sha256(DATA).hexdigest()


def _far() -> datetime:
    return datetime.now(UTC) + timedelta(days=10)
