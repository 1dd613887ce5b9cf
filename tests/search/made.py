"""Records made up for tests of the index, and a short way to ask it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from baton.files.entry import NO_FILES, FileEntry, Totals
from baton.records.record import Record
from baton.search.backend import Backend, SearchRequest
from baton.search.query import parse

START = datetime(2024, 3, 1, 12, tzinfo=UTC)
ALICE, BOB = 1, 2


def person(name: str, **more: Any) -> dict[str, Any]:
    family, _, given = name.partition(", ")
    who = {"type": "personal", "name": name, "family_name": family, "given_name": given}
    identifiers = [{"scheme": "orcid", "identifier": more["orcid"]}] if "orcid" in more else []
    affiliations = [{"name": more["affiliation"]}] if "affiliation" in more else []
    return {"person_or_org": {**who, "identifiers": identifiers}, "affiliations": affiliations}


def file_named(key: str, size: int = 10) -> FileEntry:
    return FileEntry(
        id=key,
        key=key,
        status="completed",
        size=size,
        md5="0123456789abcdef0123456789abcdef",
        sha256="ab" * 32,
        crc32=1,
        mimetype="text/csv",
        version_id=key,
        created_at=START,
        updated_at=START,
    )


def make_record(number: int, **changes: Any) -> Record:
    """A published, public version; `metadata`, `access` and `custom_fields` are added to what is there."""
    metadata = {
        "title": f"Record {number}",
        "publication_date": "2020-05-17",
        "resource_type": {"id": "dataset"},
        "creators": [person("Doe, Jane")],
        **changes.pop("metadata", {}),
    }
    access = {"record": "public", "files": "public", "embargo": {"active": False}, **changes.pop("access", {})}
    record = Record(
        id=number,
        work_id=number + 1_000_000,
        owner_id=ALICE,
        bucket_id=str(number),
        version_index=1,
        revision=1,
        is_draft=False,
        is_published=True,
        is_latest=True,
        latest_id=number,
        concept_doi=f"10.5072/baton.{number + 1_000_000}",
        created_at=START + timedelta(hours=number),
        updated_at=START + timedelta(hours=number),
        published_at=START + timedelta(hours=number),
        body={
            "metadata": metadata,
            "custom_fields": changes.pop("custom_fields", {}),
            "access": access,
            "pids": {"doi": {"identifier": f"10.5072/baton.{number}", "provider": "local"}},
            "files": {"enabled": True, "default_preview": None, "order": []},
        },
        files=(),
        totals=NO_FILES,
    )
    files = changes.get("files", ())
    return replace(record, totals=Totals.of(files), **changes)


def make_draft(number: int, **changes: Any) -> Record:
    """The open draft of a version that was never published."""
    unpublished: dict[str, Any] = {"is_published": False, "is_latest": False, "latest_id": None, "published_at": None}
    return make_record(number, **{"is_draft": True, **unpublished, **changes})


def ask(backend: Backend, text: str = "", **more: Any) -> list[int]:
    """The numbers of what a query finds, in ascending order."""
    request = SearchRequest(tree=parse(text).tree, size=1000, **more)
    result = backend.search(request)
    assert result.total == len(result.hits)
    return sorted(hit.record_id for hit in result.hits)
