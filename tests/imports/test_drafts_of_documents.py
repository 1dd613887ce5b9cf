"""`POST /api/records` and `PUT .../draft` with a document in the place of JSON."""

import pytest
from starlette.testclient import TestClient
from tests.exports.samples import full_record
from tests.imports.there_and_back import written
from tests.refusals import count_own, make_draft, refused

from baton.imports.formats import CRATE, FORMATS, MEDIA_TYPES

ATTRIBUTES = b"""{
  "titles": [{"title": "Ocean heat"}],
  "creators": [{"name": "Marsh, Ada", "nameType": "Personal", "affiliation": [
    {"name": "European Commission", "affiliationIdentifier": "https://ror.org/00k4n6c32"}]}],
  "types": {"resourceTypeGeneral": "Dataset"},
  "publisher": "Somebody",
  "publicationYear": 2023,
  "fundingReferences": [{"funderName": "EC", "funderIdentifier": "https://doi.org/10.13039/501100000780"}],
  "descriptions": [{"description": "5 < 6 & so on", "descriptionType": "Abstract"}],
  "schemaVersion": "http://datacite.org/schema/kernel-4",
  "mood": "good"
}"""
DATACITE = {"Content-Type": "application/vnd.datacite.datacite+json"}


def test_a_document_becomes_a_draft_that_can_be_published(alice: TestClient) -> None:
    answer = alice.post("/api/records", content=ATTRIBUTES, headers=DATACITE)
    assert answer.status_code == 201, answer.text
    draft = answer.json()
    assert draft["metadata"]["title"] == "Ocean heat"
    assert draft["metadata"]["creators"][0]["affiliations"] == [{"name": "European Commission"}]
    assert draft["metadata"]["funding"] == [{"funder": {"id": "00k4n6c32", "name": "European Commission"}}]
    assert draft["metadata"]["description"] == "<p>5 &lt; 6 &amp; so on</p>"
    assert [(error["field"], error["code"]) for error in draft["errors"]] == [("mood", "not_carried")]


def test_a_document_can_replace_what_a_draft_says(alice: TestClient) -> None:
    number = make_draft(alice)
    answer = alice.put(f"/api/records/{number}/draft", content=ATTRIBUTES, headers=DATACITE)
    assert answer.status_code == 200, answer.text
    assert alice.get(f"/api/records/{number}/draft").json()["metadata"]["title"] == "Ocean heat"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_taken_under_each_of_its_names(alice: TestClient, name: str) -> None:
    document = written(full_record(), name)
    for kind in FORMATS[name].media_types:
        answer = alice.post("/api/records", content=document, headers={"Content-Type": f"{kind}; charset=utf-8"})
        assert answer.status_code == 201, answer.text
        assert answer.json()["metadata"]["title"] == "A study of everything"


def test_a_doi_of_this_repository_stays_with_its_record(alice: TestClient) -> None:
    document = ATTRIBUTES.replace(b'"mood": "good"', b'"doi": "10.5072/baton.1"')
    draft = alice.post("/api/records", content=document, headers=DATACITE).json()
    assert draft["pids"] == {}
    assert "a DOI of its own" in draft["errors"][0]["message"]


def test_a_doi_of_others_is_kept(alice: TestClient) -> None:
    document = ATTRIBUTES.replace(b'"mood": "good"', b'"doi": "10.1234/Ocean"')
    draft = alice.post("/api/records", content=document, headers=DATACITE).json()
    assert draft["pids"]["doi"] == {"identifier": "10.1234/Ocean", "provider": "external"}


def test_unknown_media_types_are_refused_with_the_list(alice: TestClient) -> None:
    answer = alice.post("/api/records", content=b"x", headers={"Content-Type": "application/msword"})
    assert all(kind in refused(answer, 415)["message"] for kind in MEDIA_TYPES)
    assert answer.headers["accept"] == ", ".join((*MEDIA_TYPES, CRATE))
    assert count_own(alice, 0) == 0


@pytest.mark.parametrize(
    "kind", ["", "application/json", "application/vnd.inveniordm.v1+json", "application/x-www-form-urlencoded"]
)
def test_json_is_json_under_the_names_that_programs_give_it(alice: TestClient, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = alice.post("/api/records", content=b'{"metadata": {"title": "Plain"}}', headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["metadata"]["title"] == "Plain"


def test_nobody_in_particular_makes_no_draft(client: TestClient) -> None:
    refused(client.post("/api/records", content=ATTRIBUTES, headers=DATACITE), 403)
