"""Legacy deposit metadata in, RDM body out: every field with the examples of Zenodo's documents."""

from datetime import date
from typing import Any

import pytest

from baton.identifiers.policy import DoiPolicy
from baton.imports.zenodo_grants import terms_in
from baton.imports.zenodo_json import Defaults, to_rdm
from baton.kernel.errors import FieldError, ValidationFailed
from baton.zenodo.error_paths import in_legacy_words

POLICY = DoiPolicy("10.5072", "baton.{id}")
DEFAULTS = Defaults(date(2024, 5, 31), "Example Archive")
KNOWN = {("awards", "00k4n6c32::283595")}


def translate(payload: object) -> dict[str, Any]:
    return to_rdm(payload, defaults=DEFAULTS, policy=POLICY, known=KNOWN)


def metadata_of(**metadata: Any) -> dict[str, Any]:
    found: dict[str, Any] = translate({"metadata": metadata})["metadata"]
    return found


def person(family: str, given: str | None = None, **more: Any) -> dict[str, Any]:
    name = {"family_name": family} if given is None else {"family_name": family, "given_name": given}
    return {"type": "personal", **name, **more}


ORCID = {"scheme": "orcid", "identifier": "0000-0002-1694-233X"}
GND = {"scheme": "gnd", "identifier": "gnd:170118215"}


