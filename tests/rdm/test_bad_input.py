"""Bad input to the RDM dialect: a 4xx in the documented shape that says what to do, and nothing lost."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.refusals import BODY, METADATA, count_own, make_draft, make_record, refused

from baton.accounts.commands import create_token
from baton.context import Context
from baton.kernel import clock

# --- bodies ---

MALFORMED = {
    "cut": b'{"metadata": {"title": "x"',
    "bare word": b"nonsense",
    "single quotes": b"{'metadata': {}}",
    "not utf-8": b'{"metadata": {"title": "\xff"}}',
    "utf-16": '{"metadata": {}}'.encode("utf-16"),
    "half a pair": b'{"metadata": {"title": "\\ud800"}}',
    "NUL": b'{"metadata": {"title": "\x00"}}',
    "NaN": b'{"metadata": {"title": NaN}}',
    "two values": b"{} {}",
    "ten thousand brackets": b"[" * 10_000 + b"]" * 10_000,
    "ten thousand braces": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_malformed_json_is_refused_and_changes_nothing(alice: TestClient, content: bytes) -> None:
    number = make_draft(alice)
    draft = f"/api/records/{number}/draft"
    for method, path in (("POST", "/api/records"), ("PUT", draft), ("POST", f"{draft}/files")):
        assert "not valid JSON" in refused(alice.request(method, path, content=content))["message"]
    assert alice.get(draft).json()["metadata"]["title"] == "Water levels"
    assert count_own(alice, 1) == 1


@pytest.mark.parametrize("body", [1, -1.5, True, "text", [], [{}], [BODY]])
def test_a_body_that_is_no_object_is_refused_and_does_not_empty_the_draft(alice: TestClient, body: Any) -> None:
    number = make_draft(alice)
    for answer in (
        alice.post("/api/records", json=body),
        alice.put(f"/api/records/{number}/draft", json=body),
        alice.put(f"/api/records/{number}/draft"),
    ):
        assert "JSON object" in refused(answer)["message"]
    assert alice.get(f"/api/records/{number}/draft").json()["metadata"]["title"] == "Water levels"


WRONG: tuple[Any, ...] = (
    *(1, 1.5, True, "x", "\0", 10**30, [], {}, [None], [[]], [{}]),
    *({"id": 1}, {"id": []}, {"id": {}}, [{"id": {}}]),
)
FIELDS = (
    *("title", "resource_type", "publication_date", "publisher", "creators", "contributors", "additional_titles"),
    *("subjects", "dates", "languages", "identifiers", "related_identifiers", "sizes", "formats", "version", "rights"),
    *("copyright", "description", "additional_descriptions", "locations", "funding", "references"),
)


@pytest.mark.parametrize("field", FIELDS)
def test_wrong_types_in_a_draft_are_told_and_the_rest_is_kept(alice: TestClient, field: str) -> None:
    number = make_draft(alice)
    for value in WRONG:
        answer = alice.put(f"/api/records/{number}/draft", json={**BODY, "metadata": {**METADATA, field: value}})
        assert answer.status_code == 200, (value, answer.text)
        saved = answer.json()
        told = {error["field"] for error in saved.get("errors", ())}
        is_kept = saved["metadata"].get(field) == value
        assert is_kept or value in ([], {}, "\0") or any(name.startswith(f"metadata.{field}") for name in told), value
        for other in METADATA.keys() - {field}:
            assert other in saved["metadata"]


@pytest.mark.parametrize("member", ["metadata", "access", "files", "pids", "custom_fields"])
@pytest.mark.parametrize("value", [1, True, "x", [], [{}]])
def test_a_part_of_a_draft_that_is_no_object_is_told(alice: TestClient, member: str, value: Any) -> None:
    saved = alice.post("/api/records", json={**BODY, member: value}).json()
    assert any(error["field"].startswith(member) for error in saved["errors"])


WRONG_METADATA = {
    "resource_type": {"id": "nosuch"},
    "languages": [{"id": "xyzzy"}],
    "rights": [{"id": "nosuch-1.0"}],
    "creators": [{"person_or_org": METADATA["creators"][0]["person_or_org"], "role": {"id": "nosuch"}}],
    "related_identifiers": [{"identifier": "10.1/x", "scheme": "doi", "relation_type": {"id": "nosuch"}}],
    "identifiers": [{"identifier": "978-3-16-148410-1", "scheme": "isbn"}],
    "contributors": [
        {
            "person_or_org": {
                "type": "personal",
                "family_name": "A",
                "identifiers": [{"scheme": "orcid", "identifier": "0000-0002-1825-0098"}],
            },
            "role": {"id": "editor"},
        }
    ],
    "publication_date": "2024-02-30",
    "dates": [{"date": "sometime", "type": {"id": "created"}}],
    "funding": [{"funder": {"id": "nosuch"}}],
    "subjects": [{"id": "nosuch"}],
}


@pytest.mark.parametrize("field", WRONG_METADATA)
def test_unknown_terms_invalid_ids_and_dates_are_told_and_keep_the_draft_from_being_published(
    alice: TestClient, field: str
) -> None:
    body = {**BODY, "metadata": {**METADATA, field: WRONG_METADATA[field]}, "files": {"enabled": False}}
    number = make_draft(alice, body)
    errors = refused(alice.post(f"/api/records/{number}/draft/actions/publish"))["errors"]
    assert any(error["field"].startswith(f"metadata.{field}") for error in errors)
    assert alice.get(f"/api/records/{number}").status_code == 404
    assert alice.get(f"/api/records/{number}/draft").status_code == 200


@pytest.mark.parametrize("until", ["2020-01-01", "tomorrow", "2999-13-01", 5, None, "9" * 5000])
def test_an_embargo_needs_a_day_that_is_to_come(alice: TestClient, until: Any) -> None:
    access = {"record": "public", "files": "restricted", "embargo": {"active": True, "until": until}}
    saved = alice.post("/api/records", json={**BODY, "access": access}).json()
    assert any(error["field"].startswith("access.embargo") for error in saved["errors"])


def test_ten_megabytes_of_title_are_too_much_for_a_body_and_one_for_a_title(alice: TestClient) -> None:
    number = make_draft(alice)
    huge = {**BODY, "metadata": {**METADATA, "title": "x" * 10_000_000}}
    assert "8,000,000 bytes" in refused(alice.post("/api/records", json=huge), 413)["message"]
    assert "8,000,000 bytes" in refused(alice.put(f"/api/records/{number}/draft", json=huge), 413)["message"]
    assert alice.get(f"/api/records/{number}/draft").json()["metadata"]["title"] == "Water levels"
    large = {**BODY, "metadata": {**METADATA, "title": "x" * 1_000_000}}
    saved = alice.put(f"/api/records/{number}/draft", json=large).json()
    assert [error["field"] for error in saved["errors"]] == ["metadata.title"]
    assert len(alice.get(f"/api/records/{number}/draft").content) < 100_000


@pytest.mark.parametrize("depth", [200, 253, 254, 500, 1000])
@pytest.mark.parametrize("field", ["title", "creators", "subjects", "locations", "funding"])
def test_deep_nesting_never_gets_into_a_draft(alice: TestClient, field: str, depth: int) -> None:
    number = make_draft(alice)
    content = b'{"metadata": {"%s": [%s1%s]}}' % (field.encode(), b'{"a":' * depth, b"}" * depth)
    answer = alice.put(f"/api/records/{number}/draft", content=content)
    assert answer.status_code in {200, 400}
    assert alice.get(f"/api/records/{number}/draft").status_code == 200
    assert len(alice.get(f"/api/records/{number}/draft").content) < 5000


# --- addresses ---

NO_NUMBERS = ["0", "-1", "9223372036854775808", "18446744073709551616", "9" * 5000, "abc", "1e3", "0x10", "null", "%00"]
BELOW = (
    *(("GET", path) for path in ("", "/draft", "/versions", "/versions/latest", "/files", "/files/a.txt")),
    *(("GET", path) for path in ("/files/a.txt/content", "/files-archive", "/draft/files", "/draft/files-archive")),
    *(("POST", path) for path in ("/draft", "/draft/actions/publish", "/versions", "/draft/pids/doi")),
    *(("POST", path) for path in ("/draft/actions/files-import", "/draft/files/a.txt/commit")),
    *(("DELETE", path) for path in ("/draft", "/draft/files", "/draft/files/a.txt", "/draft/pids/doi")),
    *(("PUT", path) for path in ("/draft", "/draft/files/a.txt", "/draft/files/a.txt/content")),
)


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_numbers_that_no_record_has_are_a_404_everywhere(alice: TestClient, number: str) -> None:
    for method, path in BELOW:
        refused(alice.request(method, f"/api/records/{number}{path}", content=b"{}" if method == "PUT" else None), 404)


@pytest.mark.parametrize("query", ["page=-1", "page=0", "page=x", "page=" + "9" * 5000, "size=0", "size=1e9"])
@pytest.mark.parametrize("path", ["/api/records", "/api/user/records", "/api/vocabularies/licenses", "/api/funders"])
def test_pages_and_sizes_that_are_none_are_refused(alice: TestClient, path: str, query: str) -> None:
    body = refused(alice.get(f"{path}?{query}"))
    assert [error["field"] for error in body["errors"]] == [query.partition("=")[0]]


def test_what_lists_cannot_be_sorted_or_filtered_by_is_told(alice: TestClient) -> None:
    refused(alice.get("/api/records?sort=nosuch"))
    refused(alice.get("/api/records?page=10000&size=1000"))
    refused(alice.get("/api/records?publication_date=soon"))
    refused(alice.get("/api/vocabularies/licenses?sort=nosuch"))
    refused(alice.get("/api/vocabularies/licenses?q=a&suggest=b"))
    refused(alice.get("/api/vocabularies/nosuch"), 404)
    refused(alice.get("/api/vocabularies/licenses/nosuch"), 404)


@pytest.mark.parametrize(
    "query", ["(" * 2000, "title:[", '"', "a AND", "\\", "a~9e99", "a^1e999", "*" * 500, "id:" + "9" * 5000, "\0"]
)
def test_nothing_that_is_typed_into_the_search_is_an_error(alice: TestClient, query: str) -> None:
    assert alice.get("/api/records", params={"q": query}).status_code == 200


@pytest.mark.parametrize("accept", ["image/png", "nonsense", "*/*;q=0", ",;,;", "x" * 20_000, "application/xml"])
def test_an_unknown_format_is_a_406_and_writes_nothing(alice: TestClient, accept: str) -> None:
    number = make_draft(alice)
    headers = {"Accept": accept}
    refused(alice.get(f"/api/records/{number}/draft", headers=headers), 406)
    refused(alice.get("/api/records", headers=headers), 406)
    refused(alice.post("/api/records", json=BODY, headers=headers), 406)
    refused(alice.put(f"/api/records/{number}/draft", json={"metadata": {}}, headers=headers), 406)
    refused(alice.post(f"/api/records/{number}/draft/pids/doi", headers=headers), 406)
    assert count_own(alice, 1) == 1
    assert alice.get(f"/api/records/{number}/draft").json()["revision_id"] == 1


@pytest.mark.parametrize("method", ["PATCH", "POST", "PUT", "DELETE", "TRACE", "PROPFIND", "NONSENSE"])
def test_a_method_that_an_address_does_not_take_is_a_405_that_names_those_it_takes(
    alice: TestClient, method: str
) -> None:
    number = make_record(alice)
    for path in (f"/api/records/{number}", f"/api/records/{number}/files/a.txt/content", "/api/vocabularies"):
        answer = alice.request(method, path)
        refused(answer, 405)
        assert answer.headers["allow"] == "GET, HEAD"
    assert alice.patch("/api/records").headers["allow"] == "GET, HEAD, POST"
    refused(alice.request(method, "/api/nosuch"), 404)


# --- who asks ---


@pytest.fixture
def expired(context: Context, cast: Any) -> str:
    soon = clock.now() + timedelta(hours=1)
    with context.database.write() as connection:
        token = create_token(connection, cast.alice.actor, "short", ["deposit:write", "deposit:actions"], soon)
    clock.freeze(clock.now() + timedelta(hours=2))
    return token


@pytest.mark.parametrize("who", ["nobody", "expired", "invented", "bob"])
def test_who_may_not_is_refused_and_told_what_to_do(alice: TestClient, cast: Any, expired: str, who: str) -> None:
    draft, public = make_draft(alice), make_record(alice)
    tokens = {"nobody": "", "expired": expired, "invented": "x" * 5000, "bob": cast.bob.token}
    headers = {"Authorization": f"Bearer {tokens[who]}"}
    for method, path in (*BELOW[1:2], *BELOW[8:]):
        body = b'[{"key": "x"}]' if path.endswith("/files") else b"{}" if method == "PUT" else None
        told = refused(alice.request(method, f"/api/records/{draft}{path}", content=body, headers=headers), 403)
        assert who == "bob" or "access token" in told["message"]
    refused(alice.post(f"/api/records/{public}/draft", headers=headers), 403)
    refused(alice.post(f"/api/records/{public}/versions", headers=headers), 403)
    if who != "bob":
        refused(alice.post("/api/records", json=BODY, headers=headers), 403)
        refused(alice.get("/api/user/records", headers=headers), 403)
    assert alice.get(f"/api/records/{draft}/draft").json()["revision_id"] == 1
    assert alice.get(f"/api/records/{public}", headers=headers).status_code == 200


def test_publishing_twice_and_changing_what_is_published_is_refused(alice: TestClient) -> None:
    number = make_record(alice)
    draft = f"/api/records/{number}/draft"
    for method, path in (("POST", "/actions/publish"), ("PUT", ""), ("DELETE", ""), ("POST", "/pids/doi")):
        told = refused(alice.request(method, draft + path, content=b"{}"), 404)
        assert "Open one with the edit action" in told["message"]


def test_a_stale_revision_is_told_apart_from_none(alice: TestClient) -> None:
    number = make_draft(alice)
    for if_match in ('"7"', "nonsense", "", "9" * 5000, '"1"'):
        answer = alice.put(f"/api/records/{number}/draft", json=BODY, headers={"If-Match": if_match})
        if if_match == '"1"':
            assert answer.status_code == 200
        else:
            assert "revision 1" in refused(answer, 412)["message"]


def test_broken_cookies_and_credentials_count_as_none(alice: TestClient) -> None:
    number = make_record(alice)
    for headers in (
        {b"Authorization": b"Bearer \xff\xfe"},
        {b"Authorization": b"Basic Og=="},
        {b"Authorization": b"", b"Cookie": b"session=\xff; =; csrftoken"},
        {b"Authorization": b"", b"Cookie": b";" * 5000},
    ):
        assert alice.get(f"/api/records/{number}", headers=headers).status_code == 200
        assert alice.get("/api/user/records", headers=headers).status_code == 403
