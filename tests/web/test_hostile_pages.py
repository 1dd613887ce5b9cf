"""What strangers write stays text on every page: no script, no handler, no address that runs, no header of theirs."""

import json
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from starlette.testclient import TestClient
from tests.refusals import METADATA, RDM

ATTACK = "</script></title></textarea>\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}<!--"
RUNS = "javascript:alert(1)"
ADDRESS = "https://example.org/?x='onmouseover='alert(1)"
PERSON = {
    "person_or_org": {"type": "personal", "family_name": ATTACK, "given_name": ATTACK},
    "affiliations": [{"name": ATTACK}],
}
HOSTILE: dict[str, Any] = {
    **METADATA,
    "title": ATTACK,
    "additional_titles": [{"title": ATTACK, "type": {"id": "subtitle"}}],
    "publisher": ATTACK,
    "version": ATTACK,
    "creators": [PERSON, {"person_or_org": {"type": "organizational", "name": ATTACK}}],
    "contributors": [{**PERSON, "role": {"id": "editor"}}],
    "description": f'<b style="x">kept</b><a href="{RUNS}" onclick="alert(1)">x</a><svg onload=alert(1)></svg>{ATTACK}',
    "additional_descriptions": [{"description": ATTACK, "type": {"id": "notes"}}],
    "subjects": [{"subject": ATTACK}],
    "references": [{"reference": ATTACK}],
    "sizes": [ATTACK],
    "formats": [ATTACK],
    "copyright": ATTACK,
    "rights": [{"title": {"en": ATTACK}, "description": {"en": ATTACK}, "link": ADDRESS}, {"title": {"en": ATTACK}}],
    "dates": [{"date": "2020", "type": {"id": "created"}, "description": ATTACK}],
    "locations": {
        "features": [{"place": ATTACK, "description": ATTACK, "geometry": {"type": "Point", "coordinates": [1, 2]}}]
    },
    "identifiers": [{"identifier": ADDRESS, "scheme": "url"}],
    "related_identifiers": [
        {"identifier": ADDRESS, "scheme": "url", "relation_type": {"id": "cites"}},
        {"identifier": '10.1234/"><script>alert(1)</script>', "scheme": "doi", "relation_type": {"id": "cites"}},
    ],
    "funding": [{"funder": {"name": ATTACK}, "award": {"title": {"en": ATTACK}, "number": ATTACK}}],
}
CUSTOM = {
    "journal:journal": {"title": ATTACK, "issue": ATTACK},
    "meeting:meeting": {"title": ATTACK, "url": ADDRESS, "place": ATTACK},
    "thesis:university": ATTACK,
    "code:codeRepository": ADDRESS,
    "dwc:scientificName": [ATTACK],
}
# Addresses of which a page would make links.
URL = {"identifier": RUNS, "scheme": "url"}
AWARD = {"title": {"en": "x"}, "number": "1", "identifiers": [URL]}
LINKS: dict[str, dict[str, Any]] = {
    "metadata.rights.0.link": {"metadata": {"rights": [{"title": {"en": "x"}, "link": RUNS}]}},
    "metadata.identifiers.0.identifier": {"metadata": {"identifiers": [URL]}},
    "metadata.related_identifiers.0.identifier": {
        "metadata": {"related_identifiers": [{**URL, "relation_type": {"id": "cites"}}]}
    },
    "metadata.funding.0.award.identifiers.0.identifier": {
        "metadata": {"funding": [{"funder": {"name": "x"}, "award": AWARD}]}
    },
    "custom_fields.meeting:meeting.url": {"custom_fields": {"meeting:meeting": {"title": "x", "url": RUNS}}},
    "custom_fields.code:codeRepository": {"custom_fields": {"code:codeRepository": RUNS}},
}
KEYS = ("<script>alert(1)</script>.txt", "\"onload='alert(1)' x=.html", 'a; filename=evil.exe".svg', "é' \u4e2d.csv")
PAGE = b"<html><script>alert(document.cookie)</script></html>"


class Reader(HTMLParser):
    """Reads a page as a browser would, and notes what would run."""

    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []
        self.data: list[str] = []
        self._in_data = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self._in_data = tag == "script" and given.get("type") == "application/ld+json"
        if tag in {"iframe", "object", "embed", "base", "svg", "meta"} and "http-equiv" in given:
            self.dangers.append(tag)
        if (tag == "script" and not self._in_data) or tag in {"iframe", "object", "embed", "base"}:
            self.dangers.append(tag)
        for name, value in given.items():
            if name.startswith("on"):
                self.dangers.append(f"{tag} {name}")
            scheme = urlsplit(value.strip()).scheme.lower() if name in {"href", "src", "action", "formaction"} else ""
            if scheme not in {"", "http", "https", "mailto"}:
                self.dangers.append(f"{tag} {name}={value}")
        if tag == "img" and given.get("src") == "x":
            self.dangers.append("img")

    def handle_endtag(self, _tag: str) -> None:
        self._in_data = False

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.data.append(data)


def read(answer: Any) -> Reader:
    """The page, if nothing in it would run."""
    reader = Reader()
    reader.feed(answer.text)
    assert reader.dangers == []
    policy = answer.headers["content-security-policy"]
    assert "script-src 'none'" in policy or "default-src 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    return reader


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update(cast.alice.headers)
    return client


