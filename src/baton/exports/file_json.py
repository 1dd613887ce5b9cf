"""File lists in the RDM dialect: the answers of `/files` and `/draft/files`, the same for every `Accept`."""

from collections.abc import Mapping, Sequence
from typing import Any

from baton.exports.links import file_links, files_url
from baton.exports.view import View
from baton.files.entry import FileEntry, Part
from baton.records.record import Record

MULTIPART = "M"  # the content comes in parts
FETCHED = "F"  # the server fetches the content by itself
STORAGE_CLASS = "L"  # local to this repository, as opposed to files that it only fetches or points at
COMPLETED = "completed"


def file_json(record: Record, entry: FileEntry, view: View) -> dict[str, Any]:
    """One file of a record or draft. What only stored bytes have is left out until they have arrived."""
    files = files_url(record, view.base_url)
    links = file_links(entry, files)
    if record.is_draft:
        links["commit"] = f"{links['self']}/commit"
    answer: dict[str, Any] = {
        "key": entry.key,
        "created": entry.created_at.isoformat(),
        "updated": entry.updated_at.isoformat(),
        "status": entry.status,
        "mimetype": entry.mimetype,
        "metadata": entry.metadata,
        "access": {"hidden": False},
        "file_id": entry.id,
        "version_id": entry.version_id,
        "bucket_id": record.bucket_id,
        "storage_class": STORAGE_CLASS,
        "transfer": {"type": STORAGE_CLASS},
        "links": links,
    }
    if entry.parts is not None and entry.status != COMPLETED:
        answer["transfer"] = {"type": MULTIPART, "parts": entry.parts, "part_size": entry.part_size}
        content = links.pop("content")
        numbers = range(1, entry.parts + 1)
        answer["links"] = {**links, "parts": [{"part": number, "url": f"{content}/{number}"} for number in numbers]}
    if entry.source is not None and entry.status != COMPLETED:
        answer["transfer"] = {"type": FETCHED, "url": entry.source}
        if entry.error is not None:
            answer["transfer"]["error"] = entry.error
    if entry.size is not None:
        answer["size"] = entry.size
    if entry.md5 is not None:
        answer["checksum"] = f"md5:{entry.md5}"
    if entry.sha256 is not None:
        answer |= receipt_json(entry)
    return answer


def parts_json(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The parts of a file that have come."""
    return [
        {
            "part": part.number,
            "size": part.size,
            "checksum": f"md5:{part.md5}",
            "created": part.received_at.isoformat(),
        }
        for part in parts
    ]


def receipt_json(entry: FileEntry) -> dict[str, Any]:
    """What is known of the stored bytes beside size and MD5; `pending`: nobody has read them back yet."""
    was_read = "verified" if entry.verified_at else "pending"
    return {
        "sha256": entry.sha256,
        "last_verified": entry.verified_at.isoformat() if entry.verified_at else None,
        "verification": was_read if entry.state in {None, "whole"} else entry.state,
    }


def files_json(
    record: Record, entries: Sequence[FileEntry], view: View, neighbours: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The list, or a page of it with the addresses of its neighbours. The caller was already allowed to read files."""
    files = files_url(record, view.base_url)
    settings = record.body["files"]
    return {
        "enabled": settings["enabled"],
        "count": record.totals.count,
        "total_bytes": record.totals.bytes,
        "entries": [file_json(record, entry, view) for entry in entries],
        "default_preview": settings.get("default_preview"),
        "order": settings.get("order") or [],
        "links": {"self": files, "archive": f"{files}-archive", **(neighbours or {})},
    }


def embedded_files(record: Record, view: View) -> dict[str, Any]:
    """The `files` member of a record: entries keyed by name, or only whether there may be any."""
    settings = record.body["files"]
    if not view.may_read_files:
        return {"enabled": settings["enabled"], "order": []}
    files = files_url(record, view.base_url)
    return {
        "enabled": settings["enabled"],
        "order": settings.get("order") or [],
        "default_preview": settings.get("default_preview"),
        "count": record.totals.count,
        "total_bytes": record.totals.bytes,
        "entries": {entry.key: _embedded(entry, files) for entry in record.files},
    }


def _embedded(entry: FileEntry, files: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": entry.id,
        "key": entry.key,
        "ext": extension(entry.key),
        "mimetype": entry.mimetype,
        "storage_class": STORAGE_CLASS,
        "metadata": entry.metadata,
        "access": {"hidden": False},
        "links": file_links(entry, files),
    }
    if entry.size is not None:
        shown["size"] = entry.size
    if entry.md5 is not None:
        shown["checksum"] = f"md5:{entry.md5}"
    return shown


def extension(key: str) -> str:
    """The letters after the name's last dot, in small; empty when there is none."""
    name = key.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name.lstrip(".") else ""
