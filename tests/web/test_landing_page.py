"""`/records/{id}`: what readers, reference managers, crawlers and owners find there."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event
from starlette.testclient import TestClient
from tests.web.browser import HTML, Browser
from tests.web.conftest import Owner

from baton.app import create_app
from baton.kernel import clock
from baton.kernel.settings import Settings

HOSTILE = "</script><script>alert(1)</script> \"quoted\" & 'so'"


def test_a_record_shows_what_was_said_about_it(owner: Owner, visitor: Browser) -> None:
    number = owner.record(
        {
            "version": "2.1",
            "rights": [{"id": "cc-by-4.0"}],
            "languages": [{"id": "eng"}],
            "subjects": [{"subject": "tides"}],
            "related_identifiers": [
                {"identifier": "10.1234/paper", "scheme": "doi", "relation_type": {"id": "issupplementto"}}
            ],
            "funding": [{"funder": {"id": "00k4n6c32"}, "award": {"number": "101012345", "title": {"en": "Seas"}}}],
            "references": [{"reference": "An older paper, 1999"}],
            "dates": [{"date": "2019/2020", "type": {"id": "collected"}}],
        },
        custom_fields={"journal:journal": {"title": "Sea Things", "issn": "0378-5955"}},
    )
    page = visitor.get(f"/records/{number}")
    assert page.status == 200
    for text in (
        "<h1>Water levels</h1>",
        "Marsh, Ada",
        "<p>Hourly <em>levels</em>.</p>",
        "March 1, 2024",
        "Version 2.1",
        "Creative Commons Attribution 4.0 International",
        "English",
        "tides",
        "Is supplement to",
        "https://doi.org/10.1234/paper",
        "European Commission",
        "Seas (101012345)",
        "An older paper, 1999",
        "Collected",
        "2019 \N{EN DASH} 2020",
        "Sea Things",
        "0378-5955",
        "levels.csv",
        "1 file, 16 bytes",
    ):
        assert text in page.text, text


def test_the_head_speaks_to_search_engines_and_reference_managers(owner: Owner, visitor: Browser) -> None:
    number = owner.record()
    text = visitor.get(f"/records/{number}").text
    assert "<title>Water levels · Baton</title>" in text
    assert f'<link rel="canonical" href="http://testserver/records/{number}">' in text
    assert '<meta name="description" content="Hourly levels.">' in text
    assert '<meta name="citation_title" content="Water levels">' in text
    assert '<meta name="citation_author" content="Marsh, Ada">' in text
    assert f'<meta name="citation_doi" content="10.5072/baton.{number}">' in text
    assert '<meta name="DC.title" content="Water levels">' in text


def json_ld(text: str) -> dict[str, Any]:
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) == 1
    return dict(json.loads(scripts[0]))


def test_schema_org_is_in_the_head(owner: Owner, visitor: Browser) -> None:
    found = json_ld(visitor.get(f"/records/{owner.record()}").text)
    assert found["@context"] == "https://schema.org"
    assert found["name"] == "Water levels"


def test_nothing_that_somebody_types_becomes_markup(owner: Owner, visitor: Browser) -> None:
    number = owner.record(
        {
            "title": HOSTILE,
            "creators": [
                {"person_or_org": {"type": "organizational", "name": HOSTILE}, "affiliations": [{"name": HOSTILE}]}
            ],
            "subjects": [{"subject": HOSTILE}],
            "publisher": HOSTILE,
            "version": HOSTILE,
            "references": [{"reference": HOSTILE}],
        },
        uploads={'<b>bold</b> & "quoted".csv': b"1"},
    )
    text = visitor.get(f"/records/{number}").text
    assert json_ld(text)["name"] == HOSTILE
    assert "alert(1)</script>" not in text
    assert "<b>bold</b>" not in text


def test_a_policy_forbids_scripts_altogether(owner: Owner, visitor: Browser) -> None:
    headers = visitor.get(f"/records/{owner.record()}").headers
    assert "script-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_links_lead_programs_to_the_metadata_and_to_the_doi(owner: Owner, visitor: Browser) -> None:
    number = owner.record()
    link = visitor.get(f"/records/{number}").headers["link"]
    assert f'<http://testserver/api/records/{number}>; rel="linkset"; type="application/linkset+json"' in link
    assert f'<https://doi.org/10.5072/baton.{number}>; rel="cite-as"' in link
    assert '<https://schema.org/AboutPage>; rel="type"' in link
    assert link.count('rel="item"') == 1


def test_files_and_documents_lead_programs_back_to_the_page(owner: Owner, client: TestClient) -> None:
    number = owner.record()
    linkset = client.get(f"/api/records/{number}", headers={"Accept": "application/linkset+json"})
    assert linkset.headers["content-type"] == "application/linkset+json"
    page, *others = linkset.json()["linkset"]
    assert page["anchor"] == f"http://testserver/records/{number}"
    for one in others:
        relation = next(name for name in one if name != "anchor")
        answer = client.get(one["anchor"])
        assert answer.status_code == 200
        assert answer.headers["link"] == f'<{page["anchor"]}>; rel="{relation}"; type="text/html"'


def test_head_answers_without_a_body(owner: Owner, client: TestClient) -> None:
    number = owner.record()
    answer = client.head(f"/records/{number}", headers=HTML)
    assert answer.status_code == 200
    assert answer.content == b""
    assert 'rel="linkset"' in answer.headers["link"]


def test_a_page_that_has_not_changed_is_not_sent_again(owner: Owner, client: TestClient) -> None:
    path = f"/records/{owner.record()}"
    first = client.get(path, headers=HTML)
    again = client.get(path, headers={**HTML, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "content-type" not in again.headers
    other = client.get(f"{path}?done=published", headers={**HTML, "If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_the_number_of_a_work_leads_to_its_newest_version(owner: Owner, client: TestClient) -> None:
    first = owner.record()
    second = owner.next_version(first)
    answer = client.get(f"/records/{first - 1}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/records/{second}")
    latest = client.get(f"/records/{first}/latest")
    assert (latest.status_code, latest.headers["location"]) == (302, f"/records/{second}")


def test_an_older_version_says_so_and_leads_to_the_newest(owner: Owner, visitor: Browser) -> None:
    first = owner.record()
    second = owner.next_version(first)
    old, new = visitor.get(f"/records/{first}").text, visitor.get(f"/records/{second}").text
    assert "This is not the newest version of this work." in old
    assert f'href="/records/{second}"' in old
    assert "not the newest" not in new
    assert f'<a href="/records/{first}">Version 1</a>' in new


@pytest.mark.parametrize("name", ["999999", "0", "abc", "99999999999999999999999", "1%2F2", "-1", "٣"])
def test_what_names_no_record_is_not_found(visitor: Browser, name: str) -> None:
    page = visitor.get(f"/records/{name}")
    assert page.status == 404
    assert "There is nothing here" in page.text


def test_a_draft_has_no_page_yet(owner: Owner, visitor: Browser, alice: Browser) -> None:
    number = owner.draft()
    assert visitor.get(f"/records/{number}").status == 404
    assert alice.get(f"/records/{number}").status == 404


def test_a_restricted_record_is_shown_to_its_owner_only(
    owner: Owner, visitor: Browser, alice: Browser, bob: Browser
) -> None:
    number = owner.record(access={"record": "restricted", "files": "restricted"})
    refused = visitor.get(f"/records/{number}")
    assert refused.status == 403
    assert "Water levels" not in refused.text
    assert f"/login?next=%2Frecords%2F{number}" in refused.text
    assert bob.get(f"/records/{number}").status == 403
    shown = alice.get(f"/records/{number}")
    assert shown.status == 200
    assert "nobody sees it but you" in shown.text


def test_restricted_files_are_not_even_named(owner: Owner, visitor: Browser, alice: Browser) -> None:
    number = owner.record(access={"record": "public", "files": "restricted"})
    page = visitor.get(f"/records/{number}")
    assert page.status == 200
    assert "The files of this record are not public." in page.text
    assert "levels.csv" not in page.text
    assert "levels.csv" in alice.get(f"/records/{number}").text


def test_an_embargo_names_its_day_and_its_reason(owner: Owner, visitor: Browser) -> None:
    clock.freeze(datetime(2026, 1, 1, tzinfo=UTC))
    embargo = {"active": True, "until": "2027-05-31", "reason": "Under review"}
    number = owner.record(access={"record": "public", "files": "restricted", "embargo": embargo})
    text = visitor.get(f"/records/{number}").text
    assert "under embargo" in text
    assert "May 31, 2027" in text
    assert "Under review" in text


def test_a_record_without_files_shows_no_list_of_them(owner: Owner, visitor: Browser) -> None:
    number = owner.record(uploads={}, files={"enabled": False})
    text = visitor.get(f"/records/{number}").text
    assert "Metadata-only" in text
    assert "<h2>Files</h2>" not in text


def test_folders_nest_and_count_what_is_in_them(owner: Owner, visitor: Browser) -> None:
    number = owner.record(uploads={"readme.txt": b"1", "data/a.csv": b"22", "data/raw/b ü.csv": b"333"})
    text = visitor.get(f"/records/{number}").text
    assert "3 files, 6 bytes" in text
    assert "data/ <span" in text
    assert "2 files, 5 bytes" in text
    assert f"/records/{number}/files/data/raw/b%20%C3%BC.csv?download=1" in text


def test_only_the_owner_is_offered_changes(owner: Owner, visitor: Browser, alice: Browser, bob: Browser) -> None:
    number = owner.record()
    assert "New version" in alice.get(f"/records/{number}").text
    for other in (visitor, bob):
        assert "New version" not in other.get(f"/records/{number}").text


def test_long_lists_of_creators_are_folded(owner: Owner, visitor: Browser) -> None:
    people = [{"person_or_org": {"type": "organizational", "name": f"Group {n}"}} for n in range(20)]
    text = visitor.get(f"/records/{owner.record({'creators': people})}").text
    assert "<summary>5 more</summary>" in text
    assert "Group 19" in text


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SELECT statements that are sent to any database meanwhile."""
    asked: list[str] = []

    def note(*call: Any) -> None:
        if call[2].startswith("SELECT"):
            asked.append(call[2])

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


def test_a_page_costs_few_statements_however_many_versions_there_are(settings: Settings, cast: Any) -> None:
    with TestClient(create_app(settings.model_copy(update={"worker": False})), follow_redirects=False) as client:
        owner, alice = Owner(client, cast.alice.headers), Browser(client)
        alice.log_in(cast.alice.email, cast.alice.password)
        number = owner.next_version(owner.next_version(owner.record()))
        with counted() as asked:
            assert alice.get(f"/records/{number}").status == 200
    assert len(asked) <= 5, asked