@pytest.fixture
def record(alice: TestClient) -> str:
    """A published record in which everything that may hold text holds an attack."""
    body = {"metadata": HOSTILE, "custom_fields": CUSTOM, "access": {"record": "public", "files": "public"}}
    draft = alice.post("/api/records", json=body, headers=RDM).json()
    assert "errors" not in draft, draft["errors"]
    number = str(draft["id"])
    bucket = alice.get(f"/api/deposit/depositions/{number}").json()["links"]["bucket"]
    for key in KEYS:
        assert alice.put(f"{bucket}/{quote(key, safe='')}", content=PAGE).status_code == 201
    answer = alice.post(f"/api/records/{number}/draft/actions/publish", headers=RDM)
    assert answer.status_code == 202, answer.text
    return number


@pytest.mark.parametrize("field", LINKS)
def test_an_address_that_runs_is_told_and_not_published(alice: TestClient, field: str) -> None:
    metadata = {**METADATA, **LINKS[field].get("metadata", {})}
    draft = alice.post("/api/records", json={**LINKS[field], "metadata": metadata, "files": {"enabled": False}})
    assert field in {error["field"] for error in draft.json()["errors"]}
    published = alice.post(f"/api/records/{draft.json()['id']}/draft/actions/publish", headers=RDM)
    if published.status_code == 202:  # what was wrong was dropped when the draft was saved
        assert RUNS not in published.text
    else:
        assert field in {error["field"] for error in published.json()["errors"]}


def test_the_page_of_a_hostile_record_runs_nothing(alice: TestClient, record: str) -> None:
    page = alice.get(f"/records/{record}")
    assert page.status_code == 200
    [data] = read(page).data
    assert json.loads(data)["name"] == METADATA["title"] or "alert(1)" in json.loads(data)["name"]
    assert "\n" not in page.headers["link"]
    assert "kept</b>" in page.text


def test_lists_forms_and_previews_of_it_run_nothing(alice: TestClient, record: str) -> None:
    for path in ("/", "/search?q=alert", f"/search?q={quote(ATTACK)}&sort={quote('newest')}", "/me/uploads"):
        page = alice.get(path)
        assert page.status_code == 200, path
        read(page)
    for key in KEYS:
        preview = alice.get(f"/records/{record}/preview/{quote(key, safe='')}")
        assert preview.status_code == 200
        read(preview)
    assert alice.post(f"/api/records/{record}/draft").status_code == 201
    form = alice.get(f"/uploads/{record}")
    assert form.status_code in {200, 302}
    if form.status_code == 200:
        read(form)


def test_what_is_typed_into_addresses_and_forms_comes_back_as_text(alice: TestClient) -> None:
    html = {"Accept": "text/html"}
    for path in (
        *(f"/{quote(ATTACK, safe='')}", f"/records/{quote(ATTACK, safe='')}", f"/doi/10.1/{quote(ATTACK, safe='')}"),
        *(
            f"/records/1/export/{quote(ATTACK, safe='')}",
            f"/login?next={quote(ATTACK)}",
            f"/login?done={quote(ATTACK)}",
        ),
        *(f"/search?q={quote(ATTACK)}&page={quote(ATTACK)}", f"/search?resource_type={quote(ATTACK)}"),
        *(f"/static/x/{quote(ATTACK, safe='')}", f"/search?status={quote(ATTACK)}"),
    ):
        answer = alice.get(path, headers=html)
        assert answer.status_code < 500, path
        read(answer)


def test_an_uploaded_page_is_never_a_page_of_this_site(alice: TestClient, record: str) -> None:
    for key in KEYS:
        for address in (f"/records/{record}/files", f"/api/records/{record}/files"):
            end = "" if address.startswith("/records") else "/content"
            answer = alice.get(f"{address}/{quote(key, safe='')}{end}")
            assert answer.status_code == 200
            assert answer.headers["content-type"].split(";")[0] in {"text/plain", "text/csv"}
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in answer.headers["content-security-policy"]
            name = answer.headers["content-disposition"]
            assert name.isascii()
            assert name.isprintable()
            assert name.count('"') == 2


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)"),
        *("/\t/evil.example", "/%0d%0aSet-Cookie: a=b", " //evil.example", "///evil.example", "http:evil.example"),
        *("/\n/evil.example", "@evil.example", "/\u2044evil.example", "data:text/html,x"),
    ],
)
def test_logging_in_never_leads_to_another_site(client: TestClient, cast: Any, target: str) -> None:
    page = client.get("/login", params={"next": target})
    form = {"email": cast.alice.email, "password": cast.alice.password, "next": target}
    form["csrf_token"] = client.cookies["csrftoken"]
    answer = client.post("/login", data=form)
    assert answer.status_code == 303
    for address in (answer.headers["location"], client.get("/login", params={"next": target}).headers["location"]):
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc) == ("", "")
        assert address.startswith("/")
        assert not address.startswith(("//", "/\\", "/\t"))
    assert "set-cookie" not in page.text


def test_logging_in_opens_a_new_session_whatever_cookie_came_before(client: TestClient, cast: Any) -> None:
    client.cookies.set("session", "chosen-by-an-attacker")
    page = client.get("/login")
    form = {"email": cast.alice.email, "password": cast.alice.password}
    form["csrf_token"] = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = client.post("/login", data=form)
    assert answer.status_code == 303
    cookies = answer.headers.get_list("set-cookie")
    [session] = [cookie for cookie in cookies if cookie.startswith("session=")]
    assert "chosen-by-an-attacker" not in session
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    fixed = TestClient(client.app, cookies={"session": "chosen-by-an-attacker"}, follow_redirects=False)
    assert fixed.get("/api/user/records").status_code == 403
