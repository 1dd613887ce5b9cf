"""Records to export: one with everything, one with next to nothing, one full of what attackers write."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from baton.exports.view import View
from baton.files.entry import FileEntry, Totals
from baton.records.record import Body, Record

BASE = "https://data.example.org"
CREATED = datetime(2024, 5, 30, 8, 0, 0, 123456, tzinfo=UTC)
UPDATED = datetime(2024, 5, 31, 9, 30, tzinfo=UTC)

EVERYBODY = View(BASE, "Example Archive", may_read_files=True, may_manage=False)
OWNER = replace(EVERYBODY, may_manage=True)
NO_FILES = replace(EVERYBODY, may_read_files=False)

HOSTILE = '</script><img src=x onerror=alert(1)> "} @comment{ \\input{x} & % $ # _ ~ ^ \x00\u202e'


def file_entry(key: str = "data/table 1.csv", **changes: Any) -> FileEntry:
    values: dict[str, Any] = {
        "id": "5a2f0b9e-0000-4000-8000-000000000001",
        "key": key,
        "status": "completed",
        "size": 42,
        "md5": "0123456789abcdef0123456789abcdef",
        "sha256": "ab" * 32,
        "crc32": 1,
        "mimetype": "text/csv",
        "version_id": "5a2f0b9e-0000-4000-8000-000000000002",
        "created_at": CREATED,
        "updated_at": CREATED,
    }
    return FileEntry(**{**values, **changes})


def pending_file(key: str = "late.bin") -> FileEntry:
    return file_entry(key, status="pending", size=None, md5=None, sha256=None, crc32=None)


def make_body(
    metadata: dict[str, Any] | None = None,
    *,
    custom_fields: dict[str, Any] | None = None,
    pids: dict[str, Any] | None = None,
    files: dict[str, Any] | None = None,
) -> Body:
    return {
        "metadata": metadata or {},
        "custom_fields": custom_fields or {},
        "access": {"record": "public", "files": "public", "embargo": {"active": False, "reason": None}},
        "pids": pids or {},
        "files": files or {"enabled": True, "default_preview": None, "order": []},
    }


def make_record(body: Body, **changes: Any) -> Record:
    values: dict[str, Any] = {
        "id": 124,
        "work_id": 123,
        "owner_id": 7,
        "bucket_id": "5a2f0b9e-0000-4000-8000-00000000000b",
        "version_index": 1,
        "revision": 3,
        "is_draft": False,
        "is_published": True,
        "is_latest": True,
        "latest_id": 124,
        "concept_doi": "10.5072/baton.123",
        "created_at": CREATED,
        "updated_at": UPDATED,
        "published_at": UPDATED,
        "body": body,
        "files": (file_entry(), file_entry("paper.pdf", mimetype="application/pdf", size=1000)),
    }
    files = changes.get("files", values["files"])
    return Record(**{**values, "totals": Totals.of(files), **changes})


def make_draft(body: Body, **changes: Any) -> Record:
    values: dict[str, Any] = {
        "is_draft": True,
        "is_published": False,
        "is_latest": False,
        "latest_id": None,
        "concept_doi": None,
        "published_at": None,
    }
    return make_record(body, **{**values, **changes})


def with_access(body: Body, **access: Any) -> Body:
    return {**body, "access": {**body["access"], **access}}


def full_metadata() -> dict[str, Any]:
    """Everything that the schema of zenodo-api 2.1 has, in the form in which it is stored."""
    return {
        "resource_type": {"id": "publication-article"},
        "creators": [
            {
                "person_or_org": {
                    "type": "personal",
                    "name": "Nielsen, Lars Holm",
                    "family_name": "Nielsen",
                    "given_name": "Lars Holm",
                    "identifiers": [
                        {"scheme": "orcid", "identifier": "0000-0001-8135-3489"},
                        {"scheme": "gnd", "identifier": "gnd:170118215"},
                    ],
                },
                "role": {"id": "editor"},
                "affiliations": [{"id": "01ggx4157", "name": "CERN"}, {"name": "TU Wien"}],
            },
            {"person_or_org": {"type": "organizational", "name": "Data and Sons"}, "affiliations": [{"name": "CERN"}]},
        ],
        "title": "A study of everything",
        "publication_date": "2024-05-31",
        "publisher": "Example Press",
        "additional_titles": [{"title": "Zweiter", "type": {"id": "subtitle"}, "lang": {"id": "deu"}}],
        "description": "<p>First &amp; last.</p><p>Second <b>one</b>.</p>",
        "additional_descriptions": [
            {"description": "Some notes", "type": {"id": "notes"}},
            {"description": "Our method", "type": {"id": "methods"}, "lang": {"id": "eng"}},
        ],
        "contributors": [
            {
                "person_or_org": {"type": "personal", "family_name": "Doe", "given_name": "Jo", "name": "Doe, Jo"},
                "role": {"id": "datacurator"},
            },
            {
                "person_or_org": {"type": "personal", "family_name": "Roe", "name": "Roe"},
                "role": {"id": "datacollector"},
            },
        ],
        "subjects": [{"subject": "physics"}, {"id": "euroscivoc:1", "subject": "Astronomy", "scheme": "EuroSciVoc"}],
        "dates": [
            {"date": "2018-03-21/2018-03-25", "type": {"id": "collected"}, "description": "Specimens"},
            {"date": "2020", "type": {"id": "valid"}},
        ],
        "languages": [{"id": "eng"}, {"id": "dan"}],
        "identifiers": [{"identifier": "2011ApJS..192...18K", "scheme": "ads"}],
        "related_identifiers": [
            {
                "identifier": "10.1234/foo",
                "scheme": "doi",
                "relation_type": {"id": "issupplementto"},
                "resource_type": {"id": "dataset"},
            },
            {"identifier": "https://example.com/part", "scheme": "url", "relation_type": {"id": "haspart"}},
        ],
        "sizes": ["11 pages"],
        "formats": ["application/pdf"],
        "version": "1.0",
        "rights": [{"id": "cc0-1.0"}, {"title": {"en": "House rules"}, "link": "https://example.com/rules"}],
        "locations": {
            "features": [
                {
                    "place": "London",
                    "description": "A nice place",
                    "geometry": {"type": "Point", "coordinates": [-0.12, 51.5]},
                },
                {
                    "place": "Somewhere",
                    "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 0]]]},
                },
            ]
        },
        "funding": [
            {
                "funder": {"id": "00k4n6c32", "name": "European Commission"},
                "award": {"id": "00k4n6c32::755021", "number": "755021", "title": {"en": "PERSIST"}, "acronym": "P"},
            },
            {"funder": {"name": "Caltech Library"}},
        ],
        "references": [{"reference": "Nielsen et al. (2014)", "identifier": "10.1/x", "scheme": "doi"}],
    }


def full_record(**changes: Any) -> Record:
    body = make_body(
        full_metadata(),
        custom_fields={
            "journal:journal": {
                "title": "Journal of All",
                "volume": "7",
                "issue": "2",
                "pages": "10-20",
                "issn": "1234-5679",
            },
            "meeting:meeting": {"title": "Great Meeting", "acronym": "GM'24", "place": "Geneva", "session_part": "1"},
            "imprint:imprint": {"title": "Big Book", "isbn": "978-3-16-148410-0", "place": "Berlin", "pages": "5-9"},
            "thesis:thesis": {"university": "Uni of Life"},
            "code:codeRepository": "https://example.com/code",
            "code:programmingLanguage": [{"id": "python"}],
            "code:developmentStatus": {"id": "active"},
            "dwc:genus": ["Asynapteron"],
            "legacy:communities": ["c1", "c2"],
            "legacy:subjects": [{"term": "Astronaut", "identifier": "gnd:1", "scheme": "gnd"}],
        },
        pids={"doi": {"identifier": "10.5072/baton.124", "provider": "datacite", "client": "datacite"}},
        files={"enabled": True, "default_preview": "paper.pdf", "order": ["paper.pdf"]},
    )
    return make_record(body, **changes)


def minimal_record(**changes: Any) -> Record:
    metadata = {
        "resource_type": {"id": "dataset"},
        "creators": [{"person_or_org": {"type": "personal", "family_name": "Doe", "name": "Doe"}}],
        "title": "Numbers",
        "publication_date": "2024",
    }
    return make_record(make_body(metadata), files=(), concept_doi=None, **changes)


def empty_draft(**changes: Any) -> Record:
    return make_draft(make_body(), files=(), **changes)


def hostile_record() -> Record:
    """The same nastiness in every text that a depositor may write."""
    metadata = {
        "resource_type": {"id": "publication-article"},
        "creators": [
            {
                "person_or_org": {"type": "personal", "family_name": HOSTILE, "given_name": HOSTILE},
                "affiliations": [{"name": HOSTILE}],
            }
        ],
        "title": HOSTILE,
        "publication_date": HOSTILE,
        "publisher": HOSTILE,
        "description": HOSTILE,
        "version": HOSTILE,
        "subjects": [{"subject": HOSTILE}],
        "languages": [{"id": HOSTILE}],
        "rights": [{"title": {"en": HOSTILE}, "link": "javascript:alert(1)"}],
        "references": [{"reference": HOSTILE}],
        "dates": [{"date": HOSTILE, "type": {"id": HOSTILE}}],
        "related_identifiers": [
            {"identifier": HOSTILE, "scheme": "doi", "relation_type": {"id": "cites"}, "resource_type": {"id": HOSTILE}}
        ],
    }
    custom_fields = {"journal:journal": dict.fromkeys(("title", "volume", "issue", "pages"), HOSTILE)}
    pids = {"doi": {"identifier": f"10.1234/{HOSTILE}", "provider": "external"}}
    return make_record(make_body(metadata, custom_fields=custom_fields, pids=pids), files=(file_entry(HOSTILE),))


def article() -> Record:
    """An article in a journal."""
    metadata = {
        "resource_type": {"id": "publication-article"},
        "title": "A study of everything",
        "creators": [
            {"person_or_org": {"type": "personal", "family_name": "Nielsen", "given_name": "Lars Holm"}},
            {"person_or_org": {"type": "personal", "family_name": "Doe", "given_name": "Jo"}},
        ],
        "publication_date": "2024-05-31",
        "publisher": "Example Press",
    }
    journal = {"title": "Journal of All", "volume": "7", "issue": "2", "pages": "10-20"}
    pids = {"doi": {"identifier": "10.5072/baton.124", "provider": "datacite"}}
    return make_record(make_body(metadata, custom_fields={"journal:journal": journal}, pids=pids))
