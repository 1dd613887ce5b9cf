"""How large files may be, and whether their bytes are the ones that were meant."""

import base64
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.files.errors import (
    ChecksumMismatch,
    FileTooLarge,
    InvalidDigest,
    LengthMismatch,
    QuotaExceeded,
    TooManyFiles,
)
from baton.files.rules import Declared, Limits, Room, check_new_size, declared, declared_digests, parse_checksum

MD5 = hashlib.md5(b"data", usedforsecurity=False)
SHA = hashlib.sha256(b"data")
MD5_64 = base64.b64encode(MD5.digest()).decode()
SHA_64 = base64.b64encode(SHA.digest()).decode()
BOTH = {"md5": MD5.hexdigest(), "sha256": SHA.hexdigest()}
LIMITS = Limits(max_file_bytes=100, max_record_bytes=150, max_files=3)


def test_what_fits_exactly_is_taken() -> None:
    LIMITS.check_size(100)
    Room(LIMITS, files=2, used=20, reserved=30).check_size(100)
    Room(LIMITS, files=2).check_count()
    Room(replace(LIMITS, max_user_bytes=200), used=50, elsewhere=50).check_size(100)


def test_each_limit_says_itself() -> None:
    with pytest.raises(FileTooLarge, match="at most 100 bytes") as large:
        LIMITS.check_size(101)
    with pytest.raises(QuotaExceeded, match="at most 150 bytes together; its other files have 30 already") as quota:
        Room(LIMITS, used=30, reserved=21).check_size(100)
    assert quota.value.extra == {"limit": 150, "used": 30, "reserved": 21, "asked": 100}
    with pytest.raises(QuotaExceeded, match="at most 200 bytes together; the others and what is reserved have 101"):
        Room(replace(LIMITS, max_user_bytes=200), used=20, reserved=30, elsewhere=51).check_size(100)
    with pytest.raises(TooManyFiles, match="at most 3 files, and this would be 4") as many:
        Room(LIMITS, files=2).check_count(2)
    assert {large.value.status, quota.value.status, many.value.status} == {400}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, {}),
        ({"content-md5": MD5_64}, {"md5": BOTH["md5"]}),
        ({"content-md5": f" {MD5.hexdigest().upper()} "}, {"md5": BOTH["md5"]}),
        ({"content-digest": f"sha-256=:{SHA_64}:"}, {"sha256": BOTH["sha256"]}),
        ({"repr-digest": f"sha-512=:AAAA:, sha-256=:{SHA_64}:"}, {"sha256": BOTH["sha256"]}),
        ({"digest": f"SHA-256={SHA_64}, MD5={MD5_64}"}, BOTH),
        ({"digest": f"md5={MD5_64}", "content-digest": f"sha-256=:{SHA_64}:"}, BOTH),
        ({"digest": "unixsum=30637,adler32=03da0195"}, {}),
        ({"digest": ""}, {}),
    ],
)
def test_digests_are_read_in_every_form_that_clients_use(headers: dict[str, str], expected: dict[str, str]) -> None:
    assert declared_digests(headers) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {"content-md5": ""},
        {"content-md5": "not base64!"},
        {"content-md5": SHA_64},
        {"content-md5": "ÿ" * 24},
        {"digest": "sha-256"},
        {"digest": f"sha-256={MD5_64}"},
        {"content-digest": "sha-256=::"},
        {"content-md5": MD5_64, "digest": "MD5=" + base64.b64encode(bytes(16)).decode()},
    ],
)
def test_digests_that_cannot_be_read_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(InvalidDigest):
        declared_digests(headers)


@given(st.dictionaries(st.sampled_from(["content-md5", "digest", "content-digest", "content-length"]), st.text()))
def test_no_header_breaks_the_reading_of_digests(headers: dict[str, str]) -> None:
    try:
        declared(headers)
    except (InvalidDigest, LengthMismatch) as problem:
        problem.detail.encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"md5:{MD5.hexdigest()}", {"md5": BOTH["md5"]}),
        (f"MD5:{MD5.hexdigest().upper()}", {"md5": BOTH["md5"]}),
        (MD5.hexdigest(), {"md5": BOTH["md5"]}),
        (f"sha256:{SHA.hexdigest()}", {"sha256": BOTH["sha256"]}),
    ],
)
def test_a_checksum_is_read_as_invenio_writes_it(text: str, expected: dict[str, str]) -> None:
    assert parse_checksum(text) == expected


@pytest.mark.parametrize("text", ["", "md5:", "md5:xyz", f"sha512:{'0' * 128}", f"sha256:{'0' * 32}", ":" + "0" * 32])
def test_a_checksum_that_cannot_be_verified_is_refused(text: str) -> None:
    with pytest.raises(InvalidDigest, match=r"md5: or sha256:"):
        parse_checksum(text)


def test_other_bytes_than_declared_are_refused() -> None:
    wanted = Declared(4, BOTH)

    wanted.check_size(4)
    wanted.check_digests(BOTH)
    Declared().check_size(99)
    with pytest.raises(LengthMismatch, match="4 bytes were announced and 5 came"):
        wanted.check_size(5)
    with pytest.raises(ChecksumMismatch, match=r"not .* as announced"):
        wanted.check_digests(BOTH | {"sha256": "0" * 64})


@pytest.mark.parametrize("length", ["-1", "1e3", "", "9" * 30, "0x10"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    with pytest.raises(LengthMismatch):
        declared({"content-length": length})


@pytest.mark.parametrize("size", [-1, 2**63, 10**30])
def test_a_size_that_no_file_has_is_refused(size: int) -> None:
    with pytest.raises(LengthMismatch):
        check_new_size(size)