@pytest.mark.parametrize(
    ("field", "value", "target", "expected"),
    [
        ("title", " My title ", "title", "My title"),
        ("description", "<p>Hi</p>", "description", "<p>Hi</p>"),
        ("publication_date", "2013-09-12", "publication_date", "2013-09-12"),
        ("version", "2.1.5", "version", "2.1.5"),
        ("version", 2, "version", "2"),
        ("version", 1.5, "version", "1.5"),
        ("imprint_publisher", "CERN", "publisher", "CERN"),
        ("upload_type", "poster", "resource_type", {"id": "poster"}),
        ("keywords", ["Keyword 1", "Keyword 2"], "subjects", [{"subject": "Keyword 1"}, {"subject": "Keyword 2"}]),
        ("keywords", ["", " a "], "subjects", [{"subject": "a"}]),
        ("references", ["Doe J (2014). Title."], "references", [{"reference": "Doe J (2014). Title."}]),
        ("language", "eng", "languages", [{"id": "eng"}]),
        ("language", "en", "languages", [{"id": "eng"}]),
        ("language", "ger", "languages", [{"id": "deu"}]),
        ("language", "DE", "languages", [{"id": "deu"}]),
        ("notes", "See also", "additional_descriptions", [{"description": "See also", "type": {"id": "notes"}}]),
        ("method", "By hand", "additional_descriptions", [{"description": "By hand", "type": {"id": "methods"}}]),
        ("license", "cc-by-4.0", "rights", [{"id": "cc-by-4.0"}]),
        ("license", "CC-BY-4.0", "rights", [{"id": "cc-by-4.0"}]),
        ("license", "cc-zero", "rights", [{"id": "cc0-1.0"}]),
        ("license", "GPL-3.0", "rights", [{"id": "gpl-3.0-only"}]),
        ("license", {"id": "MIT"}, "rights", [{"id": "mit"}]),
        ("license", "other-open", "rights", [{"id": "other-open"}]),
        (
            "locations",
            [
                {"lat": 34.02577, "lon": -118.7804, "place": "Los Angeles"},
                {"place": "Mt.Fuji, Japan", "description": "Sample found 100ft from the foot of the mountain."},
                {"lat": 0, "lon": 0, "place": "Null Island"},
            ],
            "locations",
            {
                "features": [
                    {
                        "place": "Los Angeles",
                        "geometry": {"type": "Point", "coordinates": [-118.7804, 34.02577]},
                    },
                    {"place": "Mt.Fuji, Japan", "description": "Sample found 100ft from the foot of the mountain."},
                    {"place": "Null Island", "geometry": {"type": "Point", "coordinates": [0, 0]}},
                ]
            },
        ),
        (
            "dates",
            [
                {"start": "2018-03-21", "end": "2018-03-25", "type": "Collected", "description": "Specimen A5"},
                {"start": "2018", "end": "2018", "type": "Valid"},
                {"start": "2018", "type": "Withdrawn"},
                {"end": "2019"},
            ],
            "dates",
            [
                {"date": "2018-03-21/2018-03-25", "type": {"id": "collected"}, "description": "Specimen A5"},
                {"date": "2018", "type": {"id": "valid"}},
                {"date": "2018", "type": {"id": "withdrawn"}},
                {"date": "2019"},
            ],
        ),
        (
            "creators",
            [
                {"name": "Doe, John", "affiliation": "Zenodo"},
                {"name": "Smith, Jane", "affiliation": None, "orcid": "0000-0002-1694-233X"},
                {"name": "Kowalski, Jack", "orcid": "https://orcid.org/0000-0002-1694-233X", "gnd": "170118215"},
                {"name": "Plato"},
                {"name": "One, Two, Three"},
                {"name": "Doe,"},
                {},
            ],
            "creators",
            [
                {"person_or_org": person("Doe", "John"), "affiliations": [{"name": "Zenodo"}]},
                {"person_or_org": person("Smith", "Jane", identifiers=[ORCID])},
                {"person_or_org": person("Kowalski", "Jack", identifiers=[ORCID, GND])},
                {"person_or_org": person("Plato")},
                {"person_or_org": person("One, Two, Three")},
                {"person_or_org": person("Doe,")},
                {"person_or_org": {"type": "personal"}},
            ],
        ),
        (  # one deposit tool for software sends every affiliation that it knows
            "creators",
            [{"name": "Doe, John", "affiliation": ["Zenodo", "CERN", "Zenodo"]}],
            "creators",
            [{"person_or_org": person("Doe", "John"), "affiliations": [{"name": "Zenodo"}, {"name": "CERN"}]}],
        ),
        (
            "creators",
            [{"name": "Doe, John", "orcid": "not an orcid"}],
            "creators",
            [{"person_or_org": person("Doe", "John", identifiers=[{"scheme": "orcid", "identifier": "not an orcid"}])}],
        ),
        (
            "contributors",
            [{"name": "Doe, John", "affiliation": "Zenodo", "type": "DataCurator"}, {"name": "Roe, R", "type": None}],
            "contributors",
            [
                {
                    "person_or_org": person("Doe", "John"),
                    "affiliations": [{"name": "Zenodo"}],
                    "role": {"id": "datacurator"},
                },
                {"person_or_org": person("Roe", "R")},
            ],
        ),
        (
            "thesis_supervisors",
            [{"name": "Doe, John"}],
            "contributors",
            [{"person_or_org": person("Doe", "John"), "role": {"id": "supervisor"}}],
        ),
        (
            "related_identifiers",
            [
                {"relation": "isSupplementTo", "identifier": "10.1234/foo"},
                {"relation": "cites", "identifier": "https://doi.org/10.1234/bar", "resource_type": "image-diagram"},
                {"relation": "isOrignialFormOf", "identifier": "10.1234/x", "scheme": "DOI"},
                {"identifier": "10.1234/y", "scheme": "url", "resource_type": "publication-thesis"},
            ],
            "related_identifiers",
            [
                {"identifier": "10.1234/foo", "relation_type": {"id": "issupplementto"}},
                {
                    "identifier": "https://doi.org/10.1234/bar",
                    "relation_type": {"id": "cites"},
                    "resource_type": {"id": "image-diagram"},
                },
                {"identifier": "10.1234/x", "scheme": "doi", "relation_type": {"id": "isoriginalformof"}},
                {"identifier": "10.1234/y", "resource_type": {"id": "publication-dissertation"}},
            ],
        ),
        (
            "related_identifiers",
            [{"relation": "isAlternateIdentifier", "identifier": "2011ApJS..192...18K", "scheme": "ads"}],
            "identifiers",
            [{"identifier": "2011ApJS..192...18K", "scheme": "ads"}],
        ),
        (
            "alternate_identifiers",
            [{"identifier": "2011ApJS..192...18K"}],
            "identifiers",
            [{"identifier": "2011ApJS..192...18K"}],
        ),
        (
            "grants",
            [{"id": "283595"}, {"id": "10.13039/501100000780::283595"}, {"id": 111}, {"id": "10.13039/100000001::1"}],
            "funding",
            [
                {"funder": {"id": "00k4n6c32"}, "award": {"id": "00k4n6c32::283595"}},
                {"funder": {"id": "00k4n6c32"}, "award": {"id": "00k4n6c32::283595"}},
                {"funder": {"id": "00k4n6c32"}, "award": {"number": "111"}},
                {"funder": {"id": "021nxhr62"}, "award": {"number": "1"}},
            ],
        ),
    ],
)
def test_each_field_has_its_place(field: str, value: object, target: str, expected: object) -> None:
    assert metadata_of(**{field: value})[target] == expected


