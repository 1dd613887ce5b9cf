"""What the doors of an upload answer: how far it has come, and what it has become."""

import base64
from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from baton.context import Call, Transaction
from baton.exports.file_json import file_json
from baton.files.entry import FileEntry
from baton.kernel import clock
from baton.kernel.http import JsonResponse
from baton.records import queries
from baton.uploads.commands import complete_upload
from baton.uploads.engine import Appended
from baton.uploads.entry import COMPLETE, Upload

# What scripts of other sites may read of an answer.
UPLOAD_HEADERS = [
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


def progress_of(call: Call, upload: Upload) -> dict[str, str]:
    """Where an upload goes on. Without scheme and host: behind a proxy, clients know those better than we do."""
    folder = urlsplit(call.context.site.base_url).path
    return {"Location": f"{folder}/api/records/{upload.record_id}/draft/uploads/{upload.id}"}


def state_of(upload: Upload) -> dict[str, str]:
    """How far an upload has come, in the headers of tus and of the IETF's draft."""
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


def limits(call: Call, upload: Upload | None = None) -> dict[str, str]:
    """`Upload-Limit`: how much may come, and for how long it is kept."""
    known = [f"max-size={min(call.context.limits.max_file_bytes, call.context.limits.max_record_bytes)}"]
    if upload is not None:
        known.append(f"max-age={max(0, int((upload.expires_at - clock.now()).total_seconds()))}")
    return {"Upload-Limit": ", ".join(known)}


def upload_json(call: Call, upload: Upload) -> dict[str, Any]:
    """One upload in a list."""
    return {
        "id": upload.id,
        "key": upload.key,
        "state": upload.state,
        "offset": upload.offset,
        "length": upload.length,
        "created": upload.created_at.isoformat(),
        "expires": upload.expires_at.isoformat(),
        "links": {"self": f"{call.context.site.base_url}/api/records/{upload.record_id}/draft/uploads/{upload.id}"},
    }


def completed(
    call: Call,
    appended: Appended,
    status: int,
    headers: Mapping[str, str] | None = None,
    *,
    also: Callable[[Transaction], None] = lambda _tx: None,
) -> Response:
    """Name the content that has come, and say what it is: as JSON, or with 204 in headers alone."""
    assert appended.stored is not None  # noqa: S101  the caller has looked
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, appended.upload.record_id)
        entry = complete_upload(tx.connection, appended.upload, appended.stored, call.context.limits)
        also(tx)
        shown = state_of(appended.upload) | {"Upload-Complete": "?1"} | receipt(entry) | dict(headers or {})
        if status == NO_CONTENT:
            return Response(status_code=status, headers=shown)
        return JsonResponse(file_json(draft, entry, tx.view(draft)), status, headers=shown)


NO_CONTENT = 204


def receipt(entry: FileEntry) -> dict[str, str]:
    """The digests of what is stored (RFC 9530), for answers that have no body to say them in."""
    named = {"sha-256": entry.sha256, "md5": entry.md5}
    return {
        "Repr-Digest": ", ".join(
            f"{name}=:{base64.b64encode(bytes.fromhex(digest)).decode()}:" for name, digest in named.items() if digest
        )
    }
