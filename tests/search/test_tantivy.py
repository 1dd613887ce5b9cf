"""The embedded backend: everything that any backend does, and what is its own: files, processes, damage."""

import logging
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.search.conformance import (
    AccessConformance,
    FacetConformance,
    OrderConformance,
    QueryConformance,
    VersionsConformance,
    WalkingConformance,
    WritingConformance,
    fill,
)
from tests.search.made import ask, make_record

from baton.search.backend import SearchRequest
from baton.search.documents import document
from baton.search.errors import SearchUnavailable
from baton.search.generations import Generations
from baton.search.query import parse
from baton.search.tantivy import TantivyBackend

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def backend(folder: Path) -> Iterator[TantivyBackend]:
    backend = TantivyBackend(folder)
    backend.rebuild([])
    yield backend
    backend.close()


class TestWriting(WritingConformance):
    """Documents in, documents out."""


class TestQueries(QueryConformance):
    """What queries find."""


class TestAccess(AccessConformance):
    """Who finds what."""


class TestVersions(VersionsConformance):
    """Versions and drafts."""


class TestFacets(FacetConformance):
    """Counts and choices."""


class TestOrder(OrderConformance):
    """Sorting and paging."""


class TestWalks(WalkingConformance):
    """Going on behind the last hit."""


def generations(folder: Path) -> list[Path]:
    return [entry for entry in folder.iterdir() if entry.is_dir()]


def test_what_was_written_is_there_after_a_restart(backend: TantivyBackend, folder: Path) -> None:
    fill(backend, make_record(1))
    backend.close()
    again = TantivyBackend(folder)
    assert not again.needs_rebuild()
    assert ask(again) == [1]
    again.close()


def test_without_an_index_search_says_so_and_a_rebuild_helps(folder: Path) -> None:
    backend = TantivyBackend(folder)
    assert backend.needs_rebuild()
    with pytest.raises(SearchUnavailable, match="Search is not available at the moment") as failure:
        backend.search(SearchRequest())
    assert failure.value.status == 503
    with pytest.raises(SearchUnavailable):
        backend.apply([document(make_record(1))], [])
    assert backend.can_write()
    backend.rebuild([document(make_record(1))])
    assert not backend.needs_rebuild()
    assert ask(backend) == [1]
    backend.close()


def test_making_a_backend_touches_nothing(folder: Path) -> None:
    TantivyBackend(folder).close()
    assert not folder.exists()


def test_an_index_that_vanishes_is_noticed_and_can_be_built_again(backend: TantivyBackend, folder: Path) -> None:
    fill(backend, make_record(1))
    assert ask(backend) == [1]
    shutil.rmtree(folder)
    with pytest.raises(SearchUnavailable):
        ask(backend)
    with pytest.raises(SearchUnavailable):
        fill(backend, make_record(2))
    assert backend.needs_rebuild()
    assert backend.can_write()
    backend.rebuild([document(make_record(1)), document(make_record(2))])
    assert ask(backend) == [1, 2]


@pytest.mark.parametrize("damage", ["meta.json", "segments"])
def test_a_damaged_index_is_noticed_and_can_be_built_again(backend: TantivyBackend, folder: Path, damage: str) -> None:
    fill(backend, make_record(1))
    backend.close()
    (generation,) = generations(folder)
    for file in generation.iterdir():
        if file.name == "meta.json" if damage == "meta.json" else file.suffix in {".idx", ".term", ".fast"}:
            file.write_bytes(b"rubbish")
    backend = TantivyBackend(folder)
    assert backend.needs_rebuild()
    with pytest.raises(SearchUnavailable):
        ask(backend)
    assert backend.can_write()
    backend.rebuild([document(make_record(1))])
    assert ask(backend) == [1]
    assert generations(folder) != [generation]
    backend.close()


