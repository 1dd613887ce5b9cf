"""Single fields of the metadata: what is told, what is kept."""

from typing import Any

import pytest
from tests.records.metadata_bodies import check_here, minimal, told, with_metadata

from baton.records.metadata import limits

PERSON = "metadata.creators.0.person_or_org"


def creator(**person: Any) -> dict[str, Any]:
    return with_metadata(creators=[{"person_or_org": person}])


def kept_creator(**person: Any) -> Any:
    return check_here(creator(**person)).body["metadata"]["creators"][0]["person_or_org"]


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("", "Shorter than minimum length 3."),
        ("ab", "Shorter than minimum length 3."),
        (" ab\x00 ", "Shorter than minimum length 3."),
        (5, "Not a valid string."),
        (["a title"], "Not a valid string."),
        ("x" * (limits.TITLE + 1), f"Longer than maximum length {limits.TITLE}."),
        ("x" * 10_000_000, f"Longer than maximum length {limits.TITLE}."),
    ],
)
def test_a_wrong_title_is_told_once_and_dropped(title: object, message: str) -> None:
    assert told(with_metadata(title=title)) == {"metadata.title": message}
    assert "title" not in check_here(with_metadata(title=title)).body["metadata"]


def test_texts_lose_blanks_around_them_and_invisible_characters() -> None:
    body = check_here(with_metadata(title="  A\x00 ti\u200btle\ud800\n with a line  ")).body
    assert body["metadata"]["title"] == "A title\n with a line"


def test_an_empty_publication_date_is_missing() -> None:
    assert told(with_metadata(publication_date="")) == {"metadata.publication_date": "Missing data for required field."}


def test_people_need_a_family_name_and_are_kept_without() -> None:
    assert told(creator(type="personal", given_name="Marie")) == {
        f"{PERSON}.family_name": "Family name cannot be blank."
    }
    assert kept_creator(type="personal", given_name="Marie") == {"type": "personal", "given_name": "Marie"}


def test_names_of_people_are_derived() -> None:
    assert kept_creator(type="personal", family_name="Curie", name="Somebody")["name"] == "Curie"
    assert kept_creator(type="personal", family_name=" Curie ", given_name="Marie")["name"] == "Curie, Marie"


def test_organisations_need_a_name_and_have_no_parts_of_it() -> None:
    assert told(creator(type="organizational", family_name="CERN")) == {f"{PERSON}.name": "Name cannot be blank."}
    assert kept_creator(type="organizational", name="CERN", family_name="x", given_name="y") == {
        "type": "organizational",
        "name": "CERN",
    }


@pytest.mark.parametrize("person", [{"name": "Curie"}, {"name": "Curie", "type": "robot"}])
def test_the_kind_of_a_creator_is_one_of_two(person: dict[str, str]) -> None:
    message = "Invalid value. Choose one of ['organizational', 'personal']."
    assert told(creator(**person)) == {f"{PERSON}.type": message}


def test_a_creator_needs_a_person_and_a_list_needs_objects() -> None:
    raw = with_metadata(creators=[{"role": {"id": "editor"}}, "Marie", {}])
    assert told(raw) == {
        f"{PERSON}": "Missing data for required field.",
        "metadata.creators.1": "Invalid input type.",
        "metadata.creators.2.person_or_org": "Missing data for required field.",
    }
    assert check_here(raw).body["metadata"]["creators"] == [{"role": {"id": "editor"}}]


def test_creators_in_the_wrong_type_are_told_and_not_also_missing() -> None:
    assert told(with_metadata(creators="Marie")) == {"metadata.creators": "Not a valid list."}


def test_ten_thousand_creators_are_welcome() -> None:
    creators = minimal()["metadata"]["creators"] * 10_000
    checked = check_here(with_metadata(creators=creators))
    assert checked.errors == ()
    assert len(checked.body["metadata"]["creators"]) == len(creators)


def test_longer_lists_are_told_and_their_beginning_is_kept() -> None:
    raw = with_metadata(sizes=["1"] * (limits.ITEMS + 1))
    assert told(raw) == {"metadata.sizes": f"Longer than maximum length {limits.ITEMS}."}
    assert len(check_here(raw).body["metadata"]["sizes"]) == limits.ITEMS


def test_errors_are_bounded() -> None:
    assert len(check_here(with_metadata(creators=[{}] * 20_000)).errors) == limits.ERRORS


def test_identifiers_get_their_scheme_and_normal_form() -> None:
    identifiers = [{"identifier": "https://orcid.org/0000-0002-1825-0097"}, {"identifier": "ror.org/01ggx4157"}]
    kept = kept_creator(type="personal", family_name="Curie", identifiers=identifiers)["identifiers"]
    assert kept == [
        {"identifier": "0000-0002-1825-0097", "scheme": "orcid"},
        {"identifier": "01ggx4157", "scheme": "ror"},
    ]


