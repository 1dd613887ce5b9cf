"""The legacy record JSON, as the wire contract has it."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from tests.exports.samples import (
    BASE,
    EVERYBODY,
    NO_FILES,
    empty_draft,
    file_entry,
    full_record,
    hostile_record,
    make_body,
    make_draft,
    make_record,
    minimal_record,
    pending_file,
    with_access,
)

from baton.exports.zenodo_json import zenodo_json

FULL = zenodo_json(full_record(), EVERYBODY)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 124),
        ("recid", "124"),
        ("conceptrecid", "123"),
        ("doi", "10.5072/baton.124"),
        ("doi_url", "https://doi.org/10.5072/baton.124"),
        ("conceptdoi", "10.5072/baton.123"),
        ("title", "A study of everything"),
        ("created", "2024-05-30T08:00:00.123456+00:00"),
        ("modified", "2024-05-31T09:30:00+00:00"),
        ("updated", "2024-05-31T09:30:00+00:00"),
        ("revision", 3),
        ("owners", [{"id": "7"}]),
        ("state", "done"),
        ("submitted", True),
        ("status", "published"),
        ("swh", {}),
    ],
)
def test_a_record_has_the_legacy_members(field: str, value: object) -> None:
    assert FULL[field] == value


def test_stats_are_there_for_all_versions_and_for_this_one() -> None:
    counted = {"downloads", "unique_downloads", "views", "unique_views", "volume"}
    assert set(FULL["stats"]) == counted | {f"version_{name}" for name in counted}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "A study of everything"),
        ("doi", "10.5072/baton.124"),
        ("publication_date", "2024-05-31"),
        ("description", "<p>First &amp; last.</p><p>Second <b>one</b>.</p>"),
        ("access_right", "open"),
        (
            "creators",
            [
                {
                    "name": "Nielsen, Lars Holm",
                    "affiliation": "CERN",
                    "orcid": "0000-0001-8135-3489",
                    "gnd": "170118215",
                },
                {"name": "Data and Sons", "affiliation": "CERN"},
            ],
        ),
        (
            "contributors",
            [
                {"name": "Doe, Jo", "affiliation": None, "type": "DataCurator"},
                {"name": "Roe", "affiliation": None, "type": "DataCollector"},
            ],
        ),
        ("keywords", ["physics"]),
        ("subjects", [{"term": "Astronaut", "identifier": "gnd:1", "scheme": "gnd"}]),
        (
            "related_identifiers",
            [
                {
                    "identifier": "10.1234/foo",
                    "relation": "isSupplementTo",
                    "resource_type": "dataset",
                    "scheme": "doi",
                },
                {"identifier": "https://example.com/part", "relation": "hasPart", "scheme": "url"},
            ],
        ),
        ("alternate_identifiers", [{"identifier": "2011ApJS..192...18K", "scheme": "ads"}]),
        (
            "locations",
            [{"place": "London", "description": "A nice place", "lon": -0.12, "lat": 51.5}, {"place": "Somewhere"}],
        ),
        (
            "dates",
            [
                {"start": "2018-03-21", "end": "2018-03-25", "type": "collected", "description": "Specimens"},
                {"start": "2020", "end": "2020", "type": "valid"},
            ],
        ),
        ("version", "1.0"),
        ("references", ["Nielsen et al. (2014)"]),
        ("language", "eng"),
        ("notes", "Some notes"),
        ("method", "Our method"),
        ("resource_type", {"title": "Journal article", "type": "publication", "subtype": "article"}),
        ("license", {"id": "cc-zero"}),
        ("communities", [{"id": "c1"}, {"id": "c2"}]),
        ("journal", {"title": "Journal of All", "volume": "7", "issue": "2", "pages": "10-20"}),
        ("meeting", {"title": "Great Meeting", "acronym": "GM'24", "place": "Geneva", "session_part": "1"}),
        ("imprint", {"isbn": "978-3-16-148410-0", "place": "Berlin", "publisher": "Example Press"}),
        ("part_of", {"title": "Big Book", "pages": "5-9"}),
        ("thesis", {"university": "Uni of Life"}),
        (
            "custom",
            {
                "code:codeRepository": "https://example.com/code",
                "code:programmingLanguage": [{"id": "python"}],
                "code:developmentStatus": {"id": "active"},
                "dwc:genus": ["Asynapteron"],
            },
        ),
        (
            "grants",
            [
                {
                    "code": "755021",
                    "internal_id": "10.13039/501100000780::755021",
                    "title": "PERSIST",
                    "acronym": "P",
                    "funder": {"name": "European Commission", "doi": "10.13039/501100000780", "acronym": "EC"},
                }
            ],
        ),
        (
            "relations",
            {"version": [{"index": 0, "is_last": True, "parent": {"pid_type": "recid", "pid_value": "123"}}]},
        ),
    ],
)
def test_metadata_is_in_legacy_form(field: str, value: object) -> None:
    assert FULL["metadata"][field] == value


def test_files_are_a_list_with_algorithm_and_content_link() -> None:
    assert FULL["files"][0] == {
        "id": "5a2f0b9e-0000-4000-8000-000000000001",
        "key": "data/table 1.csv",
        "size": 42,
        "checksum": "md5:0123456789abcdef0123456789abcdef",
        "links": {"self": f"{BASE}/api/records/124/files/data/table%201.csv/content"},
    }


def test_links_are_those_of_the_rdm_dialect() -> None:
    assert {"files", "latest", "latest_html", "versions", "self_html", "parent", "archive", "doi"} <= set(FULL["links"])


def test_optional_members_are_absent_rather_than_empty() -> None:
    shown = zenodo_json(minimal_record(), EVERYBODY)
    assert set(shown["metadata"]) == {
        "title",
        "publication_date",
        "access_right",
        "creators",
        "resource_type",
        "relations",
    }
    assert {"doi", "doi_url", "conceptdoi"}.isdisjoint(shown)


def test_a_type_without_subtype_has_none() -> None:
    assert zenodo_json(minimal_record(), EVERYBODY)["metadata"]["resource_type"] == {
        "title": "Dataset",
        "type": "dataset",
    }


def test_files_that_may_not_be_read_are_not_shown() -> None:
    assert zenodo_json(full_record(), NO_FILES)["files"] == []


@pytest.mark.parametrize(
    ("access", "right"),
    [
        ({}, "open"),
        ({"files": "restricted"}, "restricted"),
        ({"record": "restricted", "files": "restricted"}, "restricted"),
        ({"files": "restricted", "embargo": {"active": True, "until": "2999-01-01"}}, "embargoed"),
    ],
)
def test_access_has_its_legacy_word(access: dict[str, Any], right: str) -> None:
    record = minimal_record()
    record = replace(record, body=with_access(record.body, **access))
    assert zenodo_json(record, NO_FILES)["metadata"]["access_right"] == right


def test_an_embargo_shows_its_date() -> None:
    access = {"files": "restricted", "embargo": {"active": True, "until": "2999-01-01", "reason": None}}
    record = minimal_record()
    record = replace(record, body=with_access(record.body, **access))
    assert zenodo_json(record, NO_FILES)["metadata"]["embargo_date"] == "2999-01-01"


def test_metadata_only_records_count_as_open() -> None:
    record = make_record(make_body({}, files={"enabled": False, "default_preview": None, "order": []}), files=())
    assert zenodo_json(record, EVERYBODY)["metadata"]["access_right"] == "open"


def test_a_new_draft_is_unsubmitted_and_its_files_are_the_drafts() -> None:
    shown = zenodo_json(make_draft(make_body({"title": "T"})), EVERYBODY)
    assert (shown["status"], shown["state"], shown["submitted"]) == ("draft", "unsubmitted", False)
    assert shown["files"][1]["links"]["self"] == f"{BASE}/api/records/124/draft/files/paper.pdf/content"


def test_an_edit_of_a_published_record_is_in_progress() -> None:
    shown = zenodo_json(make_draft(make_body({"title": "T"}), is_published=True), EVERYBODY)
    assert (shown["status"], shown["state"], shown["submitted"]) == ("draft", "inprogress", True)


def test_an_empty_draft_can_be_shown() -> None:
    shown = zenodo_json(empty_draft(), EVERYBODY)
    assert shown["title"] == ""
    assert set(shown["metadata"]) == {"access_right", "relations"}


def test_content_that_has_not_arrived_is_left_out() -> None:
    draft = make_draft(make_body(), files=(pending_file(), file_entry("here.txt")))
    assert [file["key"] for file in zenodo_json(draft, EVERYBODY)["files"]] == ["here.txt"]


def test_half_finished_metadata_can_be_shown() -> None:
    half = {
        "creators": [{"person_or_org": {"type": "personal"}}, {}],
        "contributors": [{"person_or_org": {"type": "personal"}}],
        "related_identifiers": [{"identifier": "10.1/x"}],
        "identifiers": [{"identifier": "?"}],
        "dates": [{"type": {"id": "valid"}}],
        "locations": {"features": [{"description": "here"}]},
        "additional_descriptions": [{"description": "no type"}],
        "funding": [{"funder": {"name": "X"}}, {"award": {"title": {"en": "Y"}}}],
        "rights": [{"title": {"en": "Mine"}}],
        "references": [{"reference": "R"}],
    }
    shown = zenodo_json(make_draft(make_body(half)), EVERYBODY)["metadata"]
    assert shown["creators"] == [{"name": "", "affiliation": None}] * 2
    assert "license" not in shown
    assert "grants" not in shown


def test_hostile_text_stays_text() -> None:
    assert orjson.loads(orjson.dumps(zenodo_json(hostile_record(), EVERYBODY)))["id"] == 124


def test_the_stored_record_is_not_touched() -> None:
    record = full_record()
    before = orjson.dumps(record.body)
    zenodo_json(record, EVERYBODY)
    assert orjson.dumps(record.body) == before
