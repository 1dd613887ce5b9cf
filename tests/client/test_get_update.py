"""`baton get --update`: what changed since the version that is here, and nobody's own work lost."""

import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.client.conftest import Run, local
from tests.client.proxy import Proxy
from tests.client.tables import table
from tests.client.test_deposit import SAID, number_in, port_of
from tests.client.test_get import entry, hostile
from tests.client.test_get_ranges import invenio

from baton.storage.chunking import chunk_list, chunks, encode


@pytest.fixture
def versions(run: Run, server: Any, tmp_path: Path) -> list[str]:
    """The numbers of two versions; the table has a row more in the second, and its notes are gone."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "table.csv").write_bytes(table(300_000))
    (folder / "notes").write_text("of the first version")
    first = number_in(run(["deposit", folder, "--to", server.url, *SAID, "--publish"]).stdout)
    (folder / "table.csv").write_bytes(table(300_000, forgotten=90_000))
    (folder / "notes").unlink()
    command = ["deposit", folder, "--to", server.url, "--new-version-of", first, "--publish"]
    return [first, number_in(run(command).stdout)]


@pytest.mark.parametrize("said", [0, 1])
def test_of_an_older_copy_only_what_changed_is_fetched(
    run: Run, server: Any, tmp_path: Path, versions: list[str], said: int
) -> None:
    copy = tmp_path / "copy"
    run(["get", versions[0], "--from", server.url, "--to", copy])
    with Proxy(port_of(server)) as proxy:
        done = run(["get", versions[said], "--update", "--from", proxy.url, "--to", copy])
        assert proxy.received < 0.1 * (copy / "table.csv").stat().st_size
    assert (copy / "table.csv").read_bytes() == (tmp_path / "mine/table.csv").read_bytes()
    assert ("they stay here" in done.output) == (said == 0)
    assert sorted(local(copy)) == ["notes", "table.csv"]


def test_an_update_that_broke_off_goes_on_with_what_it_had(
    run: Run, server: Any, tmp_path: Path, versions: list[str]
) -> None:
    copy = tmp_path / "copy"
    run(["get", versions[0], "--from", server.url, "--to", copy])
    before = local(copy)
    with Proxy(port_of(server), cut_answer_after=60_000, cuts=100) as proxy:
        run(["get", versions[0], "--update", "--from", proxy.url, "--to", copy, "--patience", "0"], 3)
    assert {name: content for name, content in local(copy).items() if not name.startswith(".")} == before
    run(["get", versions[0], "--update", "--from", server.url, "--to", copy])
    assert local(copy) == {**before, "table.csv": (tmp_path / "mine/table.csv").read_bytes()}


def test_without_being_told_to_no_older_copy_is_replaced(
    run: Run, server: Any, tmp_path: Path, versions: list[str]
) -> None:
    assert "a newer version" in run(["get", versions[0], "--from", server.url, "--to", tmp_path / "copy"]).stderr
    assert "--update" in run(["get", versions[1], "--from", server.url, "--to", tmp_path / "copy"], 5).output
    run(["get", versions[1], "--force", "--from", server.url, "--to", tmp_path / "copy"])
    assert (tmp_path / "copy/table.csv").read_bytes() == (tmp_path / "mine/table.csv").read_bytes()


def test_what_somebody_has_changed_is_no_older_copy(run: Run, server: Any, tmp_path: Path, versions: list[str]) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "table.csv").write_text("my own")
    done = run(["get", versions[0], "--update", "--from", server.url, "--to", copy], 5)
    assert "no version of the record had them so" in done.output
    assert local(copy) == {"table.csv": b"my own"}


def test_where_servers_tell_no_chunks_the_newest_version_comes_whole(run: Run, tmp_path: Path) -> None:
    content = random.Random(1).randbytes(1 << 20)
    with invenio({"a": content, "same": b"1"}, {"a": content[1:], "same": b"1"}, {"a": content[2:]}) as server:
        run(["get", "1", "--from", server.url, "--to", tmp_path])
        run(["get", "2", "--update", "--from", server.url, "--to", tmp_path])
        assert server.ranges == [None] * 3
    assert local(tmp_path) == {"a": content[2:], "same": b"1"}


def test_chunks_that_lie_are_found_out_and_all_is_fetched(run: Run, tmp_path: Path) -> None:
    older, newer = random.Random(2).randbytes(1 << 20), random.Random(3).randbytes(1 << 20)
    said = entry("data", newer)
    lies = encode(chunk_list(chunks([older]), said["sha256"]))
    (tmp_path / "data").write_bytes(older)
    with hostile([said], newer, {"/api/records/1/files/data/content/chunks": lies}) as url:
        done = run(["get", "1", "--force", "--from", url, "--to", tmp_path])
    assert "All of it is fetched." in done.output
    assert local(tmp_path) == {"data": newer}


def test_what_is_changed_while_its_next_version_comes_stays(
    run: Run, server: Any, tmp_path: Path, versions: list[str]
) -> None:
    copy = tmp_path / "copy"
    run(["get", versions[0], "--from", server.url, "--to", copy])
    with Proxy(port_of(server), answer_bytes_per_second=100_000) as proxy:

        def change() -> None:
            while not list(copy.glob(".baton-*.part")):
                time.sleep(0.01)
            (copy / "table.csv").write_text("my own")

        changing = threading.Thread(target=change)
        changing.start()
        done = run(["get", versions[0], "--update", "--from", proxy.url, "--to", copy], 5)
        changing.join()
    assert "table.csv was changed while it was being fetched" in done.output
    assert (copy / "table.csv").read_bytes() == b"my own"
