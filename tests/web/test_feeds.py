"""Atom feeds of searches and persons: what RFC 4287 asks for, whatever stands in the records."""

from datetime import datetime
from typing import Any

import pytest
from lxml import etree
from starlette.testclient import TestClient
from tests.exports.samples import EVERYBODY, HOSTILE, full_record, make_body, make_record
from tests.rdm.test_lifecycle import BODY, METADATA, RDM, make_draft, publish

from baton.exports.atom import atom

ATOM = "{http://www.w3.org/2005/Atom}"
ORCID = "0000-0002-1825-0097"
NOW = datetime.fromisoformat("2027-01-01T00:00:00+00:00")
LINKS = {"self": "https://data.example.org/search.atom", "alternate": "https://data.example.org/search"}


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client


def make(alice: TestClient, title: str, access: Any = None, **person: Any) -> str:
    who = {"type": "personal", "family_name": "Carberry", "given_name": "Josiah", **person}
    metadata = {**METADATA, "title": title, "creators": [{"person_or_org": who}]}
    body = {**BODY, "metadata": metadata, "files": {"enabled": False}, "access": access or BODY["access"]}
    number = make_draft(alice, body)
    publish(alice, number)
    return number


def entries(text: str) -> list[dict[str, list[str]]]:
    """The texts of each entry by element, after a look at what every feed must have."""
    feed = etree.fromstring(text.encode())
    for one in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1, name
        assert datetime.fromisoformat(one.findtext(f"{ATOM}updated")).tzinfo is not None
    assert feed.findtext(f"{ATOM}author/{ATOM}name")  # of entries that have none
    return [
        {name: [e.text or "" for e in entry.iter(f"{ATOM}{name}")] for name in ("title", "id", "name", "uri")}
        for entry in feed.iter(f"{ATOM}entry")
    ]


@pytest.mark.parametrize("record", [full_record(), make_record(make_body({"title": HOSTILE, "description": HOSTILE}))])
def test_any_record_makes_a_well_formed_entry(record: Any) -> None:
    [entry] = entries(atom([record], HOSTILE, LINKS, EVERYBODY, NOW))
    assert entry["title"][0].startswith(record.title[:20])


def test_a_feed_of_nothing_is_a_feed() -> None:
    assert entries(atom([], "Nothing", LINKS, EVERYBODY, NOW)) == []


def test_any_search_is_a_feed_with_the_newest_first(alice: TestClient) -> None:
    for title in ("Corals of the north", "Sponges", "Corals of the south"):
        make(alice, title)
    answer = alice.get("/search.atom?q=corals")
    assert answer.headers["content-type"] == "application/atom+xml"
    assert [entry["title"] for entry in entries(answer.text)] == [["Corals of the south"], ["Corals of the north"]]
    known = alice.get("/search.atom?q=corals", headers={"If-None-Match": answer.headers["etag"]})
    assert known.status_code == 304
    assert 'href="/search.atom?q=corals"' in alice.get("/search?q=corals").text


def test_a_person_has_a_feed_by_their_orcid(alice: TestClient) -> None:
    make(alice, "Corals", identifiers=[{"scheme": "orcid", "identifier": ORCID}])
    make(alice, "Sponges")
    [entry] = entries(alice.get(f"/authors/{ORCID}.atom").text)
    assert (entry["title"], entry["uri"]) == (["Corals"], [f"https://orcid.org/{ORCID}"])
    assert alice.get("/authors/0000-0000-0000-0000.atom").status_code == 404


def test_a_feed_is_the_same_for_everybody_and_has_nothing_that_is_not_public(alice: TestClient) -> None:
    make(alice, "Corals", {"record": "restricted", "files": "restricted"})
    make_draft(alice, {**BODY, "metadata": {**METADATA, "title": "Corals in draft"}})
    assert entries(alice.get("/search.atom?q=corals").text) == []


def test_there_are_pages(alice: TestClient) -> None:
    for number in range(3):
        make(alice, f"Corals {number}")
    feed = etree.fromstring(alice.get("/search.atom?size=2").content)
    links = {link.get("rel"): str(link.get("href")) for link in feed.iterfind(f"{ATOM}link")}
    assert links["alternate"] == "http://testserver/search"
    rest = entries(alice.get(links["next"]).text)
    assert [entry["title"] for entry in rest] == [["Corals 0"]]


@pytest.mark.parametrize("query", ["size=0", "page=x", "sort=nonsense", "publication_date=yesterday"])
def test_what_cannot_be_asked_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/search.atom?{query}").status_code == 400
