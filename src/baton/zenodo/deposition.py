"""Depositions, their files and buckets in the JSON of Zenodo's legacy deposit API."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from baton.exports.file_json import receipt_json
from baton.exports.legacy import grants, legacy_metadata, licence_name, related_identifier, split_type
from baton.exports.legacy_terms import ALTERNATE, COMMUNITIES, CUSTOM_FIELDS
from baton.exports.links import PATH_SAFE, doi_url, file_links, files_url
from baton.exports.view import View
from baton.exports.zenodo_json import state
from baton.files.entry import FileEntry
from baton.identifiers.policy import DoiPolicy
from baton.records.record import Record

# Below `/api/deposit/depositions/{id}`.
DEPOSIT_LINKS = {
    "files": "/files",
    "latest_draft": "",
    "publish": "/actions/publish",
    "edit": "/actions/edit",
    "discard": "/actions/discard",
    "newversion": "/actions/newversion",
}


def deposition_json(record: Record, view: View, policy: DoiPolicy) -> dict[str, Any]:
    """The body of `/api/deposit/depositions/{id}`: a draft, or a published record that has none."""
    answer: dict[str, Any] = {
        "created": record.created_at.isoformat(),
        "modified": record.updated_at.isoformat(),
        "id": record.id,
        "record_id": record.id,
        "conceptrecid": str(record.work_id),
        "owner": record.owner_id,
        "title": record.title,
        "state": state(record),
        "submitted": record.is_published,
        "metadata": _metadata(record, policy),
        "files": deposition_files_json(record, record.files, view) if view.may_read_files else [],
        "links": _links(record, view.base_url),
    }
    # Clients take a DOI up here for a published one; a reserved one is in `metadata`.
    if record.is_published and record.doi:
        answer["doi"] = record.doi
        answer["doi_url"] = doi_url(record.doi)
    if record.concept_doi:
        answer["conceptdoi"] = record.concept_doi
    return answer


def _metadata(record: Record, policy: DoiPolicy) -> dict[str, Any]:
    metadata, custom_fields = record.metadata, record.body["custom_fields"]
    shown = legacy_metadata(record)
    kind, subtype = split_type((metadata.get("resource_type") or {}).get("id", ""))
    if kind:
        shown["upload_type"] = kind
        if subtype:
            shown[f"{kind}_type"] = subtype
    licence = licence_name(metadata.get("rights") or ())
    if licence:
        shown["license"] = licence
    if metadata.get("publisher"):
        shown["imprint_publisher"] = metadata["publisher"]
    if metadata.get("identifiers"):
        others = [{**related_identifier(one), "relation": ALTERNATE} for one in metadata["identifiers"]]
        shown["related_identifiers"] = shown.get("related_identifiers", []) + others
    if metadata.get("funding") and (awarded := grants(metadata["funding"])):
        shown["grants"] = [{"id": grant["internal_id"]} for grant in awarded]
    for name, (field, member) in CUSTOM_FIELDS.items():
        value = (custom_fields.get(field) or {}).get(member)
        if value:
            shown[name] = value
    if custom_fields.get(COMMUNITIES):
        shown["communities"] = [{"identifier": slug} for slug in custom_fields[COMMUNITIES]]
    shown["prereserve_doi"] = {"doi": policy.mint(record.id), "recid": record.id}
    return shown


def _links(record: Record, base_url: str) -> dict[str, str]:
    deposit = _deposit_url(record, base_url)
    page = f"{base_url}/records/{record.id}"
    found = {name: deposit + path for name, path in DEPOSIT_LINKS.items()}
    found["self"] = deposit if record.is_draft else f"{base_url}/api/records/{record.id}"
    found["html"] = found["latest_draft_html"] = f"{base_url}/uploads/{record.id}"
    found["bucket"] = f"{base_url}/api/files/{record.bucket_id}"
    if record.doi:
        found["doi"] = doi_url(record.doi)
    if record.concept_doi:
        found["parent_doi"] = doi_url(record.concept_doi)
    if not record.is_draft:
        found["html"] = page
    if record.is_published:
        found["record"] = f"{base_url}/api/records/{record.id}"
        found["record_html"] = page
        found["latest"] = f"{base_url}/api/records/{record.id}/versions/latest"
        found["latest_html"] = f"{page}/latest"
    return found


def _deposit_url(record: Record, base_url: str) -> str:
    return f"{base_url}/api/deposit/depositions/{record.id}"


def deposition_files_json(record: Record, entries: Sequence[FileEntry], view: View) -> list[dict[str, Any]]:
    """Some files of a deposition as a bare list; what has not arrived yet is not in it."""
    return [deposition_file_json(record, entry, view) for entry in entries if entry.md5 is not None]


def deposition_file_json(record: Record, entry: FileEntry, view: View) -> dict[str, Any]:
    """One file of a deposition; its checksum without the name of the algorithm."""
    return {
        "id": entry.id,
        "filename": entry.key,
        "filesize": entry.size,
        "checksum": entry.md5,
        "links": {
            "self": f"{_deposit_url(record, view.base_url)}/files/{entry.id}",
            "download": file_links(entry, files_url(record, view.base_url))["content"],
        },
    }


def bucket_file_json(record: Record, entry: FileEntry, view: View) -> dict[str, Any]:
    """One file of a bucket, as the answer of its `PUT`; its checksum with the name of the algorithm."""
    own = f"{view.base_url}/api/files/{record.bucket_id}/{quote(entry.key, safe=PATH_SAFE)}"
    return {
        "key": entry.key,
        "mimetype": entry.mimetype,
        "checksum": f"md5:{entry.md5}",
        "version_id": entry.version_id,
        "size": entry.size,
        **receipt_json(entry),
        "created": entry.created_at.isoformat(),
        "updated": entry.updated_at.isoformat(),
        "links": {"self": own, "version": f"{own}?version_id={entry.version_id}", "uploads": f"{own}?uploads=1"},
        "is_head": True,
        "delete_marker": False,
    }
