"""Whole crates: a ZIP file becomes a draft with its files, or nothing at all."""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate
from starlette.testclient import TestClient
from tests.imports.crates import GOOD, METADATA, NAME, ZIP, Entries, archive
from tests.refusals import count_own, refused


def keys(alice: TestClient, number: str) -> list[str]:
    entries = alice.get(f"/api/records/{number}/draft/files").json()["entries"]
    assert all(entry["status"] == "completed" for entry in entries)
    return [entry["key"] for entry in entries]


@pytest.mark.parametrize("folder", ["", "crate/"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_crate_becomes_a_draft_with_its_files(alice: TestClient, folder: str, method: int) -> None:
    large = bytes(range(256)) * 10_000
    entries: Entries = {NAME: METADATA, "data/": "", "data/ü.bin": large, "empty": ""}
    packed: Entries = {f"{folder}{name}": content for name, content in entries.items()}
    answer = alice.post("/api/records", content=archive({**packed, "__MACOSX/x": "x"}, method), headers=ZIP)
    assert answer.status_code == 201, answer.text
    draft = answer.json()
    assert (draft["metadata"]["title"], draft["metadata"]["publication_date"]) == ("Ice", "2024-05-06")
    assert [error["field"] for error in draft["errors"] if error["code"] == "not_carried"] == ["mood"]
    assert keys(alice, draft["id"]) == [NAME, "data/ü.bin", "empty"]
    assert alice.get(f"/api/records/{draft['id']}/draft/files/data/ü.bin/content").content == large


def test_more_files_than_get_their_names_at_once(alice: TestClient) -> None:
    entries: Entries = {NAME: METADATA, **{f"{n}.txt": str(n) for n in range(120)}}
    answer = alice.post("/api/records", content=archive(entries), headers=ZIP)
    assert len(keys(alice, answer.json()["id"])) == 121


def test_a_crate_that_the_rocrate_library_has_packed(alice: TestClient, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2\n")
    crate = ROCrate()
    crate.name = "Packed"
    crate.add_file(tmp_path / "a.csv")
    crate.write_zip(tmp_path / "crate.zip")
    draft = alice.post("/api/records", content=(tmp_path / "crate.zip").read_bytes(), headers=ZIP).json()
    assert draft["metadata"]["title"] == "Packed"
    assert set(keys(alice, draft["id"])) == {NAME, "a.csv"}


def linked() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as target:
        target.writestr(NAME, METADATA)
        entry = zipfile.ZipInfo("link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        target.writestr(entry, "/etc/passwd")
    return data.getvalue()


def twice() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as target:
        target.writestr(NAME, METADATA)
        target.writestr("a", "1")
        with pytest.warns(UserWarning, match="Duplicate"):
            target.writestr("a", "2")
    return data.getvalue()


def with_flag(data: bytes) -> bytes:
    """Marked as encrypted, in the list and before each file."""
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.find(mark)
        while at >= 0:
            data = data[: at + place] + b"\x01" + data[at + place + 1 :]
            at = data.find(mark, at + 4)
    return data


DAMAGED = archive({NAME: METADATA, "a.txt": "hello " * 100}, zipfile.ZIP_STORED).replace(
    b"hello hello", b"hullo hello", 1
)
BAD = {
    "nothing": (b"", "cannot be read"),
    "nothing in it": (archive({}), NAME),
    "no archive": (b"PK\x03\x04nonsense", "cannot be read"),
    "cut": (GOOD[:-40], "cannot be read"),
    "no metadata": (archive({"a": "1"}), NAME),
    "metadata too deep": (archive({f"a/b/{NAME}": METADATA}), NAME),
    "broken metadata": (archive({NAME: "{"}), "JSON"),
    "metadata of no crate": (archive({NAME: "{}"}), "root"),
    "a way out": (archive({NAME: METADATA, "../../etc/passwd": "x"}), "not possible"),
    "an absolute name": (archive({NAME: METADATA, "/etc/passwd": "x"}), "not possible"),
    "a backslash": (archive({NAME: METADATA, "a\\b": "x"}), "backslash"),
    "control characters": (archive({NAME: METADATA, "a\nb": "x"}), "control characters"),
    "files beside its folder": (archive({f"crate/{NAME}": METADATA, "b": "x"}), "outside"),
    "a link": (linked(), "link"),
    "one name twice": (twice(), "several"),
    "encrypted": (with_flag(GOOD), "encrypted"),
    "damaged": (DAMAGED, "cannot be read"),
    "a bomb": (archive({NAME: METADATA, "zeros": b"\0" * 200_000_000}), "unpack"),
    "a list without end": (GOOD[:-10] + b"\xff\xff\xff\x7f" + GOOD[-6:], "lists"),
}


@pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD)
def test_what_is_wrong_with_an_archive_is_told_and_nothing_is_left(
    alice: TestClient, content: bytes, said: str
) -> None:
    assert said in refused(alice.post("/api/records", content=content, headers=ZIP))["message"]
    assert count_own(alice, 0) == 0


def test_a_crate_is_no_way_around_the_limits(small: TestClient) -> None:
    many: Entries = {NAME: METADATA, **{str(n): "x" for n in range(10)}}
    large: Entries = {NAME: METADATA, "large": b"x" * 200_000}
    for entries in (many, large):
        answer = small.post("/api/records", content=archive(entries), headers=ZIP)
        assert answer.status_code in {400, 413}, answer.text
    assert count_own(small, 0) == 0


def test_nobody_in_particular_unpacks_nothing(client: TestClient) -> None:
    refused(client.post("/api/records", content=GOOD, headers=ZIP), 403)


def test_a_draft_is_not_replaced_by_a_crate(alice: TestClient) -> None:
    number = alice.post("/api/records", json={}).json()["id"]
    refused(alice.put(f"/api/records/{number}/draft", content=GOOD, headers=ZIP), 415)


def test_an_answer_that_nobody_could_read_is_not_worked_for(alice: TestClient) -> None:
    for kind, content in ((ZIP, GOOD), ({}, b"{}")):
        refused(alice.post("/api/records", content=content, headers={**kind, "Accept": "image/png"}), 406)
    assert count_own(alice, 0) == 0
