"""`/.well-known/`: what programs find that know nothing but the host."""

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient
from tests.web.browser import Browser

from baton.app import create_app
from baton.kernel import clock
from baton.kernel.settings import Settings

SITE = "http://testserver"


def catalogue(client: TestClient) -> list[dict[str, Any]]:
    answer = client.get("/.well-known/api-catalog")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["linkset"]
    return found


def test_the_catalogue_says_what_it_is_also_by_its_header(client: TestClient) -> None:
    answer = client.head("/.well-known/api-catalog")
    assert answer.headers["content-type"].startswith("application/linkset+json; profile=")
    assert answer.headers["link"] == f'<{SITE}/.well-known/api-catalog>; rel="api-catalog"'
    assert answer.headers["cache-control"].startswith("public, max-age=")


def test_everything_in_the_catalogue_is_there(client: TestClient) -> None:
    here = {link["href"] for one in catalogue(client) for links in _links(one) for link in links}
    for address in here:
        if address.startswith(SITE):
            assert client.get(address.removeprefix(SITE)).status_code == 200, address
    assert f"{SITE}/api/openapi.json" in here


def test_every_interface_is_described(client: TestClient) -> None:
    first, *interfaces = catalogue(client)
    assert [one["href"] for one in first["item"]] == [one["anchor"] for one in interfaces]
    assert all(one["service-doc"] for one in interfaces)


def test_types_are_told_as_they_come(client: TestClient) -> None:
    links = [link for one in catalogue(client) for links in _links(one) for link in links if "type" in link]
    assert links
    for link in links:
        answer = client.get(link["href"].removeprefix(SITE), headers={"Accept": "*/*"})
        assert answer.headers["content-type"].startswith(link["type"]), link


def _links(one: dict[str, Any]) -> list[list[dict[str, str]]]:
    return [links for relation, links in one.items() if relation != "anchor"]


def test_the_home_page_leads_there_and_says_what_this_is(visitor: Browser) -> None:
    page = visitor.get("/")
    assert 'rel="api-catalog"' in page.text
    found = re.search(r'<script type="application/ld[+]json">(.*?)</script>', page.text)
    assert found is not None
    assert json.loads(found[1])["@type"] == "DataCatalog"


def test_nobody_is_named_whom_the_operators_have_not_named(client: TestClient) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404


def test_who_finds_a_weakness_is_told_whom_to_tell(settings: Settings) -> None:
    named = settings.model_copy(update={"security_contact": "mailto:security@example.org"})
    with TestClient(create_app(named)) as client:
        answer = client.get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:security@example.org"
    assert fields["Canonical"] == f"{SITE}/.well-known/security.txt"
    left = datetime.fromisoformat(fields["Expires"]) - clock.now()
    assert timedelta(days=2) < left < timedelta(days=365)


@pytest.mark.parametrize("contact", ["security@example.org", "mailto:a@b\nPolicy: x", "http://example.org"])
def test_a_contact_that_is_no_address_is_refused_at_the_start(contact: str) -> None:
    with pytest.raises(ValidationError):
        Settings(security_contact=contact)


def test_password_managers_are_led_to_the_page(client: TestClient) -> None:
    answer = client.get("/.well-known/change-password", follow_redirects=False)
    assert (answer.status_code, urlsplit(answer.headers["location"]).path) == (302, "/account/settings/security")
