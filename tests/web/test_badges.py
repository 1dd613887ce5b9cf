"""DOI badges: well-formed whatever stands in them, and only of what everybody may know."""

from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.rdm.test_lifecycle import BODY, METADATA, RDM, make_draft, make_record, publish, upload

from baton.exports.badge import doi_badge

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client


def texts(svg: str) -> list[str | None]:
    return [element.text for element in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314  our own


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1))
def test_a_badge_is_well_formed_whatever_the_doi(suffix: str) -> None:
    doi = f"10.5072/{suffix}"
    if doi.isprintable():
        assert texts(doi_badge(doi)) == ["DOI", doi]


def test_any_doi_has_a_badge_that_runs_nothing(client: TestClient) -> None:
    hostile = '10.1234/"><script>alert(1)</script>&x'
    answer = client.get(f"/badge/DOI/{quote(hostile)}.svg")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"] == "default-src 'none'"
    assert texts(answer.text) == ["DOI", hostile]


@pytest.mark.parametrize("text", ["hello", "10.1234/", "10.1234/a%01b", "10.1234/a%20b", f"10.1234/{'x' * 300}", "%FF"])
def test_what_is_no_doi_has_no_badge(client: TestClient, text: str) -> None:
    assert client.get(f"/badge/DOI/{text}.svg").status_code == 404


def test_the_badge_of_a_number_shows_the_newest_version_and_leads_to_it(alice: TestClient) -> None:
    first = make_record(alice)
    second = alice.post(f"/api/records/{first}/versions").json()["id"]
    later = {**BODY, "metadata": {**METADATA, "publication_date": "2025-01-01"}}
    alice.put(f"/api/records/{second}/draft", json=later)
    upload(alice, second)
    work = publish(alice, second)["parent"]["id"]
    for number in (work, first, second):
        assert texts(alice.get(f"/badge/{number}.svg").text) == ["DOI", f"10.5072/baton.{second}"]
        leads_to = alice.get(f"/badge/latestdoi/{number}").headers["location"]
        assert leads_to == f"https://doi.org/10.5072/baton.{second}"


def test_drafts_and_restricted_records_have_no_badge(alice: TestClient) -> None:
    draft = make_draft(alice)
    closed = make_draft(alice, {**BODY, "access": {"record": "restricted", "files": "restricted"}})
    upload(alice, closed)
    publish(alice, closed)
    for number in (draft, closed, int(closed) - 1, 10**18, "9" * 30):
        assert alice.get(f"/badge/{number}.svg").status_code == 404
        assert alice.get(f"/badge/latestdoi/{number}").status_code == 404