@pytest.mark.parametrize(
    ("kind", "field", "subtype", "resource_type"),
    [
        ("publication", "publication_type", "article", "publication-article"),
        ("publication", "publication_type", "thesis", "publication-dissertation"),
        ("publication", "publication_type", "", "publication"),
        ("image", "image_type", "figure", "image-figure"),
        ("image", "publication_type", "article", "image"),
        ("software", "software_type", "computationalnotebook", "software-computationalnotebook"),
        ("gone", "gone_type", "x", "gone-x"),
    ],
)
def test_type_and_subtype_are_one_in_rdm(kind: str, field: str, subtype: str, resource_type: str) -> None:
    assert metadata_of(upload_type=kind, **{field: subtype})["resource_type"] == {"id": resource_type}


@pytest.mark.parametrize(
    ("field", "custom_field", "member"),
    [
        ("journal_title", "journal:journal", "title"),
        ("journal_volume", "journal:journal", "volume"),
        ("journal_issue", "journal:journal", "issue"),
        ("journal_pages", "journal:journal", "pages"),
        ("conference_title", "meeting:meeting", "title"),
        ("conference_acronym", "meeting:meeting", "acronym"),
        ("conference_dates", "meeting:meeting", "dates"),
        ("conference_place", "meeting:meeting", "place"),
        ("conference_url", "meeting:meeting", "url"),
        ("conference_session", "meeting:meeting", "session"),
        ("conference_session_part", "meeting:meeting", "session_part"),
        ("imprint_isbn", "imprint:imprint", "isbn"),
        ("imprint_place", "imprint:imprint", "place"),
        ("partof_title", "imprint:imprint", "title"),
        ("partof_pages", "imprint:imprint", "pages"),
        ("thesis_university", "thesis:thesis", "university"),
    ],
)
@pytest.mark.parametrize(("value", "expected"), [("Some text", "Some text"), (12, "12")])
def test_fields_of_one_kind_of_upload(field: str, custom_field: str, member: str, value: object, expected: str) -> None:
    assert translate({"metadata": {field: value}})["custom_fields"] == {custom_field: {member: expected}}


def test_what_the_rdm_dialect_has_no_place_for_is_kept_in_custom_fields() -> None:
    found = translate(
        {
            "metadata": {
                "communities": [{"identifier": "ecfunded"}],
                "subjects": [{"term": "Astronomy", "identifier": "http://id.loc.gov/x", "scheme": "url", "extra": 1}],
                "custom": {"dwc:genus": ["Asynapteron"]},
            }
        }
    )
    assert found["custom_fields"] == {
        "legacy:communities": ["ecfunded"],
        "legacy:subjects": [{"term": "Astronomy", "identifier": "http://id.loc.gov/x", "scheme": "url"}],
        "dwc:genus": ["Asynapteron"],
    }


