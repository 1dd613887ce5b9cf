"""Dumps have hundreds of megabytes and tens of millions of rows: reading them must not need more memory for that."""

import tracemalloc
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.vocabularies.dumps import json_lines, organisation, write_json, write_tar

from baton.vocabularies.importers import IMPORTERS
from baton.vocabularies.importers.sources import CHUNK

SUMMARY = b"<record><orcid-identifier><path>0000-0002-1825-0097</path></orcid-identifier></record>"


@pytest.fixture
def _traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def peak_of_reading(vocabulary: str, path: Path) -> int:
    tracemalloc.reset_peak()
    before, _peak = tracemalloc.get_traced_memory()
    deque(IMPORTERS[vocabulary](path), maxlen=0)
    _now, peak = tracemalloc.get_traced_memory()
    return peak - before


@pytest.mark.usefixtures("_traced")
def test_a_large_array_is_never_held_as_a_whole(tmp_path: Path) -> None:
    path = write_json(tmp_path / "ror.json", [organisation("01ggx4157", "x" * 2_000)] * 6_000)
    assert path.stat().st_size > 16 * CHUNK
    assert peak_of_reading("affiliations", path) < 8 * CHUNK


@pytest.mark.usefixtures("_traced")
def test_the_members_of_an_archive_are_forgotten(tmp_path: Path) -> None:
    few = write_tar(tmp_path / "few.tar", {f"{number}.xml": SUMMARY for number in range(100)})
    many = write_tar(tmp_path / "many.tar", {f"{number}.xml": SUMMARY for number in range(4_000)})
    peak_of_reading("names", few)
    assert peak_of_reading("names", many) < peak_of_reading("names", few) + CHUNK // 4


@pytest.mark.usefixtures("_traced")
def test_lines_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "awards.jsonl"
    path.write_bytes(json_lines([{"id": "nsf_________::1", "code": "1", "title": "x" * 1_000}]) * 10_000)
    assert peak_of_reading("awards", path) < 4 * CHUNK
