"""Bad input to the legacy dialect: a 4xx in the documented shape that says what to do, and nothing lost."""

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from tests.refusals import refused

from baton.kernel.settings import Settings

METADATA = {
    "title": "Kept",
    "upload_type": "dataset",
    "description": "Kept, whatever comes.",
    "creators": [{"name": "Doe, Jane"}],
}


@pytest.fixture(autouse=True)
def _nothing_of_ours_breaks(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []


@pytest.fixture
def http(alice: Any) -> Any:
    return alice.http


@pytest.fixture
def deposition(alice: Any) -> dict[str, Any]:
    return dict(alice.create(**METADATA))


def kept(http: Any, deposition: dict[str, Any]) -> bool:
    """Whether the deposition is still as it was."""
    return bool(http.get(deposition["links"]["self"]).json()["metadata"]["title"] == "Kept")


MALFORMED = {
    "cut": b'{"metadata": {',
    "a word": b"metadata",
    "not utf-8": b'{"metadata": {"title": "\xe9"}}',
    "a form": b"title=x&upload_type=dataset",
    "deep": b'{"metadata":' * 5000 + b"1" + b"}" * 5000,
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_malformed_json_is_refused(http: Any, deposition: dict[str, Any], content: bytes) -> None:
    assert "not valid JSON" in refused(http.post("/api/deposit/depositions", content=content))["message"]
    assert "not valid JSON" in refused(http.put(deposition["links"]["self"], content=content))["message"]
    assert kept(http, deposition)


@pytest.mark.parametrize(
    "body", [1, True, "x", [], [{}], {"title": "x"}, {"metadata": []}, {"metadata": "x"}, {"metadata": 5}], ids=str
)
def test_what_is_no_deposition_is_refused(http: Any, deposition: dict[str, Any], body: Any) -> None:
    assert refused(http.post("/api/deposit/depositions", json=body))["errors"]
    assert refused(http.put(deposition["links"]["self"], json=body))["errors"]
    refused(http.put(deposition["links"]["self"]))
    assert kept(http, deposition)


TEXTS = ("title", "description", "publication_date", "notes", "method", "language", "embargo_date", "doi")
LISTS = ("creators", "contributors", "keywords", "references", "related_identifiers", "grants", "communities")
WRONG: dict[str, tuple[Any, ...]] = {
    **{field: (5, True, ["x"], {"a": 1}) for field in TEXTS},
    **{field: (5, True, "x", {"a": 1}, [5], [["x"]]) for field in LISTS},
    "upload_type": (5, ["dataset"], {"id": "dataset"}),
    "access_right": (5, ["open"], {"id": "open"}, "public"),
    "license": (5, ["cc-by-4.0"], {"name": "x"}, "nosuch-1.0"),
    "locations": (5, "x", {"lat": 1}, [5], [{"lat": "x", "lon": 1}]),
    "dates": (5, "x", [5], [{"type": "nosuch"}]),
    "custom": (5, "x", [1]),
    "thesis_supervisors": (5, "x", [5]),
    "journal_title": (["x"], {"a": 1}),
}


@pytest.mark.parametrize("field", WRONG)
def test_wrong_types_are_told_under_the_legacy_name(http: Any, deposition: dict[str, Any], field: str) -> None:
    for value in WRONG[field]:
        given = {"access_right": "embargoed"} if field == "embargo_date" else {}
        body = {"metadata": {**METADATA, **given, field: value}}
        told = refused(http.put(deposition["links"]["self"], json=body))["errors"]
        assert any(error["field"].removeprefix("metadata.").startswith(field) for error in told), (value, told)
    assert kept(http, deposition)


UNKNOWN = {
    "upload_type": "nosuch",
    "publication_date": "2024-13-45",
    "language": "xyzzy",
    "license": "nosuch",
    "creators": [{"name": "Doe, Jane", "orcid": "0000-0002-1825-0098"}],
    "contributors": [{"name": "Doe, Jane", "type": "Nosuch"}],
    "related_identifiers": [{"identifier": "10.1/x", "relation": "isNosuchOf"}],
    "grants": [{"id": "10.99999/nosuch::1"}],
    "doi": "not a doi",
    "embargo_date": "2001-01-01",
}


@pytest.mark.parametrize("field", UNKNOWN)
def test_unknown_names_and_invalid_ids_and_dates_are_told_before_anything_is_published(
    http: Any, deposition: dict[str, Any], field: str
) -> None:
    given = {"access_right": "embargoed"} if field == "embargo_date" else {}
    metadata = {**METADATA, **given, field: UNKNOWN[field]}
    saved = http.put(deposition["links"]["self"], json={"metadata": metadata})
    http.put(f"{deposition['links']['bucket']}/a.txt", content=b"x")
    refusal = saved if saved.status_code == 400 else http.post(deposition["links"]["publish"])
    if saved.status_code == 400 and field not in METADATA:
        assert kept(http, deposition)
    told = refused(refusal)["errors"]
    assert any(field.split("_", maxsplit=1)[0] in error["field"] for error in told), told


def test_ten_megabytes_of_title_are_refused(http: Any, deposition: dict[str, Any]) -> None:
    body = {"metadata": {**METADATA, "title": "x" * 10_000_000}}
    refused(http.post("/api/deposit/depositions", json=body), 413)
    refused(http.put(deposition["links"]["self"], json=body), 413)
    assert kept(http, deposition)


@pytest.mark.parametrize("number", ["0", "-1", "9223372036854775808", "9" * 5000, "abc", "%00"])
def test_numbers_that_no_deposition_has_are_a_404(http: Any, number: str) -> None:
    for method, path in (
        *(("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/files"), ("POST", "/files")),
        *(("GET", "/files/x"), ("DELETE", "/files/x")),
        *(("POST", f"/actions/{name}") for name in ("publish", "edit", "discard", "newversion")),
    ):
        body = b"{}" if method == "PUT" else None
        refused(http.request(method, f"/api/deposit/depositions/{number}{path}", content=body), 404)


@pytest.mark.parametrize("bucket", ["nosuch", "%00", "..", "x" * 5000, "00000000-0000-0000-0000-000000000000"])
def test_buckets_that_are_none_are_a_404(http: Any, bucket: str) -> None:
    for method, path in (("GET", ""), ("GET", "/a.txt"), ("PUT", "/a.txt"), ("DELETE", "/a.txt")):
        refused(http.request(method, f"/api/files/{bucket}{path}", content=b"x" if method == "PUT" else None), 404)


BAD_KEYS = ("..", "../x", "a/../b", "a\\b", "a\0b", "a\r\nX: y", "\x7f", "x" * 4096, "photo\u202egpj.exe", " ", "a/./b")


@pytest.mark.parametrize("key", BAD_KEYS, ids=lambda key: ascii(key)[:20])
def test_names_that_no_file_can_have_are_refused(http: Any, deposition: dict[str, Any], key: str) -> None:
    form = http.post(deposition["links"]["files"], data={"name": key}, files={"file": ("a.txt", b"x")})
    refused(form)
    if key not in {"..", "../x"}:  # clients resolve those before they send them
        answer = http.put(f"{deposition['links']['bucket']}/{quote(key, safe='')}", content=b"x")
        assert answer.status_code in {400, 404}
        refused(answer, answer.status_code)
    assert http.get(deposition["links"]["files"]).json() == []


@pytest.mark.parametrize(
    "headers",
    [
        *({"Content-MD5": value} for value in ("nonsense", "", "0" * 32)),
        *({"Digest": value} for value in ("sha-256=x", "md5=" + "A" * 22 + "==")),
        {"Content-Digest": "sha-256=:" + "A" * 43 + "=:"},
        {"Content-Range": "bytes 0-1/5"},
    ],
    ids=str,
)
def test_a_refused_replacement_leaves_the_file_as_it_was(
    http: Any, deposition: dict[str, Any], headers: dict[str, str]
) -> None:
    file = f"{deposition['links']['bucket']}/a.txt"
    assert http.put(file, content=b"first").status_code == 201
    refused(http.put(file, content=b"other", headers=headers))
    assert http.get(file).content == b"first"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x--\r\n", "multipart/form-data; boundary=x"),
        (b"--y\r\n\r\nabc", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b"--x\r\nNonsense\r\n\r\nabc\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (b"abc", "multipart/form-data"),
        (b"abc", "multipart/form-data; boundary=" + "x" * 3000),
        (b"file=abc", "application/x-www-form-urlencoded"),
        (b"abc", "application/octet-stream"),
        (b"abc", "nonsense"),
    ],
    ids=str,
)
def test_what_is_no_form_with_a_file_is_refused(
    http: Any, deposition: dict[str, Any], content: bytes, content_type: str
) -> None:
    headers = {"Content-Type": content_type}
    refused(http.post(deposition["links"]["files"], content=content, headers=headers))
    assert http.get(deposition["links"]["files"]).json() == []


def test_what_is_published_stays_as_it_is(alice: Any, http: Any) -> None:
    published = alice.publish_new()
    own = f"/api/deposit/depositions/{published['id']}"
    bucket = published["links"]["bucket"]
    file_id = published["files"][0]["id"]
    refused(http.post(f"{own}/actions/publish"), 404)
    refused(http.post(f"{own}/actions/discard"), 404)
    refused(http.put(own, json={"metadata": METADATA}), 404)
    refused(http.delete(own), 404)
    for answer in (
        http.put(f"{bucket}/a.txt", content=b"other"),
        http.put(f"{bucket}/b.txt", content=b"other"),
        http.delete(f"{bucket}/a.txt"),
        http.post(f"{own}/files", data={"name": "b.txt"}, files={"file": ("b.txt", b"x")}),
        http.delete(f"{own}/files/{file_id}"),
    ):
        assert "new version" in refused(answer, 403)["message"]
    assert http.get(f"{bucket}/a.txt").content == b"hello"


@pytest.mark.parametrize("who", ["nobody", "invented", "bob"])
def test_somebody_elses_deposition_is_refused_on_every_way(
    http: Any, deposition: dict[str, Any], cast: Any, who: str
) -> None:
    headers = {"Authorization": "Bearer " + {"nobody": "", "invented": "x", "bob": cast.bob.token}[who]}
    own, bucket = deposition["links"]["self"], deposition["links"]["bucket"]
    http.put(f"{bucket}/a.txt", content=b"mine")
    for method, path in (
        *(("GET", own), ("PUT", own), ("DELETE", own), ("GET", f"{own}/files"), ("POST", f"{own}/files")),
        *(("POST", f"{own}/actions/{name}") for name in ("publish", "edit", "discard")),
        *((method, f"{bucket}/a.txt") for method in ("GET", "PUT", "DELETE")),
        ("GET", bucket),
    ):
        answer = http.request(method, path, content=b"{}" if method == "PUT" else None, headers=headers)
        refused(answer, 403)
    assert http.get(f"{bucket}/a.txt").content == b"mine"
    assert kept(http, deposition)


class TestLimits:
    """What is larger than it may be is refused as early as it can be known, with the numbers."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"max_file_bytes": 300_000, "max_record_bytes": 500_000, "max_files": 2})

    def test_files_and_records_have_their_limits(self, http: Any, deposition: dict[str, Any]) -> None:
        bucket, files = deposition["links"]["bucket"], deposition["links"]["files"]
        large = b"x" * 300_001
        assert "300,000 bytes" in refused(http.put(f"{bucket}/a.bin", content=large))["message"]
        assert "300,000 bytes" in refused(http.put(f"{bucket}/a.bin", content=iter([large])))["message"]
        assert "300,000 bytes" in refused(http.post(files, files={"file": ("a.bin", large)}))["message"]
        huge = {"file": ("a.bin", large * 3)}
        assert "300,000 bytes" in refused(http.post(files, files=huge))["message"]
        assert http.post(files, files={"file": ("a.bin", b"x" * 300_000)}).status_code == 201
        assert "500,000 bytes together" in refused(http.put(f"{bucket}/b.bin", content=b"x" * 300_000))["message"]
        assert http.put(f"{bucket}/b.bin", content=b"x").status_code == 201
        assert "at most 2 files" in refused(http.put(f"{bucket}/c.bin", content=b"x"))["message"]
        assert [file["filename"] for file in http.get(files).json()] == ["a.bin", "b.bin"]