@pytest.mark.parametrize(
    ("metadata", "access"),
    [
        ({}, {"record": "public", "files": "public"}),
        ({"access_right": "open"}, {"record": "public", "files": "public"}),
        ({"access_right": "open", "embargo_date": "2999-01-01"}, {"record": "public", "files": "public"}),
        ({"access_right": "restricted", "access_conditions": "Ask"}, {"record": "public", "files": "restricted"}),
        ({"access_right": "closed"}, {"record": "public", "files": "restricted"}),
        (
            {"access_right": "embargoed", "embargo_date": "2999-01-01"},
            {"record": "public", "files": "restricted", "embargo": {"active": True, "until": "2999-01-01"}},
        ),
    ],
)
def test_access(metadata: dict[str, Any], access: dict[str, Any]) -> None:
    assert translate({"metadata": metadata})["access"] == access


@pytest.mark.parametrize(
    ("metadata", "rights"),
    [
        ({"title": "T"}, [{"id": "cc-by-4.0"}]),
        ({"upload_type": "dataset"}, [{"id": "cc0-1.0"}]),
        ({"upload_type": "dataset", "license": None}, [{"id": "cc0-1.0"}]),
        ({"access_right": "embargoed", "embargo_date": "2999-01-01"}, [{"id": "cc-by-4.0"}]),
        ({"access_right": "restricted"}, None),
        ({"access_right": "closed"}, None),
        ({}, None),
    ],
)
def test_the_licence_when_none_is_given(metadata: dict[str, Any], rights: object) -> None:
    assert translate({"metadata": metadata})["metadata"].get("rights") == rights


def test_date_and_publisher_when_none_are_given() -> None:
    assert metadata_of(title="T") == {
        "title": "T",
        "publication_date": "2024-05-31",
        "publisher": "Example Archive",
        "rights": [{"id": "cc-by-4.0"}],
    }


@pytest.mark.parametrize("payload", [None, {}, {"metadata": None}])
def test_a_deposit_may_begin_with_nothing(payload: object) -> None:
    assert translate(payload) == {
        "metadata": {},
        "custom_fields": {},
        "access": {"record": "public", "files": "public"},
        "files": {"enabled": True},
    }


def test_empty_metadata_get_the_defaults() -> None:
    assert set(translate({"metadata": {}})["metadata"]) == {"publication_date", "publisher"}


def test_the_list_of_files_may_be_sent_back() -> None:
    assert translate({"metadata": {}, "files": [{"id": "x"}]})["files"] == {"enabled": True}


@pytest.mark.parametrize(
    ("doi", "pid"),
    [
        ("10.1234/foo.bar", {"identifier": "10.1234/foo.bar", "provider": "external"}),
        ("https://doi.org/10.1234/foo", {"identifier": "10.1234/foo", "provider": "external"}),
        ("10.5072/baton.7", {"identifier": "10.5072/baton.7", "provider": "datacite", "client": "datacite"}),
        ("nonsense", {"identifier": "nonsense", "provider": "external"}),
    ],
)
def test_a_doi_is_ours_or_somebody_elses(doi: str, pid: dict[str, str]) -> None:
    assert translate({"metadata": {"doi": doi}})["pids"] == {"doi": pid}


@pytest.mark.parametrize("metadata", [{}, {"doi": ""}, {"doi": None}, {"prereserve_doi": True}])
def test_without_a_doi_nothing_is_said_of_pids(metadata: dict[str, Any]) -> None:
    assert "pids" not in translate({"metadata": metadata})


def test_what_is_unknown_null_or_empty_is_passed_over() -> None:
    strange: dict[str, Any] = {
        "title": "T",
        "nonsense": {"a": 1},
        "keywords": None,
        "creators": [],
        "notes": "",
        "custom": {},
    }
    assert metadata_of(**strange) == metadata_of(title="T")


