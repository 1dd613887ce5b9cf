"""Failures in words, the style sheet, and what every page has in common."""

import re

import pytest
from starlette.testclient import TestClient
from tests.web.browser import HTML, Browser
from tests.web.conftest import Owner

from baton.web.assets import ASSETS


def test_an_unknown_address_is_told_with_a_way_on(visitor: Browser) -> None:
    page = visitor.get("/no/such/page?x=1")
    assert page.status == 404
    assert "There is nothing here" in page.text
    assert 'href="/search"' in page.text
    assert 'name="robots" content="noindex"' in page.text
    assert "script-src 'none'" in page.headers["content-security-policy"]


def test_programs_get_the_same_as_json(client: TestClient) -> None:
    answer = client.get("/no/such/page")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["status"] == 404


def test_a_wrong_method_is_told(client: TestClient) -> None:
    answer = client.delete("/search", headers=HTML)
    assert answer.status_code == 405
    assert "That cannot be done here" in answer.text


def test_visitors_are_asked_to_log_in_and_come_back_and_users_are_not(
    visitor: Browser, alice: Browser, owner: Owner
) -> None:
    number = owner.record(access={"record": "restricted", "files": "restricted"})
    assert f"/login?next=%2Frecords%2F{number}%3Fa%3Db" in visitor.get(f"/records/{number}?a=b").text
    assert "/login" not in alice.get("/no/such/page").text


def test_assets_are_kept_for_ever_under_the_address_of_their_content(visitor: Browser, client: TestClient) -> None:
    paths = re.findall(r'"(/static/[^"]*)"', visitor.get("/").text)
    assert {path.rpartition("/")[2] for path in paths} == {"logo.svg", "baton.css"}
    for path in set(paths):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_asset_of_yesterday_is_not_kept(client: TestClient) -> None:
    answer = client.get("/static/0123456789abcdef/baton.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("path", ["/static/x/other.css", "/static/x/..%2f..%2frender.py", "/static/x/__init__.py"])
def test_nothing_else_is_given_out(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_style_sheet_loads_nothing_from_elsewhere() -> None:
    css = ASSETS["baton.css"].content.decode()
    assert "url(" not in css
    assert "@import" not in css


def test_no_page_has_scripts_or_styles_of_its_own(alice: Browser, owner: Owner) -> None:
    number = owner.record()
    draft = owner.draft()
    paths = ["/", "/search", "/me/uploads", "/uploads/new", f"/uploads/{draft}", f"/uploads/{draft}/discard"]
    for path in [*paths, f"/records/{number}", f"/records/{number}/preview/levels.csv", "/nothing"]:
        text = alice.get(path).text
        assert " style=" not in text, path
        assert "<style" not in text, path
        assert "javascript:" not in text, path
        scripts = re.findall(r"<script[^>]*>", text)
        assert set(scripts) <= {'<script type="application/ld+json">'}, path


def test_every_label_belongs_to_an_input_and_every_input_has_a_label(alice: Browser) -> None:
    text = alice.get("/uploads/new").text
    ids = re.findall(r'\bid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'<label for="([^"]*)"', text)) <= set(ids)
    described = {one for names in re.findall(r'aria-describedby="([^"]*)"', text) for one in names.split()}
    assert described <= set(ids)


def test_crawlers_are_told_what_to_leave_alone(client: TestClient) -> None:
    assert "Disallow: /uploads/" in client.get("/robots.txt").text
