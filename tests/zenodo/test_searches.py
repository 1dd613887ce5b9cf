"""Searches as Zenodo's programs send them, and what they look up beside. Numbers are those of the wire contract."""

from typing import Any
from urllib.parse import quote

import pytest

RDM = "application/vnd.inveniordm.v1+json"


@pytest.fixture
def shelf(alice: Any) -> dict[str, Any]:
    """An article in two versions, a dataset, and a draft."""
    article = alice.publish_new(
        title="Sediment cores of the Baltic",
        upload_type="publication",
        publication_type="article",
        keywords=["mud flats", "diatoms"],
        publication_date="2019-05-06",
        creators=[{"name": "Doe, John", "orcid": "0000-0002-1825-0097", "affiliation": "Harbour Institute"}],
        license="cc-by-4.0",
        related_identifiers=[{"identifier": "https://github.com/ada/cores/tree/v1", "relation": "isSupplementTo"}],
    )
    second = alice.publish_next(article)
    dataset = alice.publish_new(
        title="Tide gauges", upload_type="dataset", keywords=["water"], access_right="restricted"
    )
    draft = alice.create(title="Unfinished tide tables")
    alice.settle()
    return {"first": article, "second": second, "dataset": dataset, "draft": draft}


@pytest.fixture
def find(shelf: dict[str, Any], nobody: Any) -> Any:
    """The names in the shelf of what a search by anybody finds."""
    names = {deposition["id"]: name for name, deposition in shelf.items()}

    def found(q: str = "", **params: Any) -> list[str]:
        answer = nobody("/api/records", params={"q": q.format(**shelf), **params})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        hits = [names[hit["id"]] for hit in page["hits"]["hits"]]
        assert page["hits"]["total"] >= len(hits)
        return hits

    return found


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ('doi:"{second[doi]}"', {"second"}),
        ("doi:{second[doi]}", {"second"}),
        ('conceptdoi:"{first[conceptdoi]}"', {"second"}),
        ("conceptrecid:{first[conceptrecid]}", {"second"}),
        ('conceptrecid:"{first[conceptrecid]}"', {"second"}),
        ("recid:{dataset[id]}", {"dataset"}),
        ('keywords:"mud flats"', {"second"}),
        ("keywords:diatoms", {"second"}),
        ('title:"sediment cores"', {"second"}),
        ("title:sediment", {"second"}),
        ('metadata.title:"tide gauges"', {"dataset"}),
        ("creators.name:doe", {"second", "dataset"}),
        ("creators.orcid:0000-0002-1825-0097", {"second"}),
        ("creators.affiliation:harbour", {"second"}),
        ("resource_type.type:dataset", {"dataset"}),
        ("resource_type.subtype:article", {"second"}),
        ("access_right:open", {"second"}),
        ("license.id:cc-by-4.0", {"second"}),
        ("publication_date:[2019-01-01 TO 2019-12-31]", set()),  # a new version is of today
        ("publication_date:[2020-01-01 TO *]", {"second", "dataset"}),
        ("owners:1", {"second", "dataset"}),
        ("sediment AND cores", {"second"}),
        ("sediment OR gauges", {"second", "dataset"}),
        ("tide -sediment", {"dataset"}),
        ('"cores of the baltic"', {"second"}),
        ("sedim*", {"second"}),
        ("nothing of the kind", set()),
        ('title:"unclosed', set()),
        ("", {"second", "dataset"}),
    ],
)
def test_16_queries_find_by_the_old_names_of_fields(find: Any, q: str, expected: set[str]) -> None:
    assert set(find(q)) == expected


def test_16_a_doi_is_found_with_the_slash_as_a_wildcard(find: Any, shelf: Any) -> None:
    """As one program writes it, because Zenodo could not take the slash."""
    assert find(f"doi:{shelf['second']['doi'].replace('/', '*')}") == ["second"]
    assert find(f"conceptdoi:{shelf['first']['conceptdoi'].replace('/', '*')}") == ["second"]


@pytest.mark.parametrize("name", ["all_versions", "allversions"])
@pytest.mark.parametrize(
    ("value", "is_on"), [("1", True), ("true", True), ("True", True), ("0", False), ("false", False)]
)
def test_16_all_versions_are_shown_on_demand(find: Any, name: str, value: str, is_on: bool) -> None:
    expected = {"first", "second"} if is_on else {"second"}
    assert set(find("sediment", **{name: value})) == expected


def test_16_dates_of_older_versions_are_found_among_all_versions(find: Any) -> None:
    assert find("publication_date:[2019-01-01 TO 2019-12-31]", all_versions="1") == ["first"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", ["dataset", "second", "first"]),
        ("oldest", ["first", "second", "dataset"]),
        ("mostrecent", ["dataset", "second", "first"]),
        ("-mostrecent", ["first", "second", "dataset"]),
    ],
)
def test_16_orders_by_time(find: Any, sort: str, expected: list[str]) -> None:
    assert find(sort=sort, all_versions="1") == expected


