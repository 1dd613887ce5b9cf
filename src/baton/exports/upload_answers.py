"""How far an upload has come, as the doors tell it: in the headers of tus and of the IETF's draft, and as JSON."""

import base64
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from baton.files.entry import FileEntry
from baton.files.rules import Limits
from baton.kernel import clock
from baton.uploads.entry import COMPLETE, Upload

# What scripts of other sites may read of an answer.
UPLOAD_HEADERS = [
    "Last-Verified",
    "Repr-Digest",
    "Tus-Checksum-Algorithm",
    "Tus-Extension",
    "Tus-Max-Size",
    "Tus-Resumable",
    "Tus-Version",
    "Upload-Complete",
    "Upload-Concat",
    "Upload-Defer-Length",
    "Upload-Expires",
    "Upload-Length",
    "Upload-Limit",
    "Upload-Metadata",
    "Upload-Offset",
]


def upload_url(upload: Upload, base_url: str) -> str:
    """Where an upload goes on."""
    return f"{base_url}/api/records/{upload.record_id}/draft/uploads/{upload.id}"


def location_of(upload: Upload, base_url: str) -> dict[str, str]:
    """The same for `Location`, without scheme and host: behind a proxy, clients know those better than we do."""
    return {"Location": upload_url(upload, urlsplit(base_url).path)}


def state_of(upload: Upload) -> dict[str, str]:
    """How far an upload has come."""
    shown = {
        "Upload-Offset": str(upload.offset),
        "Upload-Complete": "?1" if upload.state == COMPLETE else "?0",
        "Upload-Expires": format_datetime(upload.expires_at, usegmt=True),
        "Cache-Control": "no-store",
    }
    if upload.length is not None:
        shown["Upload-Length"] = str(upload.length)
    elif upload.state != COMPLETE:
        shown["Upload-Defer-Length"] = "1"
    for name in ("upload-metadata", "upload-concat"):
        if name in upload.said:
            shown[name.title()] = upload.said[name]
    return shown


def limits_of(limits: Limits, upload: Upload | None = None) -> dict[str, str]:
    """`Upload-Limit`: how much may come, and for how long it is kept."""
    known = [f"max-size={limits.largest}"]
    if upload is not None:
        known.append(f"max-age={max(0, int((upload.expires_at - clock.now()).total_seconds()))}")
    return {"Upload-Limit": ", ".join(known)}


def upload_json(upload: Upload, base_url: str) -> dict[str, Any]:
    """One upload, as lists and answers show it."""
    return {
        "id": upload.id,
        "key": upload.key,
        "state": upload.state,
        "offset": upload.offset,
        "length": upload.length,
        "created": upload.created_at.isoformat(),
        "expires": upload.expires_at.isoformat(),
        "links": {"self": upload_url(upload, base_url)},
    }


def waiting_for_more(upload: Upload | None, limits: Limits, base_url: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Body and headers for somebody whose file is not whole yet; with no upload, nothing of it is there."""
    if upload is None:
        return {"state": "open", "offset": 0}, {"Upload-Offset": "0", "Upload-Complete": "?0"} | limits_of(limits)
    headers = state_of(upload) | limits_of(limits, upload) | location_of(upload, base_url)
    return upload_json(upload, base_url), headers


def receipt(entry: FileEntry) -> dict[str, str]:
    """Digests of what is stored (RFC 9530) and when it was read back, for answers that have no body to say them in."""
    named = {"sha-256": entry.sha256, "md5": entry.md5}
    return {
        "Repr-Digest": ", ".join(
            f"{name}=:{base64.b64encode(bytes.fromhex(digest)).decode()}:" for name, digest in named.items() if digest
        ),
        "Last-Verified": entry.verified_at.isoformat() if entry.verified_at else "pending",
    }
