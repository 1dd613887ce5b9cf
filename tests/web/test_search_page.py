"""`/`, `/search` and `/me/uploads`."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.web.browser import HTML, Browser
from tests.web.conftest import Owner

from baton.search.backend import Bucket, Facet, SearchRequest
from baton.web.view.search import SearchPage, search_page


def titles(text: str) -> list[str]:
    return re.findall(r'<h2><a href="/[^"]*"[^>]*>([^<]*)</a></h2>', text)


def test_an_empty_repository_says_so_kindly(visitor: Browser, alice: Browser) -> None:
    for path in ("/", "/search"):
        page = visitor.get(path)
        assert page.status == 200
        assert "Nothing has been published here yet." in page.text
    assert "You have not uploaded anything yet." in alice.get("/me/uploads").text


def test_what_was_published_is_found_at_once_and_stands_on_the_start_page(owner: Owner, visitor: Browser) -> None:
    owner.record()
    owner.draft({"title": "Not public"})
    assert titles(visitor.get("/search?q=levels").text) == ["Water levels"]
    assert titles(visitor.get("/").text) == ["Water levels"]


def test_a_search_without_results_says_what_to_try(owner: Owner, visitor: Browser) -> None:
    owner.record()
    text = visitor.get("/search?q=<nothing>").text
    assert "Nothing matches <strong>&lt;nothing&gt;</strong>." in text
    assert "Try fewer or other words" in text


@pytest.mark.parametrize("q", ['"', "AND OR", "title:", "((", "a:b:c", "*", "\x00", "~~~"])
def test_a_malformed_query_is_searched_as_words(visitor: Browser, q: str) -> None:
    assert visitor.client.get("/search", params={"q": q}, headers=HTML).status_code == 200


def test_facets_narrow_down_and_can_be_taken_back(owner: Owner, visitor: Browser) -> None:
    owner.record()
    owner.record({"title": "A figure", "resource_type": {"id": "image-figure"}}, {"f.png": b"x"})
    page = visitor.get("/search")
    assert "2 records" in page.text
    narrowed = visitor.get("/search?q=&resource_type=image::image-figure")
    assert titles(narrowed.text) == ["A figure"]
    assert "1 record<" in narrowed.text
    assert '<a href="/search?q=">Kind: Figure</a>' in narrowed.text
    assert 'value="image::image-figure" checked' in narrowed.text
    both = visitor.get("/search?resource_type=image&resource_type=dataset&file_type=png")
    assert titles(both.text) == ["A figure"]


def test_years_narrow_down(owner: Owner, visitor: Browser) -> None:
    owner.record()
    owner.record({"title": "Old", "publication_date": "1999"})
    assert titles(visitor.get("/search?from=&to=2000").text) == ["Old"]
    assert titles(visitor.get("/search?from=2024&to=").text) == ["Water levels"]
    wrong = visitor.get("/search?from=soon")
    assert wrong.status == 400
    assert "2019..2021" in wrong.text


def test_all_versions_are_shown_when_asked_for(owner: Owner, visitor: Browser) -> None:
    owner.next_version(owner.record())
    assert len(titles(visitor.get("/search").text)) == 1
    assert len(titles(visitor.get("/search?all_versions=1").text)) == 2


def test_pages_of_results_lead_to_one_another(owner: Owner, visitor: Browser) -> None:
    for number in range(3):
        owner.record({"title": f"Record {number}"})
    first = visitor.get("/search?size=2&sort=oldest&q=record")
    assert titles(first.text) == ["Record 0", "Record 1"]
    following = re.search(r'href="([^"]*)">Next', first.text)
    assert following is not None
    second = visitor.get(following[1].replace("&amp;", "&"))
    assert titles(second.text) == ["Record 2"]
    assert '<span aria-current="page">2</span>' in second.text


@pytest.mark.parametrize("arguments", ["page=0", "page=x", "size=999999", "sort=nonsense", "page=99999999999999999999"])
def test_impossible_arguments_are_refused_in_words(visitor: Browser, arguments: str) -> None:
    page = visitor.get(f"/search?{arguments}")
    assert page.status == 400
    assert "That did not work" in page.text


def test_my_uploads_hold_drafts_and_records_of_mine_only(owner: Owner, alice: Browser, bob: Browser) -> None:
    owner.record()
    draft = owner.draft({"title": "In the making"})
    text = alice.get("/me/uploads").text
    assert set(titles(text)) == {"In the making", "Water levels"}
    assert f'href="/uploads/{draft}"' in text
    assert "Draft</li>" in text
    assert titles(alice.get("/me/uploads?is_published=true").text) == ["Water levels"]
    assert titles(bob.get("/me/uploads").text) == []


def test_unpublished_changes_are_marked_in_my_uploads(owner: Owner, alice: Browser) -> None:
    number = owner.record()
    owner.call("POST", f"/api/records/{number}/draft")
    text = alice.get("/me/uploads").text
    assert "Unpublished changes" in text
    assert titles(text) == ["Water levels"]


def test_a_draft_without_a_title_can_still_be_found_in_the_list(owner: Owner, alice: Browser) -> None:
    owner.call("POST", "/api/records", json={})
    assert titles(alice.get("/me/uploads").text) == ["Untitled"]


def test_my_uploads_need_a_login(client: TestClient) -> None:
    assert client.get("/me/uploads", headers=HTML).headers["location"] == "/login?next=%2Fme%2Fuploads"


@pytest.fixture
def broken_index(owner: Owner, tmp_path: Path) -> Iterator[int]:
    """A record, and an index that nobody can read any more."""
    number = owner.record()
    index = tmp_path / "data" / "index"
    index.rename(tmp_path / "index-that-was")
    index.write_text("no folder")
    yield number
    index.unlink()


def test_without_the_index_search_says_so_and_the_rest_goes_on(broken_index: int, visitor: Browser) -> None:
    refused = visitor.get("/search?q=levels")
    assert refused.status == 503
    assert "Not available at the moment" in refused.text
    home = visitor.get("/")
    assert home.status == 200
    assert "Search is not available" in home.text
    assert visitor.get(f"/records/{broken_index}").status == 200


def shown(total: int, page: int = 1, size: int = 10) -> SearchPage:
    request = SearchRequest(page=page, size=size)
    facet = Facet("resource_type", (Bucket("image", 3, (Bucket("image-figure", 2),)), Bucket("dataset", 1)))
    return search_page("/search", [("q", "a b"), ("page", str(page))], request, [], total, [facet])


def test_few_results_need_no_pages() -> None:
    assert shown(10).pages == ()


def test_many_pages_are_abbreviated() -> None:
    assert [one.text for one in shown(200, page=10).pages] == [
        "← Previous",
        "1",
        "…",
        "8",
        "9",
        "10",
        "11",
        "12",
        "…",
        "20",
        "Next →",
    ]
    assert shown(200, page=10).pages[1].href == "/search?q=a+b&page=1"


def test_pages_end_where_the_search_ends() -> None:
    assert shown(10**9, page=1).pages[-2].text == "1000"


def test_facets_have_two_levels() -> None:
    kinds = shown(1).filters[0]
    assert [(one.label, one.count) for one in kinds.choices] == [("Image", "3"), ("Dataset", "1")]
    assert [(one.value, one.label) for one in kinds.choices[0].inner] == [("image::image-figure", "Figure")]
