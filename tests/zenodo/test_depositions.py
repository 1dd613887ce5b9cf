"""Depositions over HTTP, as Zenodo's programs know them. Numbers are those of the wire contract."""

import json
from typing import Any

import pytest

DEPOSITIONS = "/api/deposit/depositions"


# 4: the shape


def test_4_a_draft_shows_everything_that_clients_read_from_it(alice: Any, cast: Any) -> None:
    deposition = alice.create(
        title="Everything",
        upload_type="publication",
        publication_type="article",
        creators=[{"name": "Marsh, Ada"}],
        license="CC-BY-SA-4.0",
        keywords=["one", "two"],
        version=3,
        language="en",
    )
    alice.put(deposition, "a b.txt", b"hello")
    shown = alice.http.get(deposition["links"]["self"]).json()
    number = shown["id"]
    assert (number, shown["record_id"], shown["owner"]) == (number, number, cast.alice.id)
    assert {type(shown[name]) for name in ("id", "record_id", "owner")} == {int}
    assert shown["conceptrecid"] == str(number - 1)
    assert {"doi", "conceptdoi", "doi_url"}.isdisjoint(shown)
    assert shown["created"] <= shown["modified"]
    metadata = shown["metadata"]
    assert (metadata["upload_type"], metadata["publication_type"]) == ("publication", "article")
    assert metadata["license"] == "cc-by-sa-4.0"
    assert metadata["imprint_publisher"] == "Baton"
    assert (metadata["keywords"], metadata["version"], metadata["language"]) == (["one", "two"], "3", "eng")
    assert metadata["prereserve_doi"] == {"doi": f"10.5072/baton.{number}", "recid": number}
    (file,) = shown["files"]
    assert (file["filename"], file["filesize"]) == ("a b.txt", 5)
    assert file["checksum"] == "5d41402abc4b2a76b9719d911017c592"  # bare, without `md5:`
    assert alice.http.get(file["links"]["download"]).content == b"hello"
    assert alice.http.get(file["links"]["self"]).json() == file
    assert alice.http.get(shown["links"]["files"]).json() == [file]


@pytest.mark.parametrize("made_on", ["legacy", "rdm"])
def test_4_every_deposition_has_a_bucket_also_in_lists_and_when_made_elsewhere(alice: Any, made_on: str) -> None:
    if made_on == "legacy":  # noqa: SIM108
        number = alice.create()["id"]
    else:
        number = int(alice.http.post("/api/records", json={}).json()["id"])
    alice.settle()
    (listed,) = alice.http.get(DEPOSITIONS).json()
    assert listed["id"] == number
    bucket = listed["links"]["bucket"]
    assert alice.http.put(f"{bucket}/x", content=b"x").status_code == 201
    assert alice.http.get(f"{DEPOSITIONS}/{number}").json()["links"]["bucket"] == bucket


def test_5_what_was_not_said_is_absent_and_an_affiliation_may_be_null(alice: Any) -> None:
    metadata = alice.create(title="Little", creators=[{"name": "Plato"}])["metadata"]
    assert metadata["creators"] == [{"name": "Plato", "affiliation": None}]
    assert not {name for name, value in metadata.items() if value in (None, "", [], {})}
    lists = {"keywords", "contributors", "related_identifiers", "references", "communities", "grants", "subjects"}
    assert lists.isdisjoint(metadata)


# 7: new versions


def test_7_a_new_version_is_answered_with_its_draft_that_has_the_files_already(alice: Any) -> None:
    first = alice.publish_new(title="First title", version="1")
    answer = alice.http.post(f"{DEPOSITIONS}/{first['id']}/actions/newversion")
    assert answer.status_code == 201
    draft = answer.json()
    assert draft["id"] != first["id"]
    assert draft["conceptrecid"] == first["conceptrecid"]
    assert draft["conceptdoi"] == first["conceptdoi"]
    assert (draft["state"], draft["submitted"]) == ("unsubmitted", False)
    assert draft["links"]["latest_draft"] == f"http://testserver{DEPOSITIONS}/{draft['id']}"
    assert draft["title"] == "First title"
    assert "version" not in draft["metadata"]
    assert draft["metadata"]["prereserve_doi"]["recid"] == draft["id"]
    (file,) = draft["files"]
    assert file["filename"] == "a.txt"
    assert file["id"] != first["files"][0]["id"]
    assert draft["links"]["bucket"] != first["links"]["bucket"]


