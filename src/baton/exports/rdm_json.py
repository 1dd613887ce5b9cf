"""A record or draft in InvenioRDM's own JSON."""

from typing import Any

from baton.exports.file_json import embedded_files
from baton.exports.links import links
from baton.exports.rdm_metadata import rdm_custom_fields, rdm_metadata
from baton.exports.view import View
from baton.records.record import Record

NO_USE = {"views": 0, "unique_views": 0, "downloads": 0, "unique_downloads": 0, "data_volume": 0}
SETTINGS = {
    "allow_user_requests": False,
    "allow_guest_requests": False,
    "accept_conditions_text": None,
    "secret_link_expiration": 0,
}


def rdm_json(record: Record, view: View) -> dict[str, Any]:
    """The body of `GET /api/records/{id}` and `/draft` for `application/vnd.inveniordm.v1+json`, without `ui`."""
    body = record.body
    answer: dict[str, Any] = {
        "id": str(record.id),
        "created": record.created_at.isoformat(),
        "updated": record.updated_at.isoformat(),
        "revision_id": record.revision,
        "is_published": record.is_published,
        "is_draft": record.is_draft,
        "status": status(record),
        "links": links(record, view.base_url),
        "pids": body["pids"],
        "metadata": rdm_metadata(body["metadata"]),
        "custom_fields": rdm_custom_fields(body["custom_fields"]),
        "access": _access(record),
        "files": embedded_files(record, view),
        "media_files": {"enabled": False, "order": [], "count": 0, "total_bytes": 0, "entries": {}},
        "parent": _parent(record, view),
        "versions": {
            "index": record.version_index,
            "is_latest": record.is_latest,
            "is_latest_draft": record.is_latest or not record.is_published,
        },
        "deletion_status": {"is_deleted": False, "status": "P"},
    }
    if not record.is_draft:
        answer["stats"] = {"this_version": NO_USE, "all_versions": NO_USE}
    return answer


def status(record: Record) -> str:
    """One of published (also an edit of what is), draft, new_version_draft, as InvenioRDM names them."""
    if record.is_published:
        return "published"
    return "draft" if record.version_index == 1 else "new_version_draft"


def _access(record: Record) -> dict[str, Any]:
    access = record.body["access"]
    embargo = {"active": False, "reason": None, **(access.get("embargo") or {})}
    return {**access, "embargo": embargo, "status": record.access_status}


def _parent(record: Record, view: View) -> dict[str, Any]:
    access: dict[str, Any] = {"owned_by": {"user": str(record.owner_id)}, "settings": SETTINGS}
    if view.may_manage:
        access["grants"] = []
        access["links"] = []
    doi = {"identifier": record.concept_doi, "provider": "datacite", "client": "datacite"}
    return {
        "id": str(record.work_id),
        "pids": {"doi": doi} if record.concept_doi else {},
        "access": access,
        "communities": {},
    }
