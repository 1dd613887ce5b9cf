"""DataCite JSON and XML, validated against DataCite's own schemas of every kernel."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from jsonschema_rs import Validator, validator_for
from lxml import etree
from tests.exports.generated import crowded, records
from tests.exports.samples import (
    BASE,
    EVERYBODY,
    NO_FILES,
    empty_draft,
    full_record,
    hostile_record,
    make_body,
    make_record,
    minimal_record,
    with_access,
)

from baton.exports.datacite import datacite_json
from baton.exports.datacite_words import KERNELS, NEWEST
from baton.exports.datacite_xml import datacite_xml
from baton.exports.errors import NoSuchKernel
from baton.exports.formats import by_name, negotiate
from baton.records.record import Record
from baton.vocabularies.builtin import vocabulary

SCHEMAS = Path("tests/schemas/datacite")
NAMES = {None: "http://datacite.org/schema/kernel-4"}
XS = "{http://www.w3.org/2001/XMLSchema}"
FULL = datacite_json(full_record(), EVERYBODY)
TYPES = [term.id for term in vocabulary("resourcetypes").terms]  # type: ignore[union-attr]


@cache
def xml_schema(kernel: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / f"kernel-{kernel}/metadata.xsd"))


def words_of(kernel: str, kind: str) -> list[str]:
    tree = etree.parse(SCHEMAS / f"kernel-{kernel}/include/datacite-{kind}-v4.xsd")
    return [str(word.get("value")) for word in tree.iter(f"{XS}enumeration")]


@cache
def json_schema(kernel: str) -> Validator:
    """DataCite's JSON schema; where there is none for a kernel, the one before with that kernel's words and members."""
    shipped = "4.3" if kernel in {"4.3", "4.4"} else "4.5"
    schema = json.loads((files("datacite") / f"schemas/datacite-v{shipped}.json").read_text())
    kinds = {
        "resourceType": "resourceTypeGeneral",
        **{kind: kind for kind in ("relationType", "contributorType", "dateType", "relatedIdentifierType")},
    }
    for kind, definition in kinds.items():
        schema["definitions"][definition]["enum"] = words_of(kernel, kind)
    if kernel == "4.4":
        schema["properties"]["relatedItems"] = True
    return validator_for(schema)


def validate(record: Record, kernel: str) -> None:
    xml_schema(kernel).assertValid(etree.fromstring(datacite_xml(record, EVERYBODY, kernel).encode()))
    json_schema(kernel).validate(datacite_json(record, EVERYBODY, kernel))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("resource_type", TYPES)
def test_every_resource_type_is_valid_in_every_kernel(resource_type: str, kernel: str) -> None:
    full = full_record()
    metadata = {**full.metadata, "resource_type": {"id": resource_type}}
    validate(make_record({**full.body, "metadata": metadata}), kernel)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("vocabulary_name", ["relationtypes", "contributorsroles", "datetypes", "titletypes"])
def test_every_word_is_valid_in_every_kernel(vocabulary_name: str, kernel: str) -> None:
    terms = vocabulary(vocabulary_name)
    assert terms is not None
    members: dict[str, list[dict[str, Any]]] = {
        "relationtypes": [
            {"identifier": "10.1234/x", "scheme": "doi", "relation_type": {"id": term.id}} for term in terms.terms
        ],
        "contributorsroles": [
            {"person_or_org": {"type": "organizational", "name": "A"}, "role": {"id": term.id}} for term in terms.terms
        ],
        "datetypes": [{"date": "2020", "type": {"id": term.id}} for term in terms.terms],
        "titletypes": [{"title": "Other", "type": {"id": term.id}} for term in terms.terms],
    }
    field = {
        "relationtypes": "related_identifiers",
        "contributorsroles": "contributors",
        "datetypes": "dates",
        "titletypes": "additional_titles",
    }[vocabulary_name]
    metadata = {**minimal_record().metadata, field: members[vocabulary_name]}
    validate(make_record(make_body(metadata)), kernel)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("record", [full_record(), minimal_record()], ids=["full", "minimal"])
def test_rich_and_poor_records_are_valid_in_every_kernel(record: Record, kernel: str) -> None:
    validate(record, kernel)


def test_ten_thousand_creators_are_all_named() -> None:
    record = crowded()
    tree = etree.fromstring(datacite_xml(record, EVERYBODY).encode())
    xml_schema(NEWEST).assertValid(tree)
    assert len(tree.findall("creators/creator", NAMES)) == len(datacite_json(record, EVERYBODY)["creators"]) == 10_000


@settings(max_examples=40, deadline=None)
@given(records())
def test_whatever_can_be_published_is_valid(record: Record) -> None:
    assume(record.title)
    validate(record, NEWEST)
    validate(record, KERNELS[0])


@pytest.mark.parametrize("record", [hostile_record(), empty_draft()], ids=["hostile", "empty"])
def test_what_is_not_valid_itself_is_well_formed_at_least(record: Record) -> None:
    assert etree.fromstring(datacite_xml(record, EVERYBODY).encode()).tag.endswith("resource")
    assert datacite_json(record, EVERYBODY)["schemaVersion"] == "http://datacite.org/schema/kernel-4"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("doi", "10.5072/baton.124"),
        ("types", {"resourceTypeGeneral": "JournalArticle"}),
        ("publisher", {"name": "Example Press"}),
        ("publicationYear", "2024"),
        ("language", "en"),
        ("version", "1.0"),
        ("sizes", ["11 pages"]),
        ("formats", ["application/pdf"]),
        (
            "titles",
            [{"title": "A study of everything"}, {"title": "Zweiter", "titleType": "Subtitle", "lang": "de"}],
        ),
        (
            "descriptions",
            [
                {"description": "First & last. Second one.", "descriptionType": "Abstract"},
                {"description": "Some notes", "descriptionType": "Other"},
                {"description": "Our method", "descriptionType": "Methods", "lang": "en"},
            ],
        ),
        (
            "dates",
            [
                {"date": "2024-05-31", "dateType": "Issued"},
                {"date": "2018-03-21/2018-03-25", "dateType": "Collected", "dateInformation": "Specimens"},
                {"date": "2020", "dateType": "Valid"},
                {"date": "2024-05-31", "dateType": "Updated"},
            ],
        ),
        (
            "fundingReferences",
            [
                {
                    "funderName": "European Commission",
                    "funderIdentifier": "https://ror.org/00k4n6c32",
                    "funderIdentifierType": "ROR",
                    "awardNumber": "755021",
                    "awardTitle": "PERSIST",
                },
                {"funderName": "Caltech Library"},
            ],
        ),
        (
            "alternateIdentifiers",
            [
                {"alternateIdentifier": f"{BASE}/records/124", "alternateIdentifierType": "URL"},
                {"alternateIdentifier": "2011ApJS..192...18K", "alternateIdentifierType": "bibcode"},
            ],
        ),
    ],
)
def test_a_record_has(field: str, value: object) -> None:
    assert FULL[field] == value


def test_people_have_addresses_for_identifiers() -> None:
    assert FULL["creators"][0] == {
        "name": "Nielsen, Lars Holm",
        "nameType": "Personal",
        "givenName": "Lars Holm",
        "familyName": "Nielsen",
        "nameIdentifiers": [
            {
                "nameIdentifier": "https://orcid.org/0000-0001-8135-3489",
                "nameIdentifierScheme": "ORCID",
                "schemeUri": "https://orcid.org",
            },
            {
                "nameIdentifier": "https://d-nb.info/gnd/170118215",
                "nameIdentifierScheme": "GND",
                "schemeUri": "https://d-nb.info/gnd",
            },
        ],
        "affiliation": [
            {
                "name": "CERN",
                "affiliationIdentifier": "https://ror.org/01ggx4157",
                "affiliationIdentifierScheme": "ROR",
                "schemeUri": "https://ror.org",
            },
            {"name": "TU Wien"},
        ],
    }


def test_a_version_is_one_of_its_work() -> None:
    assert {
        "relatedIdentifier": "10.5072/baton.123",
        "relatedIdentifierType": "DOI",
        "relationType": "IsVersionOf",
    } in FULL["relatedIdentifiers"]


def test_journals_and_books_are_related_items() -> None:
    journal, book, *_others = FULL["relatedItems"]
    assert journal == {
        "relatedItemType": "Journal",
        "relationType": "IsPublishedIn",
        "titles": [{"title": "Journal of All"}],
        "volume": "7",
        "issue": "2",
        "firstPage": "10",
        "lastPage": "20",
        "relatedItemIdentifier": {"relatedItemIdentifier": "1234-5679", "relatedItemIdentifierType": "ISSN"},
    }
    assert book["titles"] == [{"title": "Big Book"}]


@pytest.mark.parametrize(
    ("access", "right"),
    [
        ({}, "openAccess"),
        ({"files": "restricted"}, "restrictedAccess"),
        ({"files": "restricted", "embargo": {"active": True, "until": "2030-01-01"}}, "embargoedAccess"),
    ],
)
def test_harvesters_are_told_how_open_it_is(access: dict[str, Any], right: str) -> None:
    shown = datacite_json(make_record(with_access(full_record().body, **access)), NO_FILES)
    assert f"info:eu-repo/semantics/{right}" in [one.get("rightsUri") for one in shown["rightsList"]]
    available = [one["date"] for one in shown["dates"] if one["dateType"] == "Available"]
    assert available == (["2030-01-01"] if right == "embargoedAccess" else [])


def test_shapes_are_points_boxes_and_polygons() -> None:
    square = [[0, 0], [1, 0], [1, 1], [0, 0]]
    features = [
        {"place": "Here", "geometry": {"type": "Point", "coordinates": [1.5, 2]}},
        {"geometry": {"type": "MultiPolygon", "coordinates": [[square], [square]]}},
        {"geometry": {"type": "LineString", "coordinates": [[0, 5], [3, -1]]}},
        {"description": "Somewhere"},
    ]
    record = make_record(make_body({**minimal_record().metadata, "locations": {"features": features}}))
    found = datacite_json(record, EVERYBODY)["geoLocations"]
    assert found[0] == {
        "geoLocationPlace": "Here",
        "geoLocationPoint": {"pointLongitude": 1.5, "pointLatitude": 2},
    }
    assert [list(one) for one in found[1:]] == [["geoLocationPolygon"], ["geoLocationBox"], ["geoLocationPlace"]]
    assert found[2]["geoLocationBox"] == {
        "westBoundLongitude": 0,
        "eastBoundLongitude": 3,
        "southBoundLatitude": -1,
        "northBoundLatitude": 5,
    }
    for kernel in KERNELS:
        validate(record, kernel)


def test_older_kernels_say_it_in_older_words() -> None:
    poster = make_record(make_body({**minimal_record().metadata, "resource_type": {"id": "poster"}}))
    assert datacite_json(poster, EVERYBODY)["types"] == {"resourceTypeGeneral": "Poster"}
    assert datacite_json(poster, EVERYBODY, "4.6")["types"] == {
        "resourceTypeGeneral": "Text",
        "resourceType": "Poster",
    }
    old = datacite_json(full_record(), EVERYBODY, "4.3")
    assert old["publisher"] == "Example Press"
    assert old["identifiers"][0] == {"identifier": "10.5072/baton.124", "identifierType": "DOI"}


def test_a_record_without_a_doi_is_known_by_its_page() -> None:
    tree = etree.fromstring(datacite_xml(minimal_record(), EVERYBODY).encode())
    identifier = tree.find("identifier", NAMES)
    assert identifier is not None
    assert (identifier.get("identifierType"), identifier.text) == ("URL", f"{BASE}/records/124")


def test_the_kernel_is_an_argument() -> None:
    asked = by_name("datacite-xml", {"kernel": "4.4"})
    assert b"kernel-4.4/metadata.xsd" in asked.render(full_record(), EVERYBODY)
    accepted = negotiate("application/x-datacite+xml", by_name("json"), {"kernel": "4.5"})
    assert b"kernel-4.5/metadata.xsd" in accepted.render(full_record(), EVERYBODY)
    assert b"kernel-4.7/metadata.xsd" in by_name("dcite4").render(full_record(), EVERYBODY)


@pytest.mark.parametrize("kernel", ["3", "4.8", "", "4.7" * 1000])
def test_an_unknown_kernel_is_refused_with_those_there_are(kernel: str) -> None:
    with pytest.raises(NoSuchKernel, match=r"4\.3, 4\.4"):
        by_name("datacite-json", {"kernel": kernel})
