"""The whole way of later versions: deposited over HTTP, compacted, swept, downloaded, and restored without Baton."""

import ast
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient
from tests.files.lineages import corrected, table
from tests.refusals import METADATA
from tests.storage.versions.packed import gzipped

from baton.app import create_app
from baton.context import Context
from baton.health import examine
from baton.kernel import clock
from baton.kernel.settings import Settings
from baton.kernel.worker import run_until_idle
from baton.reactions import ERRANDS, JOBS, REACTIONS

RESTORE = Path(__file__).with_name("restore.py")


class Repository:
    """The program over HTTP, its background work done when asked for."""

    def __init__(self, client: TestClient, context: Context, headers: dict[str, str]) -> None:
        self.client = client
        self.context = context
        self.headers = headers
        self.files: dict[tuple[int, str], bytes] = {}

    def deposit(self, data: bytes, previous: int | None = None) -> int:
        """Publish a record, or a new version of one, with a single file."""
        if previous is None:
            draft = self._call("POST", "/api/records", {"metadata": METADATA})
        else:
            draft = self._call("POST", f"/api/records/{previous}/versions")
            self._call("PUT", f"/api/records/{draft['id']}/draft", {"metadata": METADATA})
        number = int(draft["id"])
        self._call("POST", f"/api/records/{number}/draft/files", [{"key": "data/table.csv"}])
        path = f"/api/records/{number}/draft/files/data/table.csv"
        assert self.client.put(f"{path}/content", content=data, headers=self.headers).status_code == 200
        self._call("POST", f"{path}/commit")
        self._call("POST", f"/api/records/{number}/draft/actions/publish")
        self.files[number, "data/table.csv"] = data
        return number

    def sha256(self, number: int) -> str:
        return hashlib.sha256(self.files[number, "data/table.csv"]).hexdigest()

    def _call(self, method: str, path: str, body: object = None) -> Any:
        answer = self.client.request(method, path, json=body, headers=self.headers)
        assert answer.is_success, answer.text
        return answer.json()

    def work(self) -> None:
        """Everything that happens in the background until the day after tomorrow."""
        run_until_idle(self.context.database, self.context, REACTIONS, JOBS)
        for errand in ERRANDS:
            errand.run(self.context, lambda: False)
        clock.freeze(clock.now() + timedelta(days=2))
        run_until_idle(self.context.database, self.context, REACTIONS, JOBS)
        clock.freeze(None)


@pytest.fixture
def repository(settings: Settings, context: Context, cast: Any) -> Iterator[Repository]:
    app = create_app(settings.model_copy(update={"worker": False}))
    with TestClient(app, follow_redirects=False) as client:
        yield Repository(client, context, cast.alice.headers)


@pytest.fixture
def versions(repository: Repository) -> tuple[Repository, list[int]]:
    """Four versions of a table; of the later ones only what changed is stored."""
    data = table()
    numbers = [repository.deposit(data)]
    for seed in range(3):
        data = corrected(data, seed)
        numbers.append(repository.deposit(data, numbers[-1]))
    repository.work()
    return repository, numbers


@pytest.fixture
def packed(repository: Repository) -> tuple[Repository, list[int]]:
    """Three versions of a table in gzip; of the later ones only what changed in them is stored."""
    data = table()
    numbers = [repository.deposit(gzipped(data))]
    for seed in range(2):
        data = corrected(data, seed)
        numbers.append(repository.deposit(gzipped(data), numbers[-1]))
    repository.work()
    for number in numbers[1:]:
        recipe = repository.context.store.stored_recipe(repository.sha256(number))
        assert recipe is not None
        assert recipe.deflated
    return repository, numbers


@pytest.mark.parametrize("kind", ["versions", "packed"])
def test_every_version_is_downloaded_as_it_was_whole_and_in_ranges(kind: str, request: pytest.FixtureRequest) -> None:
    repository, numbers = request.getfixturevalue(kind)

    for number in numbers:
        data = repository.files[number, "data/table.csv"]
        path = f"/api/records/{number}/files/data/table.csv/content"
        assert repository.client.get(path).content == data
        part = repository.client.get(path, headers={"Range": "bytes=200000-300000"})
        assert part.status_code == 206
        assert part.content == data[200_000:300_001]
        archive = repository.client.get(f"/api/records/{number}/files-archive")
        assert archive.status_code == 200