@pytest.mark.parametrize(
    ("payload", "field", "message"),
    [
        ([], "", "JSON object"),
        ("text", "", "JSON object"),
        ({"unknownkey": "data", "metadata": {}}, "unknownkey", "Unknown field"),
        ({"metadata": "text"}, "metadata", "must be an object"),
        ({"metadata": {"title": 12}}, "metadata.title", "title must be a string"),
        ({"metadata": {"title": ["a"]}}, "metadata.title", "must be a string"),
        ({"metadata": {"upload_type": 1}}, "metadata.upload_type", "must be a string"),
        ({"metadata": {"upload_type": "image", "image_type": 1}}, "metadata.image_type", "must be a string"),
        ({"metadata": {"creators": "Doe"}}, "metadata.creators", "creators must be a list"),
        ({"metadata": {"creators": ["Doe"]}}, "metadata.creators.0", "must be an object"),
        ({"metadata": {"creators": [{"name": 1}]}}, "metadata.creators.0.name", "must be a string"),
        ({"metadata": {"keywords": "a, b"}}, "metadata.keywords", "keywords must be a list"),
        ({"metadata": {"keywords": ["a", 1]}}, "metadata.keywords.1", "must be a string"),
        (
            {"metadata": {"related_identifiers": "x"}},
            "metadata.related_identifiers",
            "related_identifiers must be a list",
        ),
        (
            {"metadata": {"related_identifiers": ["x"]}},
            "metadata.related_identifiers.0",
            "Each related identifier must be an object",
        ),
        (
            {"metadata": {"related_identifiers": [{"identifier": "10.1234/foo", "relation": 123}]}},
            "metadata.related_identifiers.0.relation",
            "relation must be a string",
        ),
        ({"metadata": {"license": 123}}, "metadata.license", "Invalid license value provided"),
        ({"metadata": {"license": ["cc-by-4.0"]}}, "metadata.license", "Invalid license value provided"),
        ({"metadata": {"license": {"title": "x"}}}, "metadata.license", "Invalid license value provided"),
        ({"metadata": {"license": "no such"}}, "metadata.license", "Invalid license provided"),
        ({"metadata": {"communities": {"identifier": "c"}}}, "communities", "identifier"),
        ({"metadata": {"communities": [{"id": "c"}]}}, "communities", "identifier"),
        ({"metadata": {"communities": ["c"]}}, "communities", "identifier"),
        ({"metadata": {"language": "english"}}, "metadata.language", "ISO 639"),
        ({"metadata": {"language": "xx"}}, "metadata.language", "ISO 639"),
        ({"metadata": {"access_right": "secret"}}, "metadata.access_right", "one of open"),
        ({"metadata": {"access_right": ["open"]}}, "metadata.access_right", "one of open"),
        ({"metadata": {"access_right": "embargoed"}}, "metadata.embargo_date", "needs the date"),
        ({"metadata": {"dates": [{"type": "valid"}]}}, "metadata.dates.0", "`start`"),
        ({"metadata": {"locations": [{"place": "x", "lat": 1}]}}, "metadata.locations.0.lon", "must be a number"),
        ({"metadata": {"locations": [{"lat": 91, "lon": 1}]}}, "metadata.locations.0.lat", "between -90 and 90"),
        ({"metadata": {"locations": [{"lat": True, "lon": 1}]}}, "metadata.locations.0.lat", "must be a number"),
        ({"metadata": {"grants": [{"id": "10.1/x::1"}]}}, "metadata.grants.0.id", "No funder"),
        ({"metadata": {"grants": [{"id": "10.13039/501100000780::"}]}}, "metadata.grants.0.id", "number"),
        ({"metadata": {"grants": [{}]}}, "metadata.grants.0.id", "number"),
        ({"metadata": {"grants": ["283595"]}}, "metadata.grants.0", "Each grant must be an object"),
        ({"metadata": {"custom": ["x"]}}, "metadata.custom", "must be an object"),
        ({"metadata": {"doi": 10.1234}}, "metadata.doi", "must be a string"),
        ({"metadata": {"journal_title": ["x"]}}, "metadata.journal_title", "must be a string"),
        ({"metadata": {"version": True}}, "metadata.version", "must be a string"),
    ],
)
def test_what_cannot_be_understood_is_told_under_its_legacy_name(payload: object, field: str, message: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        translate(payload)
    (error,) = refused.value.errors
    assert error.field == field
    assert message in error.message


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ValidationFailed) as refused:
        translate({"x": 1, "metadata": {"title": 1, "creators": 2, "access_right": "?", "license": "?"}})
    assert [error.field for error in refused.value.errors] == [
        "x",
        "metadata.title",
        "metadata.creators",
        "metadata.license",
        "metadata.access_right",
    ]