@pytest.mark.parametrize(
    ("identifier", "field", "message"),
    [
        ({"identifier": "0000-0002-1825-0098", "scheme": "orcid"}, "identifier", "Invalid ORCID identifier."),
        ({"identifier": "03yrm5c27", "scheme": "ror"}, "identifier", "Invalid ROR identifier."),
        ({"identifier": "10.1234/a", "scheme": "doi"}, "scheme", "Invalid scheme."),
        ({"identifier": "who knows"}, "scheme", "No valid scheme recognized for identifier."),
        ({"scheme": "orcid"}, "identifier", "Missing data for required field."),
    ],
)
def test_a_wrong_identifier_is_told_and_kept_until_it_is_mended(
    identifier: dict[str, str], field: str, message: str
) -> None:
    person = {"type": "personal", "family_name": "Curie", "identifiers": [identifier]}
    assert told(creator(**person)) == {f"{PERSON}.identifiers.0.{field}": message}
    assert kept_creator(**person)["identifiers"] == [identifier]


def test_a_person_has_one_identifier_per_scheme() -> None:
    identifiers = [{"identifier": "0000-0002-1825-0097"}, {"identifier": "0000-0001-5109-3700", "scheme": "orcid"}]
    person = {"type": "personal", "family_name": "Curie", "identifiers": identifiers}
    assert told(creator(**person)) == {f"{PERSON}.identifiers": "Only one identifier per scheme is allowed."}


def test_alternate_identifiers_differ() -> None:
    doi = {"identifier": "10.1234/a", "scheme": "doi"}
    same = {"identifier": "https://doi.org/10.1234/a"}
    other = {"identifier": "10.1234/b"}
    assert told(with_metadata(identifiers=[doi, other])) == {}
    assert told(with_metadata(identifiers=[doi, same])) == {
        "metadata.identifiers": "Duplicated identifier entry is not allowed."
    }


def test_a_related_identifier_needs_its_relation() -> None:
    assert told(with_metadata(related_identifiers=[{"identifier": "10.1234/a"}])) == {
        "metadata.related_identifiers.0.relation_type": "Missing data for required field."
    }


def test_a_reference_needs_its_text_but_no_identifier() -> None:
    raw = with_metadata(
        references=[{"identifier": "10.1234/a"}, {"reference": "B"}, {"reference": "C", "scheme": "doi"}]
    )
    assert told(raw) == {
        "metadata.references.0.reference": "Missing data for required field.",
        "metadata.references.2.identifier": "Missing data for required field.",
    }


def test_only_web_addresses_are_links() -> None:
    rights = [{"title": {"en": "Mine"}, "link": "javascript:alert(1)"}]
    related = [{"identifier": "javascript:alert(1)", "scheme": "url", "relation_type": {"id": "cites"}}]
    assert told(with_metadata(rights=rights, related_identifiers=related)) == {
        "metadata.rights.0.link": "Not a valid URL.",
        "metadata.related_identifiers.0.identifier": "Invalid URL identifier.",
    }


def test_blank_sizes_and_formats_are_told() -> None:
    assert told(with_metadata(sizes=[""], formats=[" "])) == {
        "metadata.sizes.0": "Size cannot be a blank string.",
        "metadata.formats.0": "Format cannot be a blank string.",
    }


def test_a_version_label_is_short() -> None:
    assert told(with_metadata(version="v" * 192)) == {"metadata.version": "Longer than maximum length 191."}


@pytest.mark.parametrize(
    ("geometry", "valid"),
    [
        ({"type": "Point", "coordinates": [1, 2.5]}, True),
        ({"type": "Point", "coordinates": [1, 2, 300]}, True),
        ({"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}, True),
        ({"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, True),
        ({"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]]]}, True),
        ({"type": "Point", "coordinates": [[1, 2]]}, False),
        ({"type": "MultiPoint", "coordinates": [1, 2]}, False),
        ({"type": "Point", "coordinates": [1]}, False),
        ({"type": "Point", "coordinates": [True, 1]}, False),
        ({"type": "Point", "coordinates": [181, 1]}, False),
        ({"type": "Point", "coordinates": [1, 91]}, False),
        ({"type": "Point", "coordinates": [float("nan"), 1]}, False),
        ({"type": "Point", "coordinates": [1, 2, 10**400]}, False),
        ({"type": "Point"}, False),
        ({"type": "LineString", "coordinates": [[1, 2]]}, False),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}, False),
        ({"type": "Polygon", "coordinates": []}, False),
        ({"type": "MultiPoint", "coordinates": [[0, 0]] * (limits.POSITIONS + 1)}, False),
        ({"type": "Blob", "coordinates": [1, 2]}, False),
        ({"type": ["Point"], "coordinates": [1, 2]}, False),
        ("Point", False),
    ],
)
def test_geometries_are_checked_by_shape(geometry: object, valid: bool) -> None:
    raw = with_metadata(locations={"features": [{"geometry": geometry, "place": "Paris"}]})
    [feature] = check_here(raw).body["metadata"]["locations"]["features"]
    assert (told(raw) == {}) is valid
    assert ("geometry" in feature) is valid


def test_a_place_says_something() -> None:
    assert told(with_metadata(locations={"features": [{}]})) == {
        "metadata.locations.features.0": (
            "At least one of ['geometry', 'place', 'identifiers', 'description'] must be present."
        )
    }