def test_later_versions_cost_what_changed_and_it_can_be_seen(
    versions: tuple[Repository, list[int]], settings: Settings
) -> None:
    repository, numbers = versions
    given = {"BATON_DATA_DIR": str(settings.data_dir), "BATON_DATABASE_URL": settings.database_url}
    sizes = [len(data) for data in repository.files.values()]

    def usage(*options: str, status: int = 0) -> str:
        command = [str(Path(sys.executable).with_name("baton")), "storage", "usage", *options]
        done = subprocess.run(command, env={**os.environ, **given}, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        return done.stdout

    def rows(*options: str) -> dict[str, dict[str, int]]:
        found = [orjson.loads(line) for line in usage("--json", *options).splitlines()]
        return {row.pop("of"): row for row in found}

    one = rows("--record", str(numbers[2]))
    assert [one[f"version {number}"]["logical"] for number in numbers] == sizes
    assert one[f"version {numbers[0]}"]["stored"] == sizes[0]
    assert all(one[f"version {number}"]["stored"] < 5000 for number in numbers[1:])
    everything = rows("--each")
    assert everything["everything"]["logical"] == sum(sizes)
    assert everything["everything"]["saved"] > 0.98 * sum(sizes[1:])
    (work,) = (row for name, row in everything.items() if name != "everything")
    assert work == everything["everything"]
    assert f"{sum(sizes):,}" in usage()
    usage("--record", "999", status=1)


def test_the_doctor_is_content_and_finds_what_is_missing(versions: tuple[Repository, list[int]]) -> None:
    repository, _numbers = versions
    context = repository.context

    def storage() -> list[str]:
        return [finding.what for finding in examine(context) if finding.part == "storage"]

    assert storage() == []
    (base, _size) = max(context.store.objects.walk(), key=lambda found: found[1])
    last = list(context.store.walk_notes("recipes"))[-1]
    context.store.delete_note("recipes", last)
    context.store.objects.delete(base)
    assert sorted(storage()) == sorted(
        [f"The object {base} is missing.", f"The recipe of the content {last} is missing."]
    )


OTHER_ZLIB = """
import sys, zlib
true = zlib.compressobj
zlib.compressobj = lambda level, *others: true(min(9, level + 1), *others)
from baton.cli.main import main
sys.argv[1:] = ["doctor"]
main()
"""


def test_the_doctor_tells_of_a_zlib_that_makes_other_streams(
    packed: tuple[Repository, list[int]], settings: Settings
) -> None:
    repository, numbers = packed
    assert [finding for finding in examine(repository.context) if finding.part == "storage"] == []
    given = {"BATON_DATA_DIR": str(settings.data_dir), "BATON_DATABASE_URL": settings.database_url}
    command = [sys.executable, "-c", OTHER_ZLIB]
    done = subprocess.run(command, env={**os.environ, **given}, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert f"{len(numbers) - 1} contents can only be read with zlib itself" in done.stdout


@pytest.mark.parametrize("kind", ["versions", "packed"])
def test_a_program_that_knows_only_the_formats_restores_every_file(
    kind: str, request: pytest.FixtureRequest, settings: Settings, tmp_path: Path
) -> None:
    repository, numbers = request.getfixturevalue(kind)
    if not repository.context.database.is_sqlite:
        pytest.skip("dumps of PostgreSQL have statements of their own")
    imported = {
        name
        for node in ast.walk(ast.parse(RESTORE.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported - set(sys.stdlib_module_names) - {"collections.abc"} == {"zstandard"}
    dump = tmp_path / "dump.sql"
    with sqlite3.connect(settings.data_dir / "baton.db") as database:
        dump.write_text("\n".join(database.iterdump()), encoding="utf-8")

    subprocess.run(
        [sys.executable, "-I", RESTORE, dump, settings.data_dir / "files", tmp_path / "restored"], check=True
    )

    for (number, key), data in repository.files.items():
        restored = (tmp_path / "restored" / str(number) / key).read_bytes()
        assert hashlib.sha256(restored).digest() == hashlib.sha256(data).digest()
    stored = {path.name for path in (settings.data_dir / "files" / "objects").rglob("*") if path.is_file()}
    assert repository.sha256(numbers[-1]) not in stored