@pytest.mark.parametrize(("sort", "expected"), [("version", ["second", "first"]), ("-version", ["first", "second"])])
def test_16_orders_by_version(find: Any, sort: str, expected: list[str]) -> None:
    assert find("conceptrecid:{first[conceptrecid]}", sort=sort, all_versions="1") == expected


def test_16_the_best_match_comes_first(find: Any) -> None:
    assert find("tide OR sediment OR gauges", sort="bestmatch")[0] == "dataset"


def test_16_pages_have_a_size_and_lead_to_each_other(find: Any, nobody: Any) -> None:
    assert len(find(size=1)) == 1
    assert find(size=1, page=1) != find(size=1, page=2)
    page = nobody("/api/records?size=1&sort=newest").json()
    assert page["hits"]["total"] == 2
    following = nobody(page["links"]["next"]).json()
    assert following["page"] == 2
    assert "next" not in following["links"]
    assert nobody(following["links"]["prev"]).json()["hits"] == page["hits"]


@pytest.mark.parametrize(
    "query", ["sort=sideways", "size=0", "size=-1", "size=x", "page=0", "size=100000", "page=9999&size=100"]
)
def test_16_impossible_pages_and_orders_are_refused_with_a_reason(nobody: Any, query: str) -> None:
    refused = nobody(f"/api/records?{query}")
    assert refused.status_code == 400
    assert refused.json()["message"]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"type": "dataset"}, {"dataset"}),
        ({"type": "publication", "subtype": "article"}, {"second"}),
        ({"resource_type": "publication::publication-article"}, {"second"}),
        ({"access_status": "restricted"}, {"dataset"}),
        ({"communities": "no-such"}, set()),
    ],
)
def test_16_filters_by_type_access_and_community(find: Any, params: Any, expected: set[str]) -> None:
    assert set(find(**params)) == expected


def test_2_the_envelope_has_everything_that_is_read_from_it(find: Any, nobody: Any) -> None:
    assert find()
    for accept in ("application/json", RDM):
        page = nobody("/api/records?q=sediment", headers={"Accept": accept}).json()
        assert set(page) >= {"hits", "aggregations", "links"}
        (hit,) = page["hits"]["hits"]
        assert type(hit["id"]) is (int if accept == "application/json" else str)
        for facet in page["aggregations"].values():
            assert isinstance(facet["label"], str)
            assert all({"key", "doc_count"} <= set(bucket) for bucket in facet["buckets"])


@pytest.mark.parametrize("path", ["/api/records", "/api/records/", "/api//records", "/api/records//", "//api/records/"])
def test_14_searches_bear_slashes_too_many(find: Any, nobody: Any, path: str) -> None:
    assert find()
    assert nobody(f"http://testserver{path}?q=sediment").json()["hits"]["total"] == 1


def test_13_a_search_answers_head(find: Any, nobody: Any) -> None:
    assert find()
    assert nobody("/api/records?q=sediment", "HEAD").status_code == 200


def test_drafts_are_found_by_their_owner_only(find: Any, alice: Any, shelf: Any) -> None:
    assert find("unfinished") == []
    own = alice.http.get("/api/user/records?q=unfinished").json()["hits"]["hits"]
    assert [hit["id"] for hit in own] == [shelf["draft"]["id"]]
    assert alice.http.get("/api/records?q=unfinished").json()["hits"]["total"] == 0


def test_versions_of_a_record_are_listed_newest_first(shelf: Any, nobody: Any) -> None:
    for name in ("first", "second"):
        page = nobody(f"/api/records/{shelf[name]['id']}/versions").json()
        assert [hit["id"] for hit in page["hits"]["hits"]] == [shelf["second"]["id"], shelf["first"]["id"]]


# 15


@pytest.mark.parametrize("base", ["/api/licenses", "/api/vocabularies/licenses"])
@pytest.mark.parametrize("name", ["cc-by-4.0", "CC-BY-4.0", "mit", "apache-2.0"])
def test_15_licences_are_looked_up_by_id(nobody: Any, base: str, name: str) -> None:
    found = nobody(f"{base}/{name}")
    assert found.status_code == 200
    assert found.json()["id"] == name.lower()
    assert found.json()["title"]["en"]
    assert found.json()["props"]["url"].startswith("https://")


@pytest.mark.parametrize("base", ["/api/licenses", "/api/vocabularies/licenses"])
def test_15_an_unknown_licence_is_a_404_and_the_list_is_long(nobody: Any, base: str) -> None:
    unknown = nobody(f"{base}/no-such-licence")
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/json")
    listed = nobody(f"{base}?size=1000").json()["hits"]
    assert listed["total"] == len(listed["hits"]) > 300
    assert nobody(f"{base}/?q={quote('creative commons')}").json()["hits"]["total"] > 5