def test_7_a_second_new_version_is_refused_until_the_files_of_the_first_are_gone(alice: Any) -> None:
    first = alice.publish_new()
    draft = alice.new_version(first)
    refused = alice.http.post(first["links"]["newversion"])
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["messages"] == ["Please remove all files first."]
    for file in draft["files"]:
        assert alice.http.delete(file["links"]["self"]).status_code == 204
    again = alice.new_version(first)
    assert again["id"] == draft["id"]
    assert [file["filename"] for file in again["files"]] == ["a.txt"]


def test_7_the_open_draft_is_found_by_its_concept(alice: Any) -> None:
    first = alice.publish_new()
    alice.publish_new(title="Another")
    draft = alice.new_version(first)
    alice.settle()
    query = {"q": f"conceptrecid:{first['conceptrecid']}", "status": "draft"}
    found = alice.http.get(DEPOSITIONS, params=query).json()
    assert [deposition["id"] for deposition in found] == [draft["id"]]


def test_7_files_of_a_new_version_can_be_replaced_removed_and_added(alice: Any, nobody: Any) -> None:
    first = alice.publish_new()
    draft = alice.new_version(first)
    alice.put(draft, "a.txt", b"changed")
    alice.put(draft, "b.txt", b"new")
    second = alice.publish(draft)
    assert {file["filename"]: file["filesize"] for file in second["files"]} == {"a.txt": 7, "b.txt": 3}
    before = nobody(f"/api/records/{first['id']}/files/a.txt/content")
    assert before.content == b"hello"
    assert second["conceptdoi"] == first["conceptdoi"]
    assert second["doi"] == f"10.5072/baton.{second['id']}"


def test_7_a_new_version_can_be_made_from_any_version_and_not_of_a_draft(alice: Any) -> None:
    draft = alice.create()
    assert alice.http.post(draft["links"]["newversion"]).status_code == 404
    first = alice.publish_new()
    second = alice.publish_next(first)
    third = alice.new_version(first)
    assert third["id"] not in {first["id"], second["id"]}


# 9: statuses


def test_9_the_status_of_every_step(alice: Any) -> None:
    http = alice.http
    deposition = alice.create(**DESCRIBED)  # 201
    number = deposition["id"]
    own = f"{DEPOSITIONS}/{number}"
    assert http.put(own, json={"metadata": DESCRIBED}).status_code == 200
    alice.put(deposition)  # 201
    uploaded = http.post(f"{own}/files", data={"name": "b.txt"}, files={"file": b"b"})
    assert uploaded.status_code == 201
    assert http.delete(uploaded.json()["links"]["self"]).status_code == 204
    assert http.post(f"{own}/actions/publish").status_code == 202
    assert http.post(f"{own}/actions/edit").status_code == 201
    assert http.post(f"{own}/actions/edit").status_code == 201  # the same draft
    discarded = http.post(f"{own}/actions/discard")
    assert (discarded.status_code, discarded.content) == (204, b"")  # documented as 201
    other = alice.create()
    assert http.delete(other["links"]["self"]).status_code == 204
    assert http.get(other["links"]["self"]).status_code == 404


def test_9_a_published_deposition_cannot_be_published_changed_or_deleted(alice: Any) -> None:
    own = f"{DEPOSITIONS}/{alice.publish_new()['id']}"
    answers = (
        alice.http.post(f"{own}/actions/publish"),
        alice.http.put(own, json={"metadata": DESCRIBED}),
        alice.http.delete(own),
        alice.http.post(f"{own}/actions/discard"),
    )
    assert [answer.status_code for answer in answers] == [404] * 4  # documented as 403
    assert all(answer.json()["message"] for answer in answers)


