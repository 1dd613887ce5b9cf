"""A record or draft in Zenodo's legacy record JSON: what `GET /api/records/{id}` answers unless asked for more."""

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from baton.exports.legacy import grants, legacy_metadata, licence_name, split_type
from baton.exports.legacy_terms import COMMUNITIES
from baton.exports.links import PATH_SAFE, links
from baton.exports.terms import title
from baton.exports.view import View
from baton.files.entry import FileEntry
from baton.records.record import Record

NO_USE = {
    "downloads": 0,
    "unique_downloads": 0,
    "views": 0,
    "unique_views": 0,
    "volume": 0,
    "version_downloads": 0,
    "version_unique_downloads": 0,
    "version_views": 0,
    "version_unique_views": 0,
    "version_volume": 0,
}
# Legacy object -> its custom field and the members that the legacy schema knows.
GROUPS = {
    "journal": ("journal:journal", ("title", "volume", "issue", "pages", "year")),
    "meeting": (
        "meeting:meeting",
        ("title", "acronym", "dates", "place", "url", "session", "session_part"),
    ),
    "imprint": ("imprint:imprint", ("isbn", "place")),
    "part_of": ("imprint:imprint", ("title", "pages")),
    "thesis": ("thesis:thesis", ("university",)),
}


def zenodo_json(record: Record, view: View) -> dict[str, Any]:
    """The legacy form of 2.4: numeric id, legacy metadata, files as a list; links as in the RDM dialect."""
    addresses = links(record, view.base_url)
    updated = record.updated_at.isoformat()
    answer: dict[str, Any] = {
        "created": record.created_at.isoformat(),
        "modified": updated,
        "id": record.id,
        "conceptrecid": str(record.work_id),
    }
    if record.doi:
        answer["doi"] = record.doi
        answer["doi_url"] = addresses["doi"]
    if record.concept_doi:
        answer["conceptdoi"] = record.concept_doi
    answer["metadata"] = _metadata(record)
    answer["title"] = record.title
    answer["links"] = addresses
    answer["updated"] = updated
    answer["recid"] = str(record.id)
    answer["revision"] = record.revision
    answer["files"] = _files(record.files, addresses["files"]) if view.may_read_files else []
    answer["swh"] = {}
    answer["owners"] = [{"id": str(record.owner_id)}]
    answer["status"] = "draft" if record.is_draft else "published"
    answer["stats"] = NO_USE
    answer["state"] = state(record)
    answer["submitted"] = record.is_published
    return answer


def state(record: Record) -> str:
    """One of unsubmitted, inprogress, done, as both legacy forms have it."""
    if not record.is_published:
        return "unsubmitted"
    return "inprogress" if record.is_draft else "done"


def _files(entries: tuple[FileEntry, ...], files: str) -> list[dict[str, Any]]:
    return [
        {
            "id": entry.id,
            "key": entry.key,
            "size": entry.size,
            "checksum": f"md5:{entry.md5}",
            "links": {"self": f"{files}/{quote(entry.key, safe=PATH_SAFE)}/content"},
        }
        for entry in entries
        if entry.md5 is not None  # content that has not arrived yet has no place in this form
    ]


def _metadata(record: Record) -> dict[str, Any]:
    metadata, custom_fields = record.metadata, record.body["custom_fields"]
    shown = legacy_metadata(record)
    resource_type = (metadata.get("resource_type") or {}).get("id")
    if resource_type:
        shown["resource_type"] = _resource_type(resource_type)
    licence = licence_name(metadata.get("rights") or ())
    if licence:
        shown["license"] = {"id": licence}
    if metadata.get("identifiers"):
        shown["alternate_identifiers"] = [_alternate(one) for one in metadata["identifiers"]]
    if metadata.get("funding") and (awarded := grants(metadata["funding"])):
        shown["grants"] = awarded
    if custom_fields:
        shown.update(_groups(custom_fields, metadata.get("publisher")))
        if custom_fields.get(COMMUNITIES):
            shown["communities"] = [{"id": slug} for slug in custom_fields[COMMUNITIES]]
    shown["relations"] = {
        "version": [
            {
                "index": record.version_index - 1,
                "is_last": record.is_latest,
                "parent": {"pid_type": "recid", "pid_value": str(record.work_id)},
            }
        ]
    }
    return shown


def _groups(custom_fields: dict[str, Any], publisher: str | None) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for group, (field, members) in GROUPS.items():
        stored = custom_fields.get(field)
        if stored and (found := {member: stored[member] for member in members if stored.get(member)}):
            shown[group] = found
    if "imprint" in shown and publisher:
        shown["imprint"]["publisher"] = publisher
    return shown


def _alternate(identifier: dict[str, Any]) -> dict[str, Any]:
    shown = {"identifier": identifier.get("identifier")}
    if identifier.get("scheme"):
        shown["scheme"] = identifier["scheme"]
    return shown


@lru_cache(maxsize=256)
def _resource_type(resource_type: str) -> dict[str, str]:
    """Shared between answers: read it, do not write into it."""
    kind, subtype = split_type(resource_type)
    shown = {"title": title("resourcetypes", resource_type) or resource_type, "type": kind}
    return {**shown, "subtype": subtype} if subtype else shown