def test_a_folder_that_cannot_be_written_harms_nothing_else(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    backend = TantivyBackend(blocked / "index")
    assert backend.needs_rebuild()
    assert not backend.can_write()
    with pytest.raises(SearchUnavailable):
        backend.rebuild([])
    with pytest.raises(SearchUnavailable):
        backend.search(SearchRequest())
    backend.close()


def test_an_index_of_another_format_is_left_alone_and_not_read(backend: TantivyBackend, folder: Path) -> None:
    fill(backend, make_record(1))
    backend.close()
    (pointer,) = folder.glob("current-*")
    pointer.rename(folder / "current-0000-9.9")
    newer = TantivyBackend(folder)
    assert newer.needs_rebuild()
    newer.rebuild([document(make_record(2))])
    assert ask(newer) == [2]
    assert len(generations(folder)) == 2, "the other version of the program may still be running"
    newer.close()


def test_a_rebuild_removes_what_it_replaces(backend: TantivyBackend, folder: Path) -> None:
    (before,) = generations(folder)
    backend.rebuild([])
    (after,) = generations(folder)
    assert before != after


def test_only_one_index_is_built_at_a_time(backend: TantivyBackend, folder: Path) -> None:
    with Generations(folder).building(), pytest.raises(SearchUnavailable):
        TantivyBackend(folder).rebuild([])
    backend.rebuild([])


def test_answers_are_kept_until_something_changes(backend: TantivyBackend) -> None:
    fill(backend, make_record(1))
    request = SearchRequest(tree=parse("record").tree, facets=("resource_type",))
    assert backend.search(request) == backend.search(request)
    fill(backend, make_record(2))
    assert backend.search(request).total == 2


def test_few_answers_are_kept(folder: Path) -> None:
    backend = TantivyBackend(folder, cached=3)
    backend.rebuild([document(make_record(1))])
    for size in range(1, 20):
        assert backend.search(SearchRequest(size=size)).total == 1
    backend.close()


def test_many_threads_read_while_one_writes(backend: TantivyBackend) -> None:
    failures: list[BaseException] = []
    totals: list[int] = []
    over = threading.Event()

    def read() -> None:
        try:
            while not over.is_set():
                totals.append(backend.search(SearchRequest(facets=("resource_type",))).total)
        except BaseException as error:  # noqa: BLE001  told to the test
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 15):
        fill(backend, make_record(number))
    backend.rebuild(document(make_record(number)) for number in range(1, 21))
    over.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert max(totals) <= 20
    assert ask(backend) == list(range(1, 21))


OTHER_PROCESS = """
    import sys
    from pathlib import Path
    from baton.search.documents import document
    from baton.search.tantivy import TantivyBackend
    from tests.search.made import ask, make_record

    backend = TantivyBackend(Path(sys.argv[1]))
    for line in sys.stdin:
        word, *numbers = line.split()
        match word:
            case "can":
                print(backend.can_write(), flush=True)
            case "ask":
                print(*ask(backend), flush=True)
            case "apply":
                backend.apply([document(make_record(int(number))) for number in numbers], [])
                print("done", flush=True)
            case "rebuild":
                backend.rebuild([document(make_record(int(number))) for number in numbers])
                print("done", flush=True)
"""


class OtherProcess:
    """Another process with the same index, told what to do a line at a time."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-c", textwrap.dedent(OTHER_PROCESS), str(folder)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def tell(self, line: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def other(backend: TantivyBackend, folder: Path) -> Iterator[OtherProcess]:
    backend.close()
    other = OtherProcess(folder)
    yield other
    other.kill()


def test_one_process_writes_and_all_read(backend: TantivyBackend, other: OtherProcess) -> None:
    assert other.tell("apply 1 2") == "done"
    assert ask(backend) == [1, 2]
    assert not backend.can_write()
    assert not backend.needs_rebuild()
    with pytest.raises(SearchUnavailable):
        fill(backend, make_record(3))
    assert other.tell("apply 3") == "done"
    assert ask(backend) == [1, 2, 3]


def test_when_the_writer_dies_another_takes_over(backend: TantivyBackend, other: OtherProcess) -> None:
    assert other.tell("apply 1") == "done"
    other.kill()
    assert backend.can_write()
    fill(backend, make_record(2))
    assert ask(backend) == [1, 2]


def test_another_process_can_rebuild_while_this_one_writes(backend: TantivyBackend, other: OtherProcess) -> None:
    fill(backend, make_record(1))
    assert other.tell("can") == "False"
    assert other.tell("rebuild 1 2") == "done"
    assert ask(backend) == [1, 2]
    assert not backend.can_write(), "who built the index writes it until it ends"
    other.kill()
    assert backend.can_write()
    fill(backend, make_record(3))
    assert ask(backend) == [1, 2, 3]


def test_a_rebuild_here_is_noticed_there(backend: TantivyBackend, other: OtherProcess) -> None:
    assert other.tell("apply 1") == "done"
    backend.rebuild([document(make_record(2))])
    assert other.tell("ask") == "2"
    assert other.tell("can") == "False"


def test_being_second_is_no_news(
    backend: TantivyBackend, other: OtherProcess, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    other.tell("apply 1")
    assert not backend.can_write()
    assert caplog.records == []


def test_killing_a_writer_loses_nothing_that_it_acknowledged(backend: TantivyBackend, folder: Path) -> None:
    backend.close()
    acknowledged: list[int] = []
    number = 0
    for turn in range(4):
        other = OtherProcess(folder)
        timer = threading.Timer(0.7 + 0.13 * turn, other.process.kill)
        timer.start()
        while True:
            number += 1
            try:
                answer = other.tell(f"apply {number}")
            except BrokenPipeError:
                break
            if answer != "done":
                break
            acknowledged.append(number)
        timer.join()
        other.process.communicate()
        assert set(acknowledged) <= set(ask(backend))
    deadline = time.monotonic() + 5
    while not backend.can_write() and time.monotonic() < deadline:
        time.sleep(0.05)
    fill(backend, make_record(number + 1))
    assert number + 1 in ask(backend)