def test_9_files_of_a_published_deposition_stay(alice: Any) -> None:
    record = alice.publish_new()
    own = f"{DEPOSITIONS}/{record['id']}"
    file = f"{own}/files/{record['files'][0]['id']}"
    assert alice.http.get(f"{own}/files").status_code == 200
    assert alice.http.put(f"{record['links']['bucket']}/a.txt", content=b"x").status_code == 403
    assert alice.http.delete(f"{record['links']['bucket']}/a.txt").status_code == 403
    assert alice.http.post(f"{own}/files", files={"file": ("b.txt", b"b")}).status_code in {403, 404}
    assert alice.http.delete(file).status_code == 403


def test_9_sorting_and_renaming_files_was_only_ever_documented(alice: Any) -> None:
    deposition = alice.create()
    alice.put(deposition)
    files = deposition["links"]["files"]
    (file,) = alice.http.get(files).json()
    assert alice.http.put(files, json=[{"id": file["id"]}]).status_code == 405
    assert alice.http.put(file["links"]["self"], json={"filename": "b.txt"}).status_code == 405


def test_9_an_edit_keeps_id_doi_and_files_and_shows_when_published(alice: Any, nobody: Any) -> None:
    record = alice.publish_new(title="Before")
    editing = alice.http.post(record["links"]["edit"]).json()
    assert (editing["state"], editing["submitted"], editing["id"]) == ("inprogress", True, record["id"])
    changed = {**editing["metadata"], "title": "After"}
    assert alice.http.put(editing["links"]["self"], json={"metadata": changed}).status_code == 200
    assert nobody(f"/api/records/{record['id']}").json()["title"] == "Before"
    done = alice.publish(editing)
    assert (done["id"], done["doi"], done["state"]) == (record["id"], record["doi"], "done")
    assert nobody(f"/api/records/{record['id']}").json()["title"] == "After"


# 10: errors


def test_10_what_is_missing_is_told_at_publication_all_at_once(alice: Any) -> None:
    deposition = alice.create(title="Only a title")
    refused = alice.http.post(deposition["links"]["publish"])
    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/json"
    body = refused.json()
    assert (body["status"], body["message"]) == (400, "A validation error occurred.")
    told = {error["field"]: error["messages"] for error in body["errors"]}
    assert {"metadata.creators", "metadata.upload_type", "files.enabled"} <= set(told)  # in legacy words
    assert all(isinstance(text, str) for messages in told.values() for text in messages)


def test_10_values_that_cannot_be_kept_are_told_when_they_are_saved(alice: Any) -> None:
    answer = alice.http.post(DEPOSITIONS, json={"metadata": {"title": "x", "publication_date": "yesterday"}})
    assert answer.status_code == 201
    told = {error["field"] for error in answer.json()["errors"]}
    assert told == {"metadata.title", "metadata.publication_date"}
    assert "errors" not in alice.http.post(DEPOSITIONS, json={}).json()  # what is only missing can wait


@pytest.mark.parametrize(
    ("body", "field", "text"),
    [
        ({"metadata": {"related_identifiers": "x"}}, "metadata.related_identifiers", "must be a list"),
        ({"metadata": {"related_identifiers": ["x"]}}, "metadata.related_identifiers.0", "must be an object"),
        (
            {"metadata": {"related_identifiers": [{"identifier": "10.1/x", "relation": 1}]}},
            "metadata.related_identifiers.0.relation",
            "must be a string",
        ),
        ({"metadata": {"license": 123}}, "metadata.license", "Invalid license value provided"),
        ({"metadata": {"license": "no-such"}}, "metadata.license", "Invalid license"),
        ({"metadata": {"communities": ["c"]}}, "communities", "identifier"),
        ({"metadata": {"communities": {"identifier": "c"}}}, "communities", "identifier"),
        ({"metadata": {}, "unknownkey": "data"}, "unknownkey", "Unknown field"),
        ({"metadata": []}, "metadata", "must be an object"),
    ],
)
def test_10_what_cannot_be_understood_is_refused_and_nothing_is_made(
    alice: Any, body: Any, field: str, text: str
) -> None:
    refused = alice.http.post(DEPOSITIONS, json=body)
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert error["field"] == field
    assert text in error["messages"][0]
    assert alice.http.get(DEPOSITIONS).json() == []


