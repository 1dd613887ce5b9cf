"""InvenioRDM's own JSON."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from tests.exports.samples import (
    BASE,
    EVERYBODY,
    NO_FILES,
    OWNER,
    empty_draft,
    file_entry,
    full_metadata,
    full_record,
    make_body,
    make_draft,
    minimal_record,
    pending_file,
    with_access,
)

from baton.exports.file_json import extension, file_json, files_json
from baton.exports.rdm_json import rdm_json

FULL = rdm_json(full_record(), EVERYBODY)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "124"),
        ("created", "2024-05-30T08:00:00.123456+00:00"),
        ("updated", "2024-05-31T09:30:00+00:00"),
        ("revision_id", 3),
        ("is_published", True),
        ("is_draft", False),
        ("status", "published"),
        ("pids", {"doi": {"identifier": "10.5072/baton.124", "provider": "datacite", "client": "datacite"}}),
        (
            "access",
            {"record": "public", "files": "public", "embargo": {"active": False, "reason": None}, "status": "open"},
        ),
        ("media_files", {"enabled": False, "order": [], "count": 0, "total_bytes": 0, "entries": {}}),
        ("versions", {"index": 1, "is_latest": True, "is_latest_draft": True}),
        ("deletion_status", {"is_deleted": False, "status": "P"}),
        (
            "parent",
            {
                "id": "123",
                "pids": {"doi": {"identifier": "10.5072/baton.123", "provider": "datacite", "client": "datacite"}},
                "access": {
                    "owned_by": {"user": "7"},
                    "settings": {
                        "allow_user_requests": False,
                        "allow_guest_requests": False,
                        "accept_conditions_text": None,
                        "secret_link_expiration": 0,
                    },
                },
                "communities": {},
            },
        ),
    ],
)
def test_a_record_has(field: str, value: object) -> None:
    assert FULL[field] == value


def test_stats_are_those_of_records_only() -> None:
    zeros = {"views": 0, "unique_views": 0, "downloads": 0, "unique_downloads": 0, "data_volume": 0}
    assert FULL["stats"] == {"this_version": zeros, "all_versions": zeros}
    assert "stats" not in rdm_json(empty_draft(), OWNER)


def test_a_record_that_is_not_deleted_has_no_tombstone() -> None:
    assert "tombstone" not in FULL


@pytest.mark.parametrize(
    ("path", "title"),
    [
        (("resource_type",), "Journal article"),
        (("languages", 0), "English"),
        (("creators", 0, "role"), "Editor"),
        (("contributors", 0, "role"), "Data curator"),
        (("additional_titles", 0, "type"), "Subtitle"),
        (("additional_titles", 0, "lang"), "German"),
        (("additional_descriptions", 1, "type"), "Methods"),
        (("dates", 0, "type"), "Collected"),
        (("related_identifiers", 0, "relation_type"), "Is supplement to"),
        (("related_identifiers", 0, "resource_type"), "Dataset"),
    ],
)
def test_references_carry_their_titles(path: tuple[str | int, ...], title: str) -> None:
    found: Any = FULL["metadata"]
    for step in path:
        found = found[step]
    assert found["title"]["en"] == title


def test_licences_carry_title_and_address() -> None:
    known, own = FULL["metadata"]["rights"]
    assert known["id"] == "cc0-1.0"
    assert known["title"]["en"] == "Creative Commons Zero v1.0 Universal"
    assert known["props"]["url"].startswith("https://creativecommons.org/")
    assert own == {"title": {"en": "House rules"}, "link": "https://example.com/rules"}


def test_custom_fields_that_are_references_carry_their_titles() -> None:
    custom_fields = FULL["custom_fields"]
    assert custom_fields["code:programmingLanguage"] == [{"id": "python", "title": {"en": "Python"}}]
    assert custom_fields["code:developmentStatus"]["title"]["en"].startswith("Active")
    assert custom_fields["dwc:genus"] == ["Asynapteron"]


def test_what_needs_no_title_is_as_it_was_written() -> None:
    untouched = ("title", "publication_date", "subjects", "identifiers", "locations", "funding", "references", "sizes")
    assert {name: FULL["metadata"][name] for name in untouched} == {name: full_metadata()[name] for name in untouched}


def test_a_reference_that_the_vocabulary_has_lost_stands_alone() -> None:
    shown = rdm_json(make_draft(make_body({"resource_type": {"id": "gone"}, "rights": [{"id": "gone"}]})), OWNER)
    assert shown["metadata"] == {"resource_type": {"id": "gone"}, "rights": [{"id": "gone"}]}


def test_the_stored_record_is_not_touched() -> None:
    record = full_record()
    before = orjson.dumps(record.body)
    rdm_json(record, OWNER)
    assert orjson.dumps(record.body) == before


def test_files_are_keyed_by_name() -> None:
    files = FULL["files"]
    assert {name: files[name] for name in ("enabled", "order", "default_preview", "count", "total_bytes")} == {
        "enabled": True,
        "order": ["paper.pdf"],
        "default_preview": "paper.pdf",
        "count": 2,
        "total_bytes": 1042,
    }
    assert files["entries"]["data/table 1.csv"] == {
        "id": "5a2f0b9e-0000-4000-8000-000000000001",
        "key": "data/table 1.csv",
        "ext": "csv",
        "size": 42,
        "mimetype": "text/csv",
        "checksum": "md5:0123456789abcdef0123456789abcdef",
        "storage_class": "L",
        "metadata": None,
        "access": {"hidden": False},
        "links": {
            "self": f"{BASE}/api/records/124/files/data/table%201.csv",
            "content": f"{BASE}/api/records/124/files/data/table%201.csv/content",
        },
    }


def test_no_name_of_a_hidden_file_is_shown() -> None:
    assert rdm_json(full_record(), NO_FILES)["files"] == {"enabled": True, "order": []}


def test_sharing_is_shown_to_those_who_manage_it() -> None:
    assert "grants" not in FULL["parent"]["access"]
    assert rdm_json(full_record(), OWNER)["parent"]["access"]["grants"] == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "draft"),
        ({"version_index": 2}, "new_version_draft"),
        ({"is_published": True}, "published"),
    ],
)
def test_a_draft_says_what_it_is_a_draft_of(changes: dict[str, Any], status: str) -> None:
    shown = rdm_json(empty_draft(**changes), OWNER)
    assert (shown["is_draft"], shown["status"]) == (True, status)


def test_a_work_without_a_concept_doi_has_no_pids() -> None:
    assert rdm_json(minimal_record(), EVERYBODY)["parent"]["pids"] == {}


def test_an_embargo_is_shown_with_its_status() -> None:
    embargo = {"active": True, "until": "2999-01-01"}
    record = minimal_record()
    record = replace(record, body=with_access(record.body, files="restricted", embargo=embargo))
    assert rdm_json(record, NO_FILES)["access"] == {
        "record": "public",
        "files": "restricted",
        "embargo": {"active": True, "until": "2999-01-01", "reason": None},
        "status": "embargoed",
    }


def test_file_lists_have_every_member_that_clients_read() -> None:
    listed = files_json(full_record(), full_record().files, EVERYBODY)
    assert listed["links"] == {
        "self": f"{BASE}/api/records/124/files",
        "archive": f"{BASE}/api/records/124/files-archive",
    }
    assert listed["entries"][0] == {
        "key": "data/table 1.csv",
        "created": "2024-05-30T08:00:00.123456+00:00",
        "updated": "2024-05-30T08:00:00.123456+00:00",
        "status": "completed",
        "size": 42,
        "checksum": "md5:0123456789abcdef0123456789abcdef",
        "sha256": "ab" * 32,
        "last_verified": None,
        "verification": "pending",
        "mimetype": "text/csv",
        "metadata": None,
        "access": {"hidden": False},
        "file_id": "5a2f0b9e-0000-4000-8000-000000000001",
        "version_id": "5a2f0b9e-0000-4000-8000-000000000002",
        "bucket_id": "5a2f0b9e-0000-4000-8000-00000000000b",
        "storage_class": "L",
        "transfer": {"type": "L"},
        "links": {
            "self": f"{BASE}/api/records/124/files/data/table%201.csv",
            "content": f"{BASE}/api/records/124/files/data/table%201.csv/content",
        },
    }


def test_a_file_of_a_draft_can_be_committed() -> None:
    draft = make_draft(make_body(), files=(pending_file(),))
    shown = file_json(draft, draft.files[0], OWNER)
    assert shown["links"]["commit"] == f"{BASE}/api/records/124/draft/files/late.bin/commit"
    assert shown["status"] == "pending"
    assert {"size", "checksum"}.isdisjoint(shown)


def test_an_empty_file_has_a_size() -> None:
    draft = make_draft(make_body(), files=(file_entry(size=0),))
    assert file_json(draft, draft.files[0], OWNER)["size"] == 0


@pytest.mark.parametrize(
    ("key", "letters"),
    [
        ("a.CSV", "csv"),
        ("a.tar.gz", "gz"),
        ("folder.d/README", ""),
        (".bashrc", ""),
        (".config.json", "json"),
        ("a.", ""),
    ],
)
def test_extensions(key: str, letters: str) -> None:
    assert extension(key) == letters
