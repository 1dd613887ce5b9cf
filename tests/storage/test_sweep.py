"""Sweeping: what nobody needs goes, what somebody is about to need stays, whatever the clock says."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from baton.storage.content import Swept
from baton.storage.errors import StorageFailed
from baton.storage.folder import FolderStore

# A drill may set the clock ahead: then everything is old, and only locks and rows protect.
FUTURE = datetime.now(UTC) + timedelta(days=10)
PAST = datetime.now(UTC) - timedelta(days=10)
NOTHING = Swept(0, 0, 0)

DIES_WHILE_UPLOADING = """
import sys, time
from pathlib import Path
from baton.storage.folder import FolderStore
writer = FolderStore(Path(sys.argv[1])).writer()
writer.write(b"half of it")
print("ready", flush=True)
time.sleep(60)
"""

DIES_BEFORE_ITS_ROW = """
import sys, time
from pathlib import Path
from baton.storage.folder import FolderStore
writer = FolderStore(Path(sys.argv[1])).writer()
writer.write(b"all of it")
writer.finish()
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path)


def keep(store: FolderStore, data: bytes) -> str:
    with store.writer() as writer:
        writer.write(data)
        return writer.finish().sha256


def nobody(_names: list[str]) -> set[str]:
    return set()


def test_only_old_contents_without_a_name_go(store: FolderStore) -> None:
    named, unnamed = keep(store, b"named"), keep(store, b"unnamed")
    asked: list[list[str]] = []

    def known(names: list[str]) -> set[str]:
        asked.append(names)
        return {named} & set(names)

    assert store.sweep(known, PAST) == NOTHING
    assert store.sweep(known, FUTURE) == Swept(1, 0, 7)
    assert (store.exists(named), store.exists(unnamed)) == (True, False)
    assert asked[-1] == [unnamed]


def test_names_are_asked_in_batches(store: FolderStore) -> None:
    for number in range(1100):
        (store.objects / f"{number:04x}"[-2:]).mkdir(parents=True, exist_ok=True)
        name = f"{number:04x}"[-2:] + f"{number:062x}"
        store.path(name).touch()
    calls: list[int] = []

    def all_known(names: list[str]) -> set[str]:
        calls.append(len(names))
        return set(names)

    assert store.sweep(all_known, FUTURE) == NOTHING
    assert calls == [500, 500, 100]


@pytest.mark.parametrize("script", [DIES_WHILE_UPLOADING, DIES_BEFORE_ITS_ROW])
def test_what_a_killed_process_leaves_goes_and_not_before_it_dies(store: FolderStore, script: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", script, str(store.root)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert store.sweep(nobody, FUTURE) == NOTHING
        process.send_signal(signal.SIGKILL)
        process.wait()

    assert store.sweep(nobody, PAST) == NOTHING
    swept = store.sweep(nobody, FUTURE)
    assert swept.contents + swept.leftovers == 1
    assert [path for path in store.root.rglob("*") if path.is_file()] == [store.root / "lock"]


def test_an_upload_on_its_way_survives_a_sweep(store: FolderStore) -> None:
    with store.writer() as writer:
        writer.write(b"first")
        assert store.sweep(nobody, FUTURE) == NOTHING
        writer.write(b"second")
        stored = writer.finish()
        assert store.sweep(nobody, FUTURE) == NOTHING
    assert store.sweep(nobody, FUTURE) == Swept(1, 0, stored.size)


def test_bytes_that_come_again_are_young_and_in_use(store: FolderStore) -> None:
    name = keep(store, b"again")
    os.utime(store.path(name), (0, 0))

    with store.writer() as writer:
        writer.write(b"again")
        writer.finish()
        assert store.sweep(nobody, FUTURE) == NOTHING
    assert store.sweep(nobody, datetime.now(UTC) - timedelta(minutes=1)) == NOTHING


def test_the_content_stays_in_use_until_the_last_of_two_equal_uploads_is_done(store: FolderStore) -> None:
    first, second = store.writer(), store.writer()
    for writer in (first, second):
        writer.write(b"twins")
        writer.finish()
    first.close()
    assert store.sweep(nobody, FUTURE) == NOTHING
    second.close()
    assert store.sweep(nobody, FUTURE) == Swept(1, 0, 5)


def test_a_row_committed_between_the_two_questions_saves_its_content(store: FolderStore) -> None:
    name = keep(store, b"late row")
    rows: set[str] = set()

    def known(names: list[str]) -> set[str]:
        answer = rows & set(names)
        if not rows:  # an upload ends between the first answer and the removal
            rows.add(keep(store, b"late row"))
        return answer

    assert store.sweep(known, FUTURE) == NOTHING
    assert store.exists(name)


def test_bytes_that_come_again_while_they_are_removed_are_stored_anew(store: FolderStore) -> None:
    name = keep(store, b"in and out")
    questions = 0
    uploads: list[threading.Thread] = []

    def known(_names: list[str]) -> set[str]:
        nonlocal questions
        questions += 1
        if questions == 2:  # the file is locked and about to go
            uploads.append(threading.Thread(target=keep, args=(store, b"in and out")))
            uploads[0].start()
            time.sleep(0.2)
        return set()

    assert store.sweep(known, FUTURE) == Swept(1, 0, 10)
    uploads[0].join()
    assert store.path(name).read_bytes() == b"in and out"


def test_no_row_ever_points_at_nothing(store: FolderStore) -> None:
    """Uploads and deletions of a handful of contents against sweeps that believe everything to be old."""
    rows: dict[str, int] = {}
    rows_lock = threading.Lock()
    lost: list[str] = []
    over = threading.Event()

    def known(names: list[str]) -> set[str]:
        with rows_lock:
            return rows.keys() & set(names)

    def upload_and_delete(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(60):
            with store.writer() as writer:
                writer.write(bytes([chance.randrange(3)]))
                name = writer.finish().sha256
                with rows_lock:
                    rows[name] = rows.get(name, 0) + 1
            if not store.exists(name):
                lost.append(name)
            with rows_lock:
                rows[name] -= 1
                if not rows[name]:
                    del rows[name]

    def sweep() -> None:
        while not over.is_set():
            store.sweep(known, FUTURE)

    sweeper = threading.Thread(target=sweep)
    uploaders = [threading.Thread(target=upload_and_delete, args=(seed,)) for seed in range(4)]
    for thread in (sweeper, *uploaders):
        thread.start()
    for thread in uploaders:
        thread.join()
    over.set()
    sweeper.join()
    assert lost == []


def test_a_damaged_content_that_somebody_is_about_to_name_is_not_replaced_behind_his_back(store: FolderStore) -> None:
    with store.writer() as first:
        first.write(b"wanted")
        path = store.path(first.finish().sha256)
        path.write_bytes(b"WANTED")
        with pytest.raises(StorageFailed, match="somebody else"):
            keep(store, b"wanted")
        assert store.sweep(nobody, FUTURE) == NOTHING
    keep(store, b"wanted")
    assert path.read_bytes() == b"wanted"


def test_of_two_who_bring_what_was_damaged_the_second_takes_over_from_the_first(store: FolderStore) -> None:
    path = store.path(keep(store, b"wanted"))
    path.write_bytes(b"WANTED")
    with store.writer() as first, store.writer() as second:
        for writer in (first, second):
            writer.write(b"wanted")
            writer.finish()
        first.close()
        assert store.sweep(nobody, FUTURE) == NOTHING
    assert path.read_bytes() == b"wanted"