@pytest.mark.parametrize("path", ["", "/files", "/actions/publish"])
@pytest.mark.parametrize("number", ["4711", "99999999999999999999", "abc", "0", "-1"])
def test_10_unknown_numbers_are_404_in_json(alice: Any, number: str, path: str) -> None:
    method = "POST" if "actions" in path else "GET"
    answer = alice.http.request(method, f"{DEPOSITIONS}/{number}{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["status"] == 404


def test_10_broken_json_is_refused_with_a_reason(alice: Any) -> None:
    refused = alice.http.post(DEPOSITIONS, content=b'{"metadata": ')
    assert refused.status_code == 400
    assert "JSON" in refused.json()["message"]


# 3.14, 17: who may


def test_314_nobody_and_strangers_are_refused_with_403_never_401(alice: Any, nobody: Any, cast: Any) -> None:
    deposition = alice.create()
    alice.put(deposition)
    own, bucket = f"{DEPOSITIONS}/{deposition['id']}", deposition["links"]["bucket"]
    calls: list[tuple[str, str]] = [
        ("GET", own),
        ("PUT", own),
        ("DELETE", own),
        ("GET", f"{own}/files"),
        ("POST", f"{own}/actions/publish"),
        ("GET", bucket),
        ("GET", f"{bucket}/a.txt"),
        ("PUT", f"{bucket}/a.txt"),
        ("DELETE", f"{bucket}/a.txt"),
    ]
    for method, path in calls:
        body: dict[str, Any] = {"json": {}} if method == "PUT" and path == own else {}
        assert nobody(path, method, **body).status_code == 403, (method, path)
        assert nobody(path, method, headers=cast.bob.headers, **body).status_code == 403, (method, path)
    assert nobody(DEPOSITIONS).status_code == 403
    assert nobody(DEPOSITIONS, "POST", json={}).status_code == 403
    assert nobody(own, headers={"Authorization": "Bearer of-no-worth"}).status_code == 403
    assert nobody(own, headers=cast.root.headers).status_code == 200


@pytest.mark.parametrize("how", ["header", "lower case", "query"])
def test_17_the_token_counts_in_the_header_and_in_the_query(alice: Any, nobody: Any, cast: Any, how: str) -> None:
    number = alice.create()["id"]
    headers = {"header": cast.alice.headers, "lower case": {"Authorization": f"bearer {cast.alice.token}"}, "query": {}}
    params = {"access_token": cast.alice.token} if how == "query" else {}
    assert nobody(f"{DEPOSITIONS}/{number}", headers=headers[how], params=params).status_code == 200


# 19, 20: bodies


DESCRIBED = {
    "title": "Described",
    "upload_type": "poster",
    "description": "Words",
    "creators": [{"name": "Doe, John"}],
}


@pytest.mark.parametrize(
    "content_type",
    [None, "application/json", "application/json; charset=UTF-8", "text/plain", "application/x-www-form-urlencoded"],
)
def test_19_json_is_read_whatever_its_content_type(alice: Any, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    body = json.dumps({"metadata": DESCRIBED}).encode()
    made = alice.http.post(DEPOSITIONS, content=body, headers=headers)
    assert made.status_code == 201
    assert made.json()["title"] == "Described"


def test_19_a_content_type_without_a_body_makes_no_difference(alice: Any) -> None:
    headers = {"Content-Type": "application/json"}
    made = alice.http.post(DEPOSITIONS, content=b"", headers=headers)
    assert made.status_code == 201
    deposition = made.json()
    assert alice.http.get(deposition["links"]["self"], headers=headers).status_code == 200
    alice.put(deposition)
    alice.http.put(deposition["links"]["self"], json={"metadata": DESCRIBED})
    assert alice.http.post(deposition["links"]["publish"], content=b"", headers=headers).status_code == 202


def test_19_metadata_that_was_read_can_be_sent_back_and_says_the_same(alice: Any) -> None:
    record = alice.publish_new(
        creators=[{"name": "Doe, John", "affiliation": "Zenodo", "orcid": "0000-0002-1825-0097"}],
        contributors=[{"name": "Roe, Jane", "type": "DataCurator"}],
        license="Apache-2.0",
        related_identifiers=[
            {"identifier": "10.1234/foo", "relation": "isSupplementTo"},
            {"identifier": "https://example.org/x", "relation": "isAlternateIdentifier"},
        ],
        references=["One"],
        keywords=["k"],
        journal_title="A journal",
        notes="Notes",
        dates=[{"start": "2018-03-21", "end": "2018-03-25", "type": "Collected"}],
        locations=[{"lat": 1.5, "lon": 2.5, "place": "There"}],
        communities=[{"identifier": "somewhere"}],
    )
    editing = alice.http.post(record["links"]["edit"]).json()
    assert {"doi", "prereserve_doi", "imprint_publisher", "license"} <= set(editing["metadata"])
    again = alice.http.put(editing["links"]["self"], json={"metadata": editing["metadata"]})
    assert again.status_code == 200
    assert again.json()["metadata"] == editing["metadata"]
    assert "errors" not in again.json()
    assert alice.publish(again.json())["doi"] == record["doi"]


@pytest.mark.parametrize("licence", ["cc-by-4.0", "CC-BY-4.0", {"id": "cc-by-4.0"}, {"id": "CC-BY-4.0"}])
def test_19_a_licence_is_a_string_or_an_object_in_either_case(alice: Any, licence: Any) -> None:
    assert alice.create(license=licence)["metadata"]["license"] == "cc-by-4.0"


def test_19_unknown_keys_of_the_metadata_are_passed_over(alice: Any) -> None:
    metadata = alice.create(title="Known", colour="green", access_conditions="none", submitted=True)["metadata"]
    assert metadata["title"] == "Known"
    assert {"colour", "access_conditions"}.isdisjoint(metadata)


@pytest.mark.parametrize(
    "body",
    [{}, {"metadata": {}}, {"metadata": {"title": "No creators"}}, {"metadata": None}, {"files": [], "metadata": {}}],
)
def test_20_a_deposition_can_begin_with_almost_nothing(alice: Any, body: Any) -> None:
    made = alice.http.post(DEPOSITIONS, json=body)
    assert made.status_code == 201
    assert made.json()["state"] == "unsubmitted"


# 2.5: defaults


def test_25_defaults_are_today_open_and_cc0_for_datasets(alice: Any) -> None:
    dataset = alice.create(upload_type="dataset")["metadata"]
    assert (dataset["license"], dataset["access_right"]) == ("cc-zero", "open")
    assert len(dataset["publication_date"]) == len("2024-01-01")
    assert alice.create(upload_type="software")["metadata"]["license"] == "cc-by-4.0"
    assert "license" not in alice.create(upload_type="dataset", access_right="restricted")["metadata"]


@pytest.mark.parametrize("right", ["closed", "restricted"])
def test_25_closed_and_restricted_files_are_for_their_owner_only(alice: Any, nobody: Any, right: str) -> None:
    record = alice.publish_new(access_right=right)
    assert record["metadata"]["access_right"] == "restricted"
    seen = nobody(f"/api/records/{record['id']}")
    assert seen.status_code == 200
    assert seen.json()["files"] == []
    content = f"/api/records/{record['id']}/files/a.txt/content"
    assert nobody(content).status_code == 403
    assert alice.http.get(content).content == b"hello"


def test_25_an_embargo_shows_its_date(alice: Any, nobody: Any) -> None:
    record = alice.publish_new(access_right="embargoed", embargo_date="2999-01-01")
    shown = nobody(f"/api/records/{record['id']}").json()["metadata"]
    assert (shown["access_right"], shown["embargo_date"]) == ("embargoed", "2999-01-01")
    refused = alice.http.post(DEPOSITIONS, json={"metadata": {"access_right": "embargoed"}})
    assert refused.json()["errors"][0]["field"] == "metadata.embargo_date"


def test_25_a_foreign_doi_is_kept_and_an_own_one_must_be_the_one_reserved(alice: Any) -> None:
    record = alice.publish_new(doi="10.1234/foreign")
    assert record["doi"] == record["metadata"]["doi"] == "10.1234/foreign"
    assert "conceptdoi" not in record
    deposition = alice.create(title="Own")
    reserved = deposition["metadata"]["prereserve_doi"]["doi"]
    kept = alice.http.put(deposition["links"]["self"], json={"metadata": {**DESCRIBED, "doi": reserved}})
    assert kept.status_code == 200
    assert kept.json()["metadata"]["doi"] == reserved


# Lists


def test_own_depositions_are_listed_newest_first_in_pages_and_by_state(alice: Any, nobody: Any, cast: Any) -> None:
    published = alice.publish_new(title="Published")
    draft = alice.create(title="Draft of something")
    next_version = alice.new_version(published)
    alice.settle()

    def ids(**params: Any) -> list[int]:
        return [found["id"] for found in alice.http.get(DEPOSITIONS, params=params).json()]

    assert ids() == [next_version["id"], draft["id"]]
    assert ids(all_versions="true") == [next_version["id"], draft["id"], published["id"]]
    assert ids(all_versions=1, sort="-mostrecent") == [published["id"], draft["id"], next_version["id"]]
    assert ids(all_versions=1, status="published") == [published["id"]]
    assert ids(q="title:something") == [draft["id"]]
    assert ids(size=1) == [next_version["id"]]
    assert ids(size=1, page=2) == [draft["id"]]
    assert ids(size=9999) == ids()
    assert nobody(DEPOSITIONS, headers=cast.bob.headers).json() == []


def test_long_lists_lead_to_their_neighbours_in_the_link_header(alice: Any) -> None:
    for _each in range(3):
        alice.create()
    alice.settle()
    seen, address = [], f"{DEPOSITIONS}?size=1&sort=mostrecent&access_token=x"
    while address:
        answer = alice.http.get(address)
        seen += [found["id"] for found in answer.json()]
        address = answer.links.get("next", {}).get("url", "")
        assert "access_token" not in address
    assert len(set(seen)) == 3
    assert answer.links["prev"]["url"].endswith("page=2")


# 14


@pytest.mark.parametrize(
    "slashes", ["/api//deposit/depositions", "//api/deposit/depositions", "/api/deposit/depositions/"]
)
def test_14_slashes_too_many_lose_no_body(alice: Any, slashes: str) -> None:
    base = f"http://testserver{slashes}"
    made = alice.http.post(base, json={"metadata": {"title": "Slashes"}})
    assert made.status_code == 201
    assert made.json()["title"] == "Slashes"
    own = f"{base.rstrip('/')}//{made.json()['id']}"
    assert alice.http.put(own, json={"metadata": {"title": "More of them"}}).json()["title"] == "More of them"
    assert alice.http.get(f"{own}/").status_code == 200
    assert alice.http.get(base).status_code == 200
    assert alice.http.delete(f"{own}//").status_code == 204


def test_13_a_deposition_answers_head(alice: Any) -> None:
    deposition = alice.create()
    for address in (DEPOSITIONS, deposition["links"]["self"], deposition["links"]["files"]):
        head = alice.http.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == alice.http.get(address).headers["content-length"]
