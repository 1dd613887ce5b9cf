"""What a record must be to be published, and how its next version begins."""

from datetime import UTC, datetime
from typing import Any

from tests.records.metadata_bodies import OWN_PREFIX, TERMS, TODAY, check_here, full, minimal

from baton.files.entry import FileEntry
from baton.kernel.errors import FieldError
from baton.records.record import Body
from baton.records.rules import missing_for_publication, next_version_body

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def make_file(key: str = "a.csv", status: str = "completed") -> FileEntry:
    return FileEntry(
        id="1",
        key=key,
        status=status,
        size=1,
        md5="0" * 32,
        sha256="0" * 64,
        crc32=0,
        mimetype="text/csv",
        version_id="1",
        created_at=NOW,
        updated_at=NOW,
    )


def missing(raw: dict[str, Any], *files: FileEntry) -> dict[str, FieldError]:
    body = check_here(raw).body
    waiting = [file.key for file in files if file.status != "completed"]
    errors = missing_for_publication(body, bool(files), waiting, TERMS, today=TODAY, own_prefix=OWN_PREFIX)
    return {error.field: error for error in errors}


def test_a_complete_record_lacks_nothing() -> None:
    assert missing(minimal(), make_file()) == {}
    assert missing(full(), make_file()) == {}


def test_an_incomplete_draft_is_told_everything_at_once() -> None:
    assert list(missing({})) == [
        "metadata.resource_type",
        "metadata.creators",
        "metadata.title",
        "metadata.publication_date",
        "metadata.publisher",
        "files.enabled",
    ]


def test_what_saving_told_and_kept_is_told_again() -> None:
    raw = minimal()
    raw["metadata"]["creators"].append({"person_or_org": {"type": "organizational"}})
    raw["metadata"]["identifiers"] = [{"identifier": "10.1234/a b", "scheme": "doi"}]
    raw["metadata"]["languages"] = [{"id": "klingon"}]
    raw["access"] = {"files": "restricted", "embargo": {"active": True, "until": "2001-01-01"}}
    raw["pids"] = {"doi": {"provider": "external", "identifier": f"{OWN_PREFIX}/mine"}}
    errors = missing(raw, make_file())
    assert set(errors) == {
        "metadata.creators.1.person_or_org.name",
        "metadata.identifiers.0.identifier",
        "metadata.languages.0.id",
        "access.embargo.until",
        "pids.doi",
    }
    assert set(errors) == {error.field for error in check_here(raw).errors}


def test_a_publisher_is_needed_for_a_doi_of_ours_only() -> None:
    raw = minimal()
    del raw["metadata"]["publisher"]
    assert missing(raw, make_file())["metadata.publisher"].message == (
        "Missing publisher field required for DOI registration."
    )
    raw["pids"] = {"doi": {"provider": "external", "identifier": "10.1234/a"}}
    assert missing(raw, make_file()) == {}


def test_enabled_files_are_there_and_finished() -> None:
    assert list(missing(minimal())) == ["files.enabled"]
    pending = [make_file(f"{number}.csv", "pending") for number in range(7)]
    error = missing(minimal(), make_file(), *pending)["files"]
    assert error.message == (
        "Not all files are uploaded: 0.csv, 1.csv, 2.csv, 3.csv, 4.csv and more. Finish or delete them."
    )


def test_a_record_without_files_needs_none() -> None:
    assert missing(minimal() | {"files": {"enabled": False}}) == {}


def test_the_next_version_begins_today_without_label_doi_and_files() -> None:
    body: Body = check_here(full()).body
    following = next_version_body(body, TODAY)
    assert following["metadata"]["publication_date"] == "2026-11-23"
    assert "version" not in following["metadata"]
    assert following["pids"] == {}
    assert following["files"] == {"enabled": True, "default_preview": None, "order": []}
    assert following["access"] == body["access"]
    assert following["custom_fields"] == body["custom_fields"]
    rest = {"publication_date", "version"}
    assert {k: v for k, v in following["metadata"].items() if k not in rest} == {
        k: v for k, v in body["metadata"].items() if k not in rest
    }
    assert body == full()
    assert check_here(following).errors == ()
