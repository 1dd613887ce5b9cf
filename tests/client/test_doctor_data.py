"""`baton doctor-data`: what a later version would cost, whatever it is packed in; and that nothing is too odd."""

import bz2
import gzip
import io
import json
import lzma
import os
import random
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from tests.client.conftest import Run
from tests.client.tables import table

from baton.client.packing.formats import recognise

TABLE = table(200_000)
NEXT = table(200_000, forgotten=100_000)
ZSTD = zstandard.ZstdCompressor().compress
NOISE = random.Random(1).randbytes(1 << 20)


@pytest.fixture
def examined(run: Run, tmp_path: Path) -> Any:
    """Write a file, ask the doctor, and read what it says of it."""

    def examined(name: str, content: bytes, status: int = 0, older: bytes | None = None) -> dict[str, Any]:
        (tmp_path / name).write_bytes(content)
        against: list[str | Path] = []
        if older is not None:
            (tmp_path / "older").write_bytes(older)
            against = ["--against", tmp_path / "older"]
        done = run(["doctor-data", tmp_path / name, "--json", "--quiet", *against], status)
        finding: dict[str, Any] = json.loads(done.stdout)
        return finding

    return examined


def tar(content: bytes) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        member = tarfile.TarInfo("table.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return target.getvalue()


def zipped(*members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(members):
            archive.writestr(f"{number}.csv", content)
    return target.getvalue()


def parquet() -> bytes:
    target = io.BytesIO()
    some = random.Random(3)
    columns = {"number": range(400_000), "value": [some.random() for _row in range(400_000)]}
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


def test_of_a_plain_table_little_is_sent(examined: Any) -> None:
    finding = examined("table.csv", TABLE)
    assert finding["format"] == "CSV"
    assert finding["costs"]["inserted"]["sent"] < 0.1 * len(TABLE)
    assert finding["costs"]["inserted"]["stored"] < 2000
    assert finding["advice"] == ""


@pytest.mark.parametrize(
    ("name", "packed"),
    [("gzip", gzip.compress), ("bzip2", bz2.compress), ("xz", lzma.compress), ("zstd", ZSTD)],
)
def test_a_stream_is_better_unpacked(examined: Any, name: str, packed: Any) -> None:
    finding = examined("table.csv.packed", packed(TABLE), 6)
    assert finding["format"] == f"CSV in {name}"
    assert finding["costs"]["inserted"]["sent"] > 0.4 * finding["size"]
    assert finding["otherwise"]["inserted"]["sent"] < 0.5 * finding["costs"]["inserted"]["sent"]
    assert "Deposit it unpacked" in finding["advice"]


def flushed_often(data: bytes) -> bytes:
    """A gzip file such as zlib does not make again."""
    deflater = zlib.compressobj(6, zlib.DEFLATED, 31)
    pieces = [data[at : at + 100_000] for at in range(0, len(data), 100_000)]
    return b"".join(deflater.compress(one) + deflater.flush(zlib.Z_FULL_FLUSH) for one in pieces) + deflater.flush()


def test_of_a_gzip_file_that_zlib_makes_again_little_is_stored_though_all_is_sent(examined: Any) -> None:
    kept = examined("table.csv.gz", gzip.compress(TABLE), 6)
    assert kept["costs"]["inserted"]["sent"] > 0.4 * kept["size"]
    assert kept["costs"]["inserted"]["stored"] < 5000
    other = examined("other.csv.gz", flushed_often(TABLE), 6)
    assert other["costs"]["inserted"]["stored"] > 0.3 * other["size"]


def test_a_packed_folder_is_better_a_folder(examined: Any) -> None:
    finding = examined("folder.tar.gz", gzip.compress(tar(TABLE)), 6)
    assert finding["format"] == "tar in gzip"
    assert "Deposit the folder as it is" in finding["advice"]


def test_a_zip_of_many_members_is_fine_and_one_of_a_single_member_is_not(examined: Any) -> None:
    many = examined("many.zip", zipped(*(TABLE[start : start + 200_000] for start in range(0, 3_000_000, 200_000))))
    assert many["format"] == "zip of 15"
    assert many["costs"]["inserted"]["sent"] < 0.15 * many["size"]
    assert "unpacked" in examined("one.zip", zipped(TABLE), 6)["advice"]


def test_parquet_is_better_with_pages_that_the_content_ends(examined: Any) -> None:
    finding = examined("table.parquet", parquet(), 6)
    assert finding["format"] == "Parquet"
    assert finding["otherwise"]["inserted"]["sent"] < 0.5 * finding["costs"]["inserted"]["sent"]
    assert "use_content_defined_chunking" in finding["advice"]


def test_an_older_copy_is_measured(examined: Any) -> None:
    plain = examined("table.csv", NEXT, older=TABLE)["costs"]["this version"]
    assert plain["sent"] < 0.1 * len(NEXT)
    packed = examined("table.csv.gz", gzip.compress(NEXT), 6, older=gzip.compress(TABLE))
    assert packed["costs"]["this version"]["sent"] > 0.4 * packed["size"]
    assert packed["otherwise"]["this version"]["sent"] == plain["sent"]


def test_what_does_not_change_is_well_packed_whatever_it_is(examined: Any) -> None:
    packed = gzip.compress(TABLE)
    finding = examined("table.csv.gz", packed, older=packed)
    assert finding["costs"]["this version"] == {"sent": 0, "stored": 0}
    assert finding["advice"] == ""
    assert examined("small", b"1", older=b"1")["costs"]["this version"] == {"sent": 0, "stored": 0}


def test_folders_are_compared_by_names(run: Run, tmp_path: Path) -> None:
    for version, content in (("old", TABLE), ("new", NEXT)):
        (tmp_path / version / "raw").mkdir(parents=True)
        (tmp_path / version / "raw/table.csv").write_bytes(content)
    (tmp_path / "new/more.csv").write_bytes(TABLE)
    done = run(["doctor-data", tmp_path / "new", "--against", tmp_path / "old", "--json"])
    findings = {Path(finding["path"]).name: finding for finding in map(json.loads, done.stdout.splitlines())}
    assert "this version" in findings["table.csv"]["costs"]
    assert "this version" not in findings["more.csv"]["costs"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.gz", gzip.compress(TABLE)[:300_000]),
        ("cut.xz", lzma.compress(NOISE)[:300_000]),
        ("cut.zst", ZSTD(NOISE)[:300_000]),
        ("junk.bz2", b"BZh9" + NOISE),
        ("junk.zip", b"PK\x03\x04" + NOISE),
        ("future.zip", zipped(NOISE).replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xff")),
        ("junk.parquet", b"PAR1" + NOISE),
    ],
)
def test_a_damaged_file_is_told(examined: Any, name: str, content: bytes) -> None:
    assert "damaged" in examined(name, content, 6)["advice"]


def test_a_stream_that_ends_after_the_sample_is_told_when_it_is_compared(examined: Any) -> None:
    whole = gzip.compress(NOISE * 20)
    assert "damaged" in examined("data.gz", whole[: len(whole) - 100_000], 6, older=whole)["advice"]


def test_a_bomb_is_only_a_long_stream(examined: Any) -> None:
    bomb = gzip.compress(bytes(300 << 20), 9)
    assert len(bomb) > 256 << 10
    assert examined("bomb.gz", bomb)["format"] == "binary data in gzip"


def test_links_lead_nowhere_and_what_is_no_file_is_passed_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.csv").write_bytes(TABLE)
    (tmp_path / "data/link").symlink_to(tmp_path / "outside")
    (tmp_path / "data/file").symlink_to(tmp_path / "outside/secret.csv")
    os.mkfifo(tmp_path / "data/pipe")
    done = run(["doctor-data", tmp_path / "data", "--json"])
    assert done.stdout == ""
    assert done.stderr.count("not followed") == 2
    assert "pipe" in done.stderr


def test_what_cannot_be_read_has_an_exit_code_of_its_own(run: Run, tmp_path: Path) -> None:
    (tmp_path / "fine.csv").write_bytes(TABLE)
    unreadable = "/proc/self/mem"  # even for whoever may read everything
    done = run(["doctor-data", tmp_path, unreadable], 1)
    assert f"{unreadable}: Input/output error" in done.stderr
    assert "fine.csv: CSV" in done.stdout


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"", "text"),
        ("ä,ö\n1,2\n3,4\n".encode(), "CSV"),
        (b"a\tb\n1\t2\n", "TSV"),
        (b'\xef\xbb\xbf{"a": 1}', "JSON"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (bytes(512) + b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"CDF\x02", "NetCDF-3"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"\x1f\x8b\x08\x04" + bytes(8) + b"BC\x02\x00", "BGZF"),
        (b"\x00\x01", "binary data"),
        (("ä" * 2048).encode()[:4095], "text"),
    ],
)
def test_formats_are_known_by_their_first_bytes(head: bytes, name: str) -> None:
    assert recognise(head).name == name
