"""`baton get` of one large file: several connections, killed in the middle, and from servers that can do less."""

import hashlib
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.client.conftest import Run, local
from tests.client.killed import killed
from tests.client.proxy import Proxy
from tests.client.test_get import hostile
from tests.fakes.invenio_server import InvenioServer

from baton.client.fetch import SMALLEST_RANGE, Target
from baton.client.partial import Partial
from baton.client.repository import RemoteFile

LARGE = random.Random(7).randbytes(SMALLEST_RANGE + (20 << 20))


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()  # noqa: S324  as the wire has it


@contextmanager
def invenio(*versions: dict[str, bytes], **options: Any) -> Iterator[InvenioServer]:
    """A server with records 1, 2, ... of one work."""
    server = InvenioServer({str(number): files for number, files in enumerate(versions, 1)}, **options)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_large_file_comes_in_several_ranges(run: Run, tmp_path: Path) -> None:
    with invenio({"large": LARGE, "small": b"1"}) as server:
        run(["get", "1", "--from", server.url, "--to", tmp_path / "copy"])
        ranges = [asked for asked in server.ranges if asked]
    assert len(ranges) == 2
    assert local(tmp_path / "copy") == {"large": LARGE, "small": b"1"}


def test_killed_in_the_middle_it_goes_on_with_what_every_connection_brought(
    run: Run, env: dict[str, str], tmp_path: Path
) -> None:
    with invenio({"large": LARGE}) as server, Proxy(server.server_port, answer_bytes_per_second=10 << 20) as proxy:
        command = ["get", "1", "--from", proxy.url, "--to", str(tmp_path / "copy")]
        killed(command, env, lambda: proxy.received >= 24 << 20)
        proxy.answer_bytes_per_second, before = 0, proxy.received
        assert 24 << 20 <= before < len(LARGE)
        run(command)
        assert proxy.received - before < len(LARGE) - (16 << 20)
    assert local(tmp_path / "copy") == {"large": LARGE}


def test_a_journal_that_lies_costs_time_and_no_byte(run: Run, tmp_path: Path) -> None:
    with invenio({"data": LARGE[: 1 << 20]}) as server:
        with Proxy(server.server_port, cut_answer_after=300_000, cuts=100) as proxy:
            run(["get", "1", "--from", proxy.url, "--to", tmp_path, "--patience", "0"], 3)
        (journal,) = tmp_path.glob(".baton-*.done")
        journal.write_bytes(b"junk\n0 999999999999\n-5 7\n12")
        run(["get", "1", "--from", server.url, "--to", tmp_path])
    assert local(tmp_path) == {"data": LARGE[: 1 << 20]}


def test_a_server_that_knows_no_ranges_is_asked_for_all_of_it(run: Run, tmp_path: Path) -> None:
    with invenio({"large": LARGE}, knows_ranges=False) as server:
        run(["get", "1", "--from", server.url, "--to", tmp_path])
        assert server.ranges[-1] is None
    assert local(tmp_path) == {"large": LARGE}


def test_a_connection_that_breaks_begins_anew_where_there_are_no_ranges(run: Run, tmp_path: Path) -> None:
    content = LARGE[: 3 << 20]
    with (
        invenio({"data": content}, knows_ranges=False) as server,
        Proxy(server.server_port, cut_answer_after=1 << 20, cuts=1) as proxy,
    ):
        run(["get", "1", "--from", proxy.url, "--to", tmp_path])
    assert local(tmp_path) == {"data": content}


def test_a_mirror_with_other_bytes_is_found_out_and_the_next_source_asked(run: Run, tmp_path: Path) -> None:
    wrong = LARGE[: 40 << 20] + b"x" + LARGE[(40 << 20) + 1 :]
    with hostile([], wrong) as mirror, invenio({"large": LARGE}) as server:
        mirrors = ["--mirror", f"{server.url}/nothing/is/here", "--mirror", mirror]
        done = run(["get", "1", "--from", server.url, "--to", tmp_path, *mirrors])
    assert done.output.count("The next source is asked.") == 2
    assert f"{mirror}/large" in done.output
    assert local(tmp_path) == {"large": LARGE}


def test_a_mirror_that_is_down_is_not_asked_for_every_file(run: Run, tmp_path: Path) -> None:
    with invenio({"a": b"1", "b": b"2", "c": b"3"}) as server:
        command = [
            "get",
            "1",
            "--from",
            server.url,
            "--to",
            tmp_path,
            "--mirror",
            "http://127.0.0.1:9",
            "--parallel",
            "1",
        ]
        assert run(command).output.count("The next source is asked.") == 1
    assert local(tmp_path) == {"a": b"1", "b": b"2", "c": b"3"}


@pytest.mark.parametrize("token", ["secret", ""])
def test_where_contents_are_redirected_to_does_not_see_the_token(
    run: Run, env: dict[str, str], tmp_path: Path, token: str
) -> None:
    env["BATON_TOKEN"] = token
    with invenio({"a b ä": b"1"}) as store, invenio({"a b ä": b"1"}, contents_at=store.url) as server:
        run(["get", "1", "--from", server.url, "--to", tmp_path, "--mirror", f"{store.url}/mirror"])
        assert server.authorizations == {f"Bearer {token}" if token else None}
        assert store.authorizations == {None}
    assert local(tmp_path) == {"a b ä": b"1"}


@pytest.mark.parametrize("seed", range(8))
def test_wherever_connections_break_the_bytes_are_right(run: Run, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    content = chance.randbytes(chance.randrange(1 << 20))
    with (
        invenio({"data": content, "more": content[::-1]}, knows_ranges=seed % 2 == 0) as server,
        Proxy(server.server_port, cut_answer_after=chance.randrange(1, 200_000), cuts=3) as proxy,
    ):
        run(["get", "1", "--from", proxy.url, "--to", tmp_path])
    assert local(tmp_path) == {"data": content, "more": content[::-1]}


def test_two_commands_do_not_write_to_one_file(run: Run, tmp_path: Path) -> None:
    with invenio({"data": b"bytes"}) as server:
        file = RemoteFile("data", is_complete=True, size=5, md5=md5(b"bytes"), sha256=None, parts={})
        with Partial(Target(file, tmp_path / "data", ()).part, 5) as other:
            assert "Another process" in run(["get", "1", "--from", server.url, "--to", tmp_path], 5).output
            other.write(0, b"bytes")
        run(["get", "1", "--from", server.url, "--to", tmp_path])
        assert server.ranges == []
    assert local(tmp_path) == {"data": b"bytes"}


def test_nothing_is_written_through_a_link_where_the_bytes_gather(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / "copy").mkdir()
    file = RemoteFile("data", is_complete=True, size=6, md5=md5(b"theirs"), sha256=None, parts={})
    Target(file, tmp_path / "copy/data", ()).part.symlink_to(tmp_path / "mine")
    with invenio({"data": b"theirs"}) as server:
        run(["get", "1", "--from", server.url, "--to", tmp_path / "copy"], 5)
    assert (tmp_path / "mine").read_bytes() == b"mine"