@pytest.mark.parametrize(
    ("payload", "terms"),
    [
        ({"metadata": {"grants": [{"id": "283595"}]}}, {("awards", "00k4n6c32::283595")}),
        ({"metadata": {"grants": [{"id": "10.13039/100000001::7"}]}}, {("awards", "021nxhr62::7")}),
        ({"metadata": {"grants": [{"id": "10.1/x::7"}, 5, {}]}}, set()),
        ({"metadata": {"grants": "x"}}, set()),
        ({"metadata": []}, set()),
        (None, set()),
    ],
)
def test_awards_to_look_up_beforehand(payload: object, terms: set[tuple[str, str]]) -> None:
    assert terms_in(payload) == terms


@pytest.mark.parametrize(
    ("rdm", "legacy"),
    [
        ("metadata.title", "metadata.title"),
        ("metadata.resource_type", "metadata.upload_type"),
        ("metadata.resource_type.id", "metadata.upload_type"),
        ("metadata.creators", "metadata.creators"),
        ("metadata.creators.0.person_or_org.family_name", "metadata.creators.0.name"),
        ("metadata.creators.0.person_or_org.identifiers.0", "metadata.creators.0.orcid"),
        ("metadata.contributors.2.role", "metadata.contributors.2.type"),
        ("metadata.contributors.2.affiliations.0.name", "metadata.contributors.2.affiliation"),
        ("metadata.rights.0.id", "metadata.license"),
        ("metadata.languages.0.id", "metadata.language"),
        ("metadata.publisher", "metadata.imprint_publisher"),
        ("metadata.funding.1.award.id", "metadata.grants.1.id"),
        ("metadata.subjects.0.subject", "metadata.keywords.0"),
        ("metadata.locations.features.0.geometry", "metadata.locations.0.geometry"),
        ("metadata.related_identifiers.0.relation_type", "metadata.related_identifiers.0.relation"),
        ("metadata.related_identifiers.0.identifier", "metadata.related_identifiers.0.identifier"),
        ("metadata.identifiers.0.identifier", "metadata.related_identifiers"),
        ("metadata.dates.0.date", "metadata.dates.0.date"),
        ("access.embargo.until", "metadata.embargo_date"),
        ("access.files", "metadata.access_right"),
        ("pids.doi.identifier", "metadata.doi"),
        ("custom_fields.journal:journal.title", "metadata.journal_title"),
        ("custom_fields.imprint:imprint.isbn", "metadata.imprint_isbn"),
        ("custom_fields.legacy:subjects.0", "metadata.subjects.0"),
        ("custom_fields.dwc:genus.0", "metadata.custom.dwc:genus.0"),
        ("files.enabled", "files.enabled"),
    ],
)
def test_faults_found_later_have_legacy_names_too(rdm: str, legacy: str) -> None:
    assert in_legacy_words([FieldError(rdm, "Wrong.", "x")]) == (FieldError(legacy, "Wrong.", "x"),)
