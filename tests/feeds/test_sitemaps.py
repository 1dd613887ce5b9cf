"""Sitemaps: valid, with every public record and nothing else; and robots.txt, which says where they are."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from starlette.testclient import TestClient
from tests.feeds.test_changes import CLOSED, edit, harvest
from tests.rdm.test_lifecycle import RDM, make_draft, make_record

from baton.context import Context

# A folder with the schemas of sitemaps.org, which no registry carries: `sitemap.xsd`, `siteindex.xsd`.
SCHEMAS = os.environ.get("BATON_TEST_SCHEMAS", "")
HOME = "http://testserver/"
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client


def addresses(client: TestClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/xml"
    document = etree.fromstring(answer.content)
    assert len(document) > 0
    for entry in document:  # what the schema asks for, in its order
        assert [etree.QName(part).localname for part in entry] in (["loc"], ["loc", "lastmod"])
        assert all(datetime.fromisoformat(part.text).tzinfo for part in entry[1:])
    if SCHEMAS:
        schema = {"sitemapindex": "siteindex.xsd", "urlset": "sitemap.xsd"}[etree.QName(document).localname]
        etree.XMLSchema(etree.parse(Path(SCHEMAS) / schema)).assertValid(document)
    return [str(element.text) for element in document.iterfind(".//s:loc", SPACE)]


def test_the_index_leads_to_pages_with_every_public_record(alice: TestClient, context: Context) -> None:
    numbers = [make_record(alice) for _ in range(3)]
    make_draft(alice)
    edit(alice, numbers[0], CLOSED)
    harvest(alice, context)
    pages = addresses(alice, "/sitemap.xml")
    assert pages == ["http://testserver/sitemap/0.xml"]
    found = [address for page in pages for address in addresses(alice, page)]
    assert found == [HOME, *(f"http://testserver/records/{number}" for number in numbers[1:])]


def test_what_is_restricted_is_off_its_page_at_once(alice: TestClient, context: Context) -> None:
    kept, closed = make_record(alice), make_record(alice)
    harvest(alice, context)
    edit(alice, closed, CLOSED)
    assert addresses(alice, "/sitemap/0.xml") == [HOME, f"http://testserver/records/{kept}"]


def test_an_empty_repository_has_a_start_page(client: TestClient) -> None:
    assert addresses(client, "/sitemap.xml") == ["http://testserver/sitemap/0.xml"]
    assert addresses(client, "/sitemap/0.xml") == [HOME]


@pytest.mark.parametrize("page", ["1", "x", "-1", "9" * 19, "9" * 40])
def test_pages_without_records_are_not_there(client: TestClient, page: str) -> None:
    assert client.get(f"/sitemap/{page}.xml").status_code == 404


def test_robots_are_welcome_and_told_where_they_have_it_easier(client: TestClient) -> None:
    text = client.get("/robots.txt").text
    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "http://testserver/api/changes" in text
    assert "Disallow: /search?" in text
