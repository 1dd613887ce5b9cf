"""signposting: finds what belongs to a page by its typed links: in the header, in the page, and in the link set."""

from pathlib import Path
from typing import Any

import pytest
import requests
from signposting import find_signposting_html, find_signposting_http, find_signposting_linkset
from tests.clients.conftest import Depositor


@pytest.fixture
def dataset(server: Any, cast: Any, small: Path) -> dict[str, Any]:
    return Depositor(server, cast.alice.token).publish(small, license="cc-by-4.0")


def targets(found: Any, relation: str, context: str | None = None) -> set[str]:
    return {str(one.target) for one in found.signposts if str(one.rel) == relation and one.context in {context, None}}


def test_level_one_leads_from_the_page_to_everything(server: Any, dataset: dict[str, Any]) -> None:
    page = f"{server.url}/records/{dataset['id']}"
    found = find_signposting_http(page)
    assert targets(found, "cite-as", page) == {f"https://doi.org/{dataset['doi']}"}
    assert targets(found, "license", page) == {"https://creativecommons.org/licenses/by/4.0/"}
    (file,) = targets(found, "item", page)
    assert requests.get(file, timeout=60).content == b"hello\n"
    assert len(targets(found, "describedby", page)) > 10


def test_level_two_says_the_same_and_leads_back(server: Any, dataset: dict[str, Any]) -> None:
    page = f"{server.url}/records/{dataset['id']}"
    first = find_signposting_http(page)
    (address,) = targets(find_signposting_html(page), "linkset", page)
    assert address in targets(first, "linkset", page)
    every = find_signposting_linkset(address, "application/linkset+json")
    here = every.for_context(page)
    for relation in ("cite-as", "license", "type", "item", "describedby"):
        assert targets(here, relation, page) == targets(first, relation, page)
    for one in targets(here, "item", page):
        assert targets(every.for_context(one), "collection", one) == {page}


def test_files_and_documents_lead_back_to_the_page(server: Any, dataset: dict[str, Any]) -> None:
    page = f"{server.url}/records/{dataset['id']}"
    found = find_signposting_http(page)
    for file in targets(found, "item", page):
        assert targets(find_signposting_http(file), "collection", file) == {page}
    document = f"{page}/export/datacite-json"
    assert requests.head(document, timeout=60).links["describes"]["url"] == page
