"""schema.org JSON-LD."""

from typing import Any

import pytest
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
)

from baton.exports.schema_org import schema_org

FULL = schema_org(full_record(), EVERYBODY)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("@context", "https://schema.org"),
        ("@id", "https://doi.org/10.5072/baton.124"),
        ("@type", "https://schema.org/ScholarlyArticle"),
        ("identifier", "https://doi.org/10.5072/baton.124"),
        ("url", f"{BASE}/records/124"),
        ("name", "A study of everything"),
        ("description", "First & last. Second one."),
        ("publisher", {"@type": "Organization", "name": "Example Press"}),
        ("datePublished", "2024-05-31"),
        ("version", "1.0"),
        ("keywords", ["physics", "Astronomy"]),
        ("temporalCoverage", ["2018-03-21/2018-03-25", "2020"]),
        ("isAccessibleForFree", True),
        ("isSupplementTo", None),
        ("hasPart", [{"@type": "CreativeWork", "@id": "https://example.com/part"}]),
        ("distribution", None),
    ],
)
def test_a_record_has(field: str, value: object) -> None:
    assert FULL.get(field) == value


def test_people_have_addresses_and_affiliations() -> None:
    assert FULL["creator"] == FULL["author"]
    assert FULL["creator"] == [
        {
            "@id": "https://orcid.org/0000-0001-8135-3489",
            "@type": "Person",
            "name": "Nielsen, Lars Holm",
            "givenName": "Lars Holm",
            "familyName": "Nielsen",
            "affiliation": [
                {"@id": "https://ror.org/01ggx4157", "@type": "Organization", "name": "CERN"},
                {"@type": "Organization", "name": "TU Wien"},
            ],
        },
        {
            "@type": "Organization",
            "name": "Data and Sons",
            "affiliation": [{"@type": "Organization", "name": "CERN"}],
        },
    ]


def test_the_licence_is_an_address() -> None:
    assert FULL["license"].startswith("https://creativecommons.org/publicdomain/zero/")


def test_points_and_polygons_have_coordinates() -> None:
    geo = {"@type": "GeoCoordinates", "latitude": 51.5, "longitude": -0.12}
    ring = {"@type": "GeoShape", "polygon": "0 0 1 1 0 1 0 0"}
    assert FULL["spatialCoverage"] == [
        {"@type": "Place", "name": "London", "description": "A nice place", "geo": geo},
        {"@type": "Place", "name": "Somewhere", "geo": ring},
    ]


def test_grants_name_their_funder() -> None:
    assert FULL["funding"] == [
        {
            "@type": "Grant",
            "identifier": "755021",
            "name": "PERSIST",
            "alternateName": "P",
            "funder": {"@id": "https://ror.org/00k4n6c32", "@type": "Organization", "name": "European Commission"},
        }
    ]
    assert FULL["funder"] == [{"@type": "Organization", "name": "Caltech Library"}]


@pytest.mark.parametrize(
    ("resource_type", "kind"),
    [
        ("dataset", "Dataset"),
        ("software", "SoftwareSourceCode"),
        ("publication-book", "Book"),
        ("image-photo", "Photograph"),
        ("gone", "CreativeWork"),
    ],
)
def test_the_type_is_that_of_the_vocabulary(resource_type: str, kind: str) -> None:
    record = make_record(make_body({"resource_type": {"id": resource_type}}))
    assert schema_org(record, EVERYBODY)["@type"] == f"https://schema.org/{kind}"


def test_datasets_say_where_their_files_are() -> None:
    record = make_record(make_body({"resource_type": {"id": "dataset"}}))
    assert schema_org(record, EVERYBODY)["distribution"][0] == {
        "@type": "DataDownload",
        "name": "data/table 1.csv",
        "contentUrl": f"{BASE}/api/records/124/files/data/table%201.csv/content",
        "encodingFormat": "text/csv",
        "contentSize": "42 B",
    }
    assert "distribution" not in schema_org(record, NO_FILES)


@pytest.mark.parametrize("record", [minimal_record(), empty_draft()])
def test_nothing_empty_is_shown(record: Any) -> None:
    assert all(value not in (None, "", [], {}) for value in schema_org(record, EVERYBODY).values())


def test_an_address_is_one_of_the_web() -> None:
    assert "javascript:" not in str(schema_org(hostile_record(), EVERYBODY).get("license", ""))
