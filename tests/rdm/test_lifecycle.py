"""The RDM dialect from draft to new version, over HTTP."""

from typing import Any

import pytest
from starlette.testclient import TestClient

RDM = {"Accept": "application/vnd.inveniordm.v1+json"}
METADATA = {
    "title": "Water levels",
    "resource_type": {"id": "dataset"},
    "publication_date": "2024-03-01",
    "publisher": "Somebody",
    "creators": [{"person_or_org": {"type": "personal", "family_name": "Marsh", "given_name": "Ada"}}],
}
BODY = {"metadata": METADATA, "access": {"record": "public", "files": "public"}}


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client


def make_draft(alice: TestClient, body: Any = BODY) -> str:
    answer = alice.post("/api/records", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def upload(alice: TestClient, record_id: str, key: str = "a.txt", content: bytes = b"hello") -> None:
    files = f"/api/records/{record_id}/draft/files"
    assert alice.post(files, json=[{"key": key}]).status_code == 201
    assert alice.put(f"{files}/{key}/content", content=content).status_code == 200
    assert alice.post(f"{files}/{key}/commit").status_code == 200


def publish(alice: TestClient, record_id: str) -> dict[str, Any]:
    answer = alice.post(f"/api/records/{record_id}/draft/actions/publish")
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def make_record(alice: TestClient) -> str:
    record_id = make_draft(alice)
    upload(alice, record_id)
    publish(alice, record_id)
    return record_id


def test_the_concept_id_comes_just_before_the_first_version(alice: TestClient) -> None:
    draft = alice.post("/api/records", json=BODY).json()
    assert int(draft["parent"]["id"]) + 1 == int(draft["id"])


def test_an_invalid_draft_is_kept_with_what_is_wrong_and_refused_at_publication(alice: TestClient) -> None:
    draft = alice.post("/api/records", json={"metadata": {"title": "Only a title"}})
    assert draft.status_code == 201
    fields = {error["field"] for error in draft.json()["errors"]}
    assert {"metadata.creators", "metadata.resource_type", "metadata.publication_date"} <= fields
    record_id = draft.json()["id"]
    assert alice.get(f"/api/records/{record_id}/draft").json()["metadata"]["title"] == "Only a title"
    refused = alice.post(f"/api/records/{record_id}/draft/actions/publish")
    assert refused.status_code == 400
    assert refused.json()["message"] == "A validation error occurred."
    told = {error["field"]: error["messages"] for error in refused.json()["errors"]}
    assert {"metadata.creators", "files.enabled"} <= set(told)
    assert all(isinstance(messages, list) and messages for messages in told.values())


def test_a_published_record_is_public_with_doi_and_files(alice: TestClient, client: TestClient) -> None:
    record_id = make_record(alice)
    del client.headers["Authorization"]
    record = client.get(f"/api/records/{record_id}").json()
    assert record["is_published"]
    assert record["pids"]["doi"]["identifier"] == f"10.5072/baton.{record_id}"
    assert record["parent"]["pids"]["doi"]["identifier"] == f"10.5072/baton.{record['parent']['id']}"
    assert client.get(record["files"]["entries"]["a.txt"]["links"]["content"]).content == b"hello"


def test_publishing_twice_is_a_404(alice: TestClient) -> None:
    record_id = make_record(alice)
    assert alice.post(f"/api/records/{record_id}/draft/actions/publish").status_code == 404


def test_a_draft_is_invisible_to_others(alice: TestClient, cast: Any) -> None:
    record_id = make_draft(alice)
    for headers, status in ((cast.bob.headers, 403), ({"Authorization": ""}, 403), (cast.root.headers, 200)):
        assert alice.get(f"/api/records/{record_id}/draft", headers=headers).status_code == status
    assert alice.get(f"/api/records/{record_id}").status_code == 404
    assert alice.put(f"/api/records/{record_id}/draft", json=BODY, headers=cast.bob.headers).status_code == 403


def test_an_edit_keeps_id_and_doi_and_changes_what_everybody_reads(alice: TestClient) -> None:
    record_id = make_record(alice)
    before = alice.get(f"/api/records/{record_id}").json()
    assert alice.post(f"/api/records/{record_id}/draft").status_code == 201
    changed = {**BODY, "metadata": {**METADATA, "title": "Better title"}, "pids": before["pids"]}
    assert alice.put(f"/api/records/{record_id}/draft", json=changed).status_code == 200
    assert alice.get(f"/api/records/{record_id}").json()["metadata"]["title"] == "Water levels"
    after = publish(alice, record_id)
    assert after["metadata"]["title"] == "Better title"
    assert after["pids"] == before["pids"]
    assert after["revision_id"] > before["revision_id"]
    assert after["versions"] == {"index": 1, "is_latest": True, "is_latest_draft": True}


def test_files_of_a_published_record_never_change(alice: TestClient) -> None:
    record_id = make_record(alice)
    alice.post(f"/api/records/{record_id}/draft")
    files = f"/api/records/{record_id}/draft/files"
    assert alice.post(files, json=[{"key": "b.txt"}]).status_code == 403
    assert alice.delete(f"{files}/a.txt").status_code == 403
    assert alice.put(f"{files}/a.txt/content", content=b"other").status_code == 403
    assert alice.put(f"/api/records/{record_id}/files/a.txt/content", content=b"other").status_code == 405


def test_discarding_an_edit_keeps_the_record_and_discarding_a_first_draft_removes_it(alice: TestClient) -> None:
    record_id = make_record(alice)
    alice.post(f"/api/records/{record_id}/draft")
    assert alice.delete(f"/api/records/{record_id}/draft").status_code == 204
    assert alice.get(f"/api/records/{record_id}").status_code == 200
    draft_id = make_draft(alice)
    assert alice.delete(f"/api/records/{draft_id}/draft").status_code == 204
    assert alice.get(f"/api/records/{draft_id}/draft").status_code == 404


def test_a_new_version_starts_without_files_date_and_version_and_takes_files_over_on_demand(alice: TestClient) -> None:
    record_id = make_record(alice)
    first = alice.post(f"/api/records/{record_id}/versions")
    assert first.status_code == 201
    draft = first.json()
    assert draft["versions"]["index"] == 2
    assert draft["files"]["count"] == 0
    assert draft["pids"] == {}
    assert alice.post(f"/api/records/{record_id}/versions").json()["id"] == draft["id"]
    imported = alice.post(f"/api/records/{draft['id']}/draft/actions/files-import")
    assert imported.status_code == 201
    assert alice.post(f"/api/records/{draft['id']}/draft/actions/files-import").status_code == 400
    second = publish(alice, draft["id"])
    assert second["versions"]["is_latest"]
    assert not alice.get(f"/api/records/{record_id}").json()["versions"]["is_latest"]
    versions = alice.get(f"/api/records/{record_id}/versions").json()
    assert [hit["id"] for hit in versions["hits"]["hits"]] == [draft["id"], record_id]
    latest = alice.get(f"/api/records/{record_id}/versions/latest")
    assert latest.status_code == 301
    assert latest.headers["location"].endswith(f"/api/records/{draft['id']}")
    concept = alice.get(f"/api/records/{draft['parent']['id']}")
    assert concept.status_code == 302
    assert concept.headers["location"].endswith(f"/api/records/{draft['id']}")


def test_a_doi_is_reserved_and_released(alice: TestClient) -> None:
    record_id = make_draft(alice)
    pids = f"/api/records/{record_id}/draft/pids/doi"
    reserved = alice.post(pids)
    assert reserved.status_code == 201
    assert reserved.json()["pids"]["doi"]["identifier"] == f"10.5072/baton.{record_id}"
    assert alice.post(pids).status_code == 400
    assert alice.put(f"/api/records/{record_id}/draft", json=BODY).json()["pids"] == reserved.json()["pids"]
    released = alice.delete(pids)
    assert released.status_code == 200
    assert released.json()["pids"] == {}


def test_an_external_doi_is_kept_and_belongs_to_one_record_only(alice: TestClient) -> None:
    body = {**BODY, "pids": {"doi": {"identifier": "10.1234/abc", "provider": "external"}}}
    first, second = make_draft(alice, body), make_draft(alice, body)
    upload(alice, first)
    upload(alice, second)
    assert publish(alice, first)["pids"]["doi"] == {"identifier": "10.1234/abc", "provider": "external"}
    refused = alice.post(f"/api/records/{second}/draft/actions/publish")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "pids.doi"
    own = {**BODY, "pids": {"doi": {"identifier": "10.5072/mine", "provider": "external"}}}
    assert any(error["field"] == "pids.doi" for error in alice.post("/api/records", json=own).json()["errors"])


def test_a_stale_if_match_is_refused_and_changes_nothing(alice: TestClient) -> None:
    record_id = make_draft(alice)
    revision = alice.get(f"/api/records/{record_id}/draft").headers["etag"]
    put = f"/api/records/{record_id}/draft"
    assert alice.put(put, json=BODY, headers={"If-Match": revision}).status_code == 200
    stale = alice.put(put, json={**BODY, "metadata": {"title": "Lost"}}, headers={"If-Match": revision})
    assert stale.status_code == 412
    assert alice.get(put).json()["metadata"]["title"] == "Water levels"


def test_a_known_etag_is_answered_with_304(alice: TestClient) -> None:
    record_id = make_record(alice)
    etag = alice.get(f"/api/records/{record_id}").headers["etag"]
    assert alice.get(f"/api/records/{record_id}", headers={"If-None-Match": etag}).status_code == 304


def test_the_same_address_speaks_zenodo_by_default_and_rdm_on_demand(alice: TestClient) -> None:
    record_id = make_record(alice)
    for accept in ("*/*", "application/json"):
        legacy = alice.get(f"/api/records/{record_id}", headers={"Accept": accept})
        assert legacy.headers["content-type"] == "application/json"
        assert legacy.json()["id"] == int(record_id)
        assert isinstance(legacy.json()["files"], list)
    assert isinstance(alice.get(f"/api/records/{record_id}").json()["files"], dict)
    assert alice.get(f"/api/records/{record_id}", headers={"Accept": "image/png"}).status_code == 406


def test_head_answers_like_get_without_a_body(alice: TestClient) -> None:
    record_id = make_record(alice)
    for path in (f"/api/records/{record_id}", f"/api/records/{record_id}/files/a.txt/content"):
        got, head = alice.get(path), alice.head(path)
        assert head.status_code == 200
        assert head.content == b""
        assert head.headers["content-length"] == got.headers["content-length"]


def test_a_token_without_the_scope_cannot_publish(alice: TestClient, context: Any, cast: Any) -> None:
    from baton.accounts.commands import create_token  # noqa: PLC0415

    record_id = make_draft(alice)
    upload(alice, record_id)
    with context.database.write() as connection:
        poor = create_token(connection, cast.alice.actor, "poor", ["deposit:write"])
    refused = alice.post(f"/api/records/{record_id}/draft/actions/publish", headers={"Authorization": f"Bearer {poor}"})
    assert refused.status_code == 403
    assert "deposit:actions" in refused.json()["message"]


def test_records_are_found_at_once_and_restricted_ones_only_by_their_owner(alice: TestClient) -> None:
    record_id = make_record(alice)
    hidden = make_draft(alice, {**BODY, "access": {"record": "restricted", "files": "restricted"}})
    upload(alice, hidden)
    publish(alice, hidden)
    mine = alice.get("/api/records?q=water").json()["hits"]
    assert {hit["id"] for hit in mine["hits"]} == {record_id, hidden}
    nobody = alice.get("/api/records?q=water", headers={"Authorization": ""}).json()["hits"]
    assert [hit["id"] for hit in nobody["hits"]] == [record_id]
    assert nobody["total"] == 1
    assert alice.get(f"/api/records/{hidden}", headers={"Authorization": ""}).status_code == 403


def test_own_drafts_are_listed_for_their_owner_only(alice: TestClient, cast: Any) -> None:
    record_id = make_draft(alice)
    assert [hit["id"] for hit in alice.get("/api/user/records").json()["hits"]["hits"]] == [record_id]
    assert alice.get("/api/user/records", headers=cast.bob.headers).json()["hits"]["total"] == 0
    assert alice.get("/api/user/records", headers={"Authorization": ""}).status_code == 403


def test_files_come_in_the_order_that_the_depositor_gives(alice: TestClient) -> None:
    record_id = make_draft(alice)
    for key in ("a.txt", "b.txt", "c.txt"):
        upload(alice, record_id, key=key)
    files = {"enabled": True, "order": ["c.txt", "a.txt"], "default_preview": "b.txt"}
    alice.put(f"/api/records/{record_id}/draft", json={**BODY, "files": files})
    record = publish(alice, record_id)
    assert list(record["files"]["entries"]) == ["c.txt", "a.txt", "b.txt"]
    assert record["files"]["default_preview"] == "b.txt"
    listed = alice.get(f"/api/records/{record_id}/files").json()
    assert [entry["key"] for entry in listed["entries"]] == ["c.txt", "a.txt", "b.txt"]
    assert listed["order"] == ["c.txt", "a.txt"]
