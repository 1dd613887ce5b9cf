"""zenodo_get: downloads records by number or DOI and compares checksums."""

from pathlib import Path
from typing import Any


def test_it_downloads_a_record_by_its_number_and_doi(
    as_on_zenodo: Any, record: Any, small: Path, big: Path, tmp_path: Path
) -> None:
    for place, named in enumerate(("{id}", "{conceptrecid}", "--doi={conceptdoi}", "https://doi.org/{doi}")):
        folder = tmp_path / str(place)
        as_on_zenodo("zenodo_get", named.format(**record), "-o", str(folder))
        got = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert got == {small.name: small.read_bytes(), big.name: big.read_bytes()}, named


def test_it_chooses_files_and_lists_checksums_and_addresses(as_on_zenodo: Any, record: Any, tmp_path: Path) -> None:
    number = str(record["id"])
    as_on_zenodo("zenodo_get", number, "-o", "got", "-g", "*.txt")
    assert [path.name for path in (tmp_path / "got").iterdir()] == ["small file.txt"]
    as_on_zenodo("zenodo_get", number, "-o", "sums", "-m")
    assert "b1946ac92492d2347c6235b4d2611184  small file.txt" in (tmp_path / "sums" / "md5sums.txt").read_text()
    addresses = as_on_zenodo("zenodo_get", number, "-w", "-").split()
    assert f"https://zenodo.org/api/records/{number}/files/big.bin/content" in addresses


def test_it_downloads_what_is_restricted_with_a_token(
    as_on_zenodo: Any, alice: Any, cast: Any, small: Path, tmp_path: Path
) -> None:
    closed = str(alice.publish(small, access_right="restricted")["id"])
    as_on_zenodo("zenodo_get", closed, "-o", "got", "--access-token", cast.alice.token)
    assert (tmp_path / "got" / small.name).read_bytes() == small.read_bytes()
