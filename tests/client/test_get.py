"""`baton get`: over a bad network, beside local changes, and from servers that cannot be trusted."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.client.conftest import Run, local
from tests.client.proxy import Proxy
from tests.client.test_deposit import SAID, number_in, port_of
from tests.fakes.hostile_server import HostileServer
from tests.limits import largest_file

from baton.client.names import UnsafeName, local_path

GOOD = b"day,metres\n1,1.8\n"


@pytest.fixture
def record(run: Run, server: Any, folder: Path) -> str:
    """The number of a published record that holds `folder`."""
    return number_in(run(["deposit", folder, "--to", server.url, *SAID, "--publish"]).stdout)


def parts_left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob(".*") if path.is_file()]


def entry(key: str, content: bytes = GOOD) -> dict[str, Any]:
    digest = hashlib.md5(content).hexdigest()  # noqa: S324  as the wire has it
    return {
        "key": key,
        "size": len(content),
        "checksum": f"md5:{digest}",
        "sha256": hashlib.sha256(content).hexdigest(),
    }


@contextmanager
def hostile(
    entries: list[dict[str, Any]], sends: bytes = GOOD, answers: Mapping[str, bytes] | None = None
) -> Iterator[str]:
    server = HostileServer(entries, sends, answers or {})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.url
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("form", ["{number}", "10.5072/baton.{number}", "{url}/records/{number}"])
def test_a_record_is_called_by_number_doi_or_address(
    run: Run, server: Any, folder: Path, record: str, tmp_path: Path, form: str
) -> None:
    run(["get", form.format(number=record, url=server.url), "--from", server.url, "--to", tmp_path / "copy"])
    assert local(tmp_path / "copy") == local(folder)


def test_connections_that_break_are_gone_on_with(
    run: Run, server: Any, folder: Path, record: str, tmp_path: Path
) -> None:
    with Proxy(port_of(server), cut_answer_after=700_000, cuts=3) as proxy:
        run(["get", record, "--from", proxy.url, "--to", tmp_path / "copy"])
        assert proxy.cuts == 0
        assert proxy.received < 5_000_000  # 3 MB, and what was on its way at each cut
    assert local(tmp_path / "copy") == local(folder)


def test_where_there_is_no_room_that_is_told_and_the_same_command_goes_on(
    run: Run, server: Any, folder: Path, record: str, tmp_path: Path
) -> None:
    command = ["get", record, "--from", server.url, "--to", tmp_path / "copy"]
    with largest_file(1_000_000):
        done = run(command, status=1)
    assert f"There is no room left in {tmp_path / 'copy'}" in done.stderr
    assert "run the same command again" in done.stderr
    run(command)
    assert local(tmp_path / "copy") == local(folder)


def test_what_is_there_is_not_fetched_again(run: Run, server: Any, record: str, tmp_path: Path) -> None:
    with Proxy(port_of(server)) as proxy:
        run(["get", record, "--from", proxy.url, "--to", tmp_path])
        before = proxy.received
        run(["get", record, "--from", proxy.url, "--to", tmp_path])
        assert proxy.received - before < 20_000


def test_patterns_choose_files(run: Run, server: Any, record: str, tmp_path: Path) -> None:
    run(["get", record, "raw/*.csv", "--from", server.url, "--to", tmp_path / "copy"])
    assert list(local(tmp_path / "copy")) == ["raw/buoy 1 ä#?.csv"]
    assert "has no file 'nothing'" in run(["get", record, "nothing", "--from", server.url], 1).output


def test_local_changes_are_only_replaced_when_somebody_says_so(
    run: Run, server: Any, folder: Path, record: str
) -> None:
    before = local(folder)
    (folder / "large.bin").write_bytes(b"mine")
    assert "large.bin" in run(["get", record, "--from", server.url, "--to", folder], 5).output
    assert (folder / "large.bin").read_bytes() == b"mine"
    run(["get", record, "--from", server.url, "--to", folder, "--force"])
    assert local(folder) == before


@pytest.mark.parametrize(
    "key", ["../out", "/etc/out", "a/../../out", "a//b", "C:\\out", "a\u202egpj.exe", "a\nb", "..", ""]
)
def test_dangerous_names_are_refused_before_anything_is_written(run: Run, tmp_path: Path, key: str) -> None:
    with hostile([entry("good"), entry(key)]) as url:
        run(["get", "1", "--from", url, "--to", tmp_path / "copy"], 4)
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("key", ["NUL", "aux.c", "com1.tar.gz", "c:out", "file:stream", "ends in a dot."])
def test_what_windows_would_take_for_something_else_is_refused_there(key: str) -> None:
    assert local_path(Path("here"), key, is_windows=False) == Path("here", key)
    with pytest.raises(UnsafeName):
        local_path(Path("here"), key, is_windows=True)


@pytest.mark.parametrize("keys", [["data", "Data"], ["a", "a/b"]])
def test_names_that_would_be_one_file_are_refused(run: Run, tmp_path: Path, keys: list[str]) -> None:
    with hostile([entry(key) for key in keys]) as url:
        run(["get", "1", "--from", url, "--to", tmp_path / "copy"], 4)


def test_no_link_leads_out_of_the_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/raw").symlink_to(tmp_path)
    with hostile([entry("raw/out")]) as url:
        run(["get", "1", "--from", url, "--to", tmp_path / "copy"], 5)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("sends", [GOOD[:-1], GOOD + b"more", GOOD.upper()])
def test_wrong_bytes_are_not_kept(run: Run, tmp_path: Path, sends: bytes) -> None:
    with hostile([entry("data.csv")], sends) as url:
        run(["get", "1", "--from", url, "--to", tmp_path / "copy"], 4)
    assert local(tmp_path / "copy") == {}


def test_bytes_with_the_right_md5_and_another_sha256_are_not_kept(run: Run, tmp_path: Path) -> None:
    with hostile([entry("data.csv") | {"sha256": hashlib.sha256(b"other").hexdigest()}]) as url:
        assert "SHA-256" in run(["get", "1", "--from", url, "--to", tmp_path / "copy"], 4).output
    assert local(tmp_path / "copy") == {}


@pytest.mark.parametrize("address", ["http://[::1", "http://x:99999", "http://", "ftp://x", "x"])
def test_what_is_no_address_is_told(run: Run, folder: Path, address: str) -> None:
    deposit = ["deposit", folder, "--to", address, "--title", "Ice", "--creator", "Carberry, Josiah"]
    for command in (deposit, ["get", "1", "--from", address]):
        assert "is no address of a server" in run(command, 1).output
    assert "is no" in run(["get", f"{address}/records/1"], 1).output


@pytest.mark.parametrize("wrong", [{"size": -1}, {"size": 1 << 70}, {"size": "17"}, {"key": None}, {"links": 7}])
def test_what_nobody_can_mean_is_told_and_nothing_written(run: Run, tmp_path: Path, wrong: dict[str, Any]) -> None:
    with hostile([entry("data.csv") | {"transfer": {"type": "M"}} | wrong]) as url:
        done = run(["get", "1", "--from", url, "--to", tmp_path / "copy"], 1)
    assert "cannot be understood" in done.output
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("path", ["/api/records/1", "/api/records/1/files"])
@pytest.mark.parametrize("answer", [b"", b"7", b"[7]", b"{", b"[" * 100_000, b'{"entries": 7}', b'{"entries": ["a"]}'])
def test_answers_of_any_shape_are_told(run: Run, tmp_path: Path, path: str, answer: bytes) -> None:
    with hostile([entry("data.csv")], answers={path: answer}) as url:
        done = run(["get", "1", "--from", url, "--to", tmp_path / "copy"], 1)
    assert "is it " in done.output
    assert not (tmp_path / "copy").exists()


def test_a_list_without_end_is_left(run: Run, tmp_path: Path) -> None:
    page = json.dumps(
        {"entries": [entry("data.csv")], "links": {"next": "http://elsewhere/api/records/1/files?page=2"}}
    )
    with hostile([], answers={f"/api/records/1/files{query}": page.encode() for query in ("", "?page=2")}) as url:
        assert "without end" in run(["get", "1", "--from", url, "--to", tmp_path], 1).output


def test_a_folder_or_file_in_the_way_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("a file")
    (tmp_path / "data").mkdir()
    for key in ("raw/a", "data"):
        with hostile([entry(key)]) as url:
            assert "Move it away" in run(["get", "1", "--force", "--from", url, "--to", tmp_path], 5).output


def test_what_a_server_says_cannot_command_the_terminal(run: Run, tmp_path: Path) -> None:
    with hostile([entry("\x1b[2Jwiped")]) as url:
        assert "\x1b" not in run(["get", "1", "other", "--from", url, "--to", tmp_path], 1).output


def test_a_mirror_is_asked_first_and_a_broken_one_passed_over(
    run: Run, server: Any, folder: Path, record: str, tmp_path: Path
) -> None:
    with hostile([], b"nonsense") as bad, Proxy(port_of(server)) as good:
        mirrors = ["--mirror", f"{bad}/files", "--mirror", f"{good.url}/records/{record}/files"]
        run(["get", record, "large.bin", "--from", server.url, "--to", tmp_path / "copy", *mirrors])
        assert good.received > 3_000_000
    assert (tmp_path / "copy/large.bin").read_bytes() == (folder / "large.bin").read_bytes()
    assert parts_left(tmp_path / "copy") == []
