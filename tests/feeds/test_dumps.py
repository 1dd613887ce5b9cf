"""The dump: all public metadata in two files, with checksums that hold, and nothing that is not public."""

import gzip
import hashlib
import io
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pyarrow.parquet
import pytest
from starlette.testclient import TestClient
from tests.rdm.test_lifecycle import METADATA

from baton.context import Context
from baton.feeds.dumps import Dumps
from baton.feeds.jobs import is_due, make_dump
from baton.kernel import clock
from baton.kernel.outbox import pending
from baton.reactions import dump
from baton.records.commands.drafts import create_draft, edit, save_draft
from baton.records.commands.publish import publish

RDM = {"Accept": "application/vnd.inveniordm.v1+json", "Authorization": ""}
CLOSED = {"record": "restricted", "files": "restricted"}
Publish = Callable[..., int]


@pytest.fixture
def publishing(context: Context, cast: Any, settle: Callable[[], int]) -> Publish:
    """Publishes a record, or gives the one of that number another access."""

    def publishing(access: Any = None, number: int | None = None) -> int:
        body = {"metadata": METADATA, "files": {"enabled": False}, "access": access or {"record": "public"}}
        with context.database.write() as connection:
            if number is None:
                number = create_draft(connection, cast.alice.actor, context.dois, body).record.id
            else:
                edit(connection, cast.alice.actor, number)
                save_draft(connection, cast.alice.actor, context.dois, number, body)
            publish(connection, cast.alice.actor, context.dois, number)
        settle()
        while _is_behind(context):  # the server's own worker may be at it
            time.sleep(0.01)
        return number

    return publishing


def _is_behind(context: Context) -> bool:
    with context.database.read() as connection:
        return pending(connection, "note order")


def made(context: Context) -> Any:
    done = make_dump(context.dumps, context.database, context.site.public_view)
    assert done is not None
    return done


def lines(content: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in gzip.decompress(content).splitlines()]


def test_everything_public_is_in_both_files_as_the_interface_answers_it(
    client: TestClient, context: Context, publishing: Publish
) -> None:
    numbers = [publishing() for _ in range(3)]
    publishing(CLOSED)
    hidden = publishing()
    publishing(CLOSED, hidden)
    made(context)
    listed = client.get("/api/exporter").json()
    assert set(listed) == {"records.jsonl.gz", "records.parquet"}
    records = lines(client.get(listed["records.jsonl.gz"][0]["links"]["self_head"]).content)
    assert [record["id"] for record in records] == [str(number) for number in numbers]
    answered = client.get(f"/api/records/{numbers[0]}", headers=RDM).json()
    assert records[0]["metadata"]["title"] == answered["metadata"]["title"]
    assert records[0]["links"] == answered["links"]
    table = pyarrow.parquet.read_table(io.BytesIO(client.get("/api/exporter/records.parquet").content)).to_pylist()
    assert [row["id"] for row in table] == numbers
    assert [orjson.loads(row["json"]) for row in table] == records
    assert table[0]["creators"] == [{"name": "Marsh, Ada", "orcid": None}]


def test_the_manifest_says_what_each_file_holds(client: TestClient, context: Context, publishing: Publish) -> None:
    publishing()
    made(context)
    manifest = client.get("/api/exporter/manifest.json").json()
    assert (manifest["site"], manifest["records"]) == ("http://testserver", 1)
    assert client.get(f"/api/changes?cursor={manifest['cursor']}").json()["changes"] == []
    for file in manifest["files"]:
        content = client.get(f"/api/exporter/{file['key']}/{manifest['version_id']}").content
        assert len(content) == file["size"]
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == file["md5"]


def test_a_dump_can_be_read_in_ranges_and_is_not_sent_again(
    client: TestClient, context: Context, publishing: Publish
) -> None:
    publishing()
    made(context)
    address = "/api/exporter/records.jsonl.gz"
    whole = client.get(address)
    part = client.get(address, headers={"Range": "bytes=5-14"})
    assert (part.status_code, part.content) == (206, whole.content[5:15])
    assert client.get(address, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304


def test_the_newest_three_are_kept(client: TestClient, context: Context, publishing: Publish) -> None:
    publishing()
    versions = []
    for day in range(5):
        clock.freeze(datetime(2027, 1, 1 + day, tzinfo=UTC))
        versions.append(made(context).version_id)
    listed = client.get("/api/exporter").json()["records.parquet"]
    assert [file["version_id"] for file in listed] == versions[:1:-1]
    assert [file["is_head"] for file in listed] == [True, False, False]
    assert client.get(f"/api/exporter/records.parquet/{versions[0]}").status_code == 404


def test_one_is_made_each_night_and_none_of_nothing(context: Context, publishing: Publish) -> None:
    clock.freeze(datetime(2027, 1, 1, 12, tzinfo=UTC))
    assert not is_due(context.dumps, context.database, 2)
    publishing()
    dump(context, lambda: False)
    assert not is_due(context.dumps, context.database, 2)
    clock.freeze(datetime(2027, 1, 2, 1, 59, tzinfo=UTC))
    assert not is_due(context.dumps, context.database, 2)
    clock.freeze(clock.now() + timedelta(minutes=2))
    assert is_due(context.dumps, context.database, 2)


def test_a_dump_that_is_interrupted_leaves_nothing_to_be_seen(context: Context, publishing: Publish) -> None:
    publishing()
    assert make_dump(context.dumps, context.database, context.site.public_view, lambda: True) is None
    assert list(context.dumps.newest_first()) == []
    made(context)
    assert [path.name for path in context.dumps.folder.iterdir() if path.name.startswith("incoming")] == []


def test_only_one_is_made_at_a_time(context: Context) -> None:
    other = Dumps(context.dumps.folder, 3)
    with context.dumps.making() as first, other.making() as second:
        assert (first, second) == (True, False)


@pytest.mark.parametrize(
    "path",
    ["records.csv", "lock", "..%2fbaton.db", "records.parquet/x", "manifest.json/%2e%2e", "%00"],
)
def test_there_is_nothing_else_to_be_had(client: TestClient, context: Context, publishing: Publish, path: str) -> None:
    publishing()
    made(context)
    assert client.get(f"/api/exporter/{path}").status_code == 404
