from datetime import UTC, datetime
from typing import Any

import pytest

from baton.vocabularies.queries import find
from baton.vocabularies.shape import address, as_json
from baton.vocabularies.term import Term

SITE = "https://baton.example"
MOMENT = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)


def test_a_licence_is_shown_as_invenio_shows_it() -> None:
    term = find("licenses", "cc-by-4.0")
    assert term is not None
    shown = as_json(term, SITE)
    description = shown.pop("description")
    assert list(description) == ["en"]
    assert shown == {
        "id": "cc-by-4.0",
        "type": "licenses",
        "title": {"en": "Creative Commons Attribution 4.0 International"},
        "props": {"url": "https://creativecommons.org/licenses/by/4.0/", "scheme": "spdx", "osi_approved": ""},
        "tags": ["all", "recommended", "data"],
        "icon": "cc-by-icon",
        "revision_id": 1,
        "links": {"self": "https://baton.example/api/vocabularies/licenses/cc-by-4.0"},
    }


def test_a_resource_type_shows_its_mappings_and_icon() -> None:
    term = find("resourcetypes", "dataset")
    assert term is not None
    shown = as_json(term, SITE)
    assert shown["icon"] == "table"
    assert shown["props"]["datacite_general"] == "Dataset"
    assert shown["tags"] == ["depositable", "linkable"]


def test_an_imported_term_shows_its_upkeep() -> None:
    term = Term("funders", "00k4n6c32", {"en": "EC"}, {"name": "EC"}, revision=3, created_at=MOMENT, updated_at=MOMENT)
    assert as_json(term, SITE) == {
        "id": "00k4n6c32",
        "title": {"en": "EC"},
        "name": "EC",
        "revision_id": 3,
        "created": "2026-11-23T04:05:06.000000+00:00",
        "updated": "2026-11-23T04:05:06.000000+00:00",
        "links": {"self": "https://baton.example/api/funders/00k4n6c32"},
    }


PROPS: dict[str, dict[str, Any]] = {
    "affiliations": {"name": "CERN", "acronym": "CERN", "country": "CH", "identifiers": [], "domains": ["cern.ch"]},
    "funders": {"name": "EC", "country": "BE", "country_name": "Belgium", "identifiers": [], "types": ["funder"]},
    "awards": {"number": "1", "acronym": "A", "program": "P", "funder": {"id": "x"}, "identifiers": []},
    "subjects": {"scheme": "MeSH", "subject": "Calcimycin", "synonyms": ["A-23187"], "props": {"a": "b"}},
}


@pytest.mark.parametrize("vocabulary", PROPS)
def test_imported_vocabularies_have_shapes_of_their_own(vocabulary: str) -> None:
    shown = as_json(Term(vocabulary, "x", {"en": "Title"}, PROPS[vocabulary]), SITE)
    assert {name: value for name, value in shown.items() if name not in {"revision_id", "links"}} == {
        "id": "x",
        "title": {"en": "Title"},
        **PROPS[vocabulary],
    }


def test_people_have_names_and_no_title() -> None:
    props = {"name": "Carberry, Josiah", "given_name": "Josiah", "family_name": "Carberry", "identifiers": []}
    shown = as_json(Term("names", "0000-0002-1825-0097", {"en": "Carberry, Josiah"}, props), SITE)
    assert "title" not in shown
    assert shown["family_name"] == "Carberry"


def test_what_a_shape_does_not_know_is_not_shown() -> None:
    shown = as_json(Term("funders", "x", {"en": "T"}, {"name": "T", "secret": "s"}, tags=("a",)), SITE)
    assert "secret" not in shown
    assert shown["tags"] == ["a"]


@pytest.mark.parametrize(
    ("vocabulary", "term_id", "link"),
    [
        ("subjects", "http://id.example/a b", "https://baton.example/api/subjects/http%3A%2F%2Fid.example%2Fa%20b"),
        ("awards", "00k4n6c32::1", "https://baton.example/api/awards/00k4n6c32%3A%3A1"),
        (
            "code:programmingLanguages",
            "c++",
            "https://baton.example/api/vocabularies/code%3AprogrammingLanguages/c%2B%2B",
        ),
    ],
)
def test_links_are_addresses_whatever_the_id(vocabulary: str, term_id: str, link: str) -> None:
    assert as_json(Term(vocabulary, term_id, {"en": "T"}), SITE)["links"] == {"self": link}


def test_every_vocabulary_has_an_address() -> None:
    assert address("names", SITE) == "https://baton.example/api/names"
    assert address("languages", SITE) == "https://baton.example/api/vocabularies/languages"
