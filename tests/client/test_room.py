"""Deposits that are larger than a record may be."""

from collections.abc import Callable
from pathlib import Path

from tests.client.conftest import Run
from tests.conftest import Server

from baton.client.local import LocalFile
from baton.client.room import check_room


def test_what_has_no_room_is_told_at_once_and_before_a_byte_is_sent(
    run: Run, start_server: Callable[..., Server], folder: Path
) -> None:
    server = start_server(MAX_FILE_BYTES="1000000", MAX_RECORD_BYTES="2000000", MAX_FILES="2")
    command = ["deposit", folder, "--to", server.url, "--title", "Waves", "--creator", "Doe, Jane"]
    told = run(command, 1).stderr
    for lack in ("nothing was sent", f"{folder / 'large.bin'} has 2.9 MiB", "may have 1.9 MiB", "2 files at most"):
        assert lack in told
    (folder / "large.bin").unlink()
    assert server.url in run(command).stdout


def test_where_a_server_tells_nothing_it_is_left_to_refuse() -> None:
    check_room([LocalFile("a", Path("a"), 1 << 60, "")], {})
