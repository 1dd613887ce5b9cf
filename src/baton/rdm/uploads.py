"""Uploads that can be taken up again: tus 1.0, and the addresses to which the IETF's resumable uploads lead.

A draft has one address at which tus uploads begin; each upload, through whatever door it came, has its own below. Both
protocols speak of the same uploads, and `Content-Type` tells their bytes apart.
"""

from collections.abc import Callable, Mapping
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from baton.context import NOT_FORGED, Call, CallerDep, Transaction
from baton.exports.file_json import file_json
from baton.exports.upload_answers import limits_of, location_of, receipt, state_of, upload_json
from baton.files.rules import Limits, check_said_once
from baton.files.upload import WRITERS
from baton.kernel.errors import MethodNotAllowed, PermissionDenied
from baton.kernel.http import JsonResponse, is_head
from baton.kernel.openapi import REFUSED_UPLOADS, answers
from baton.rdm.schemas import FileJson, UploadJson, UploadsJson
from baton.records import queries
from baton.uploads import rules
from baton.uploads.commands import begin_upload, complete_upload, use_pieces
from baton.uploads.concatenate import concatenated
from baton.uploads.engine import Append, Appended, check_open
from baton.uploads.entry import COMPLETE, OPEN, Upload
from baton.uploads.errors import InvalidUpload, UnsupportedBody, UnsupportedVersion, UploadOver
from baton.uploads.queries import get_upload, list_uploads
from baton.uploads.receive import append

NO_CONTENT = 204
TUS_VERSION = "1.0.0"
TUS_BODY = "application/offset+octet-stream"
HTTP_BODY = "application/partial-upload"
EXTENSIONS = "creation,creation-defer-length,creation-with-upload,checksum,termination,expiration,concatenation"
TUS = "tus"  # the door

_BYTES = {"schema": {"type": "string", "format": "binary"}}
_BODIES = {"requestBody": {"content": {TUS_BODY: _BYTES, HTTP_BODY: _BYTES}}}


class _TusRoute(APIRoute):
    """A route whose every answer, refusals too, names the version of tus that it speaks."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401  FastAPI's own
        super().__init__(path, endpoint, **options)
        answer = self.app

        async def named(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_named(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message["headers"], (b"tus-resumable", TUS_VERSION.encode())]
                await send(message)

            await answer(scope, receive, send_named)

        self.app = named


async def _said_once(request: Request) -> None:
    check_said_once(request.headers)


router = APIRouter(
    prefix="/api/records/{record_id}/draft/uploads",
    tags=["Uploads"],
    dependencies=[NOT_FORGED, Depends(_said_once)],
    route_class=_TusRoute,
)


def _ask(call: Call, record_id: int) -> Response:
    limits = _limits(call, record_id)
    headers = {
        "Tus-Version": TUS_VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(limits.largest),
        "Tus-Checksum-Algorithm": ",".join(sorted(rules.CHECKSUMS)),
        "Accept-Patch": f"{HTTP_BODY}, {TUS_BODY}",
        **limits_of(limits),
    }
    return Response(status_code=204, headers=headers)


@router.api_route(
    "", methods=["OPTIONS"], operation_id="ask_uploads", status_code=204, responses=answers(204, None, 404)
)
def ask_uploads(call: CallerDep, record_id: int) -> Response:
    """What this server can do with uploads."""
    return _ask(call, record_id)


@router.api_route(
    "/{upload_id}", methods=["OPTIONS"], operation_id="ask_upload", status_code=204, responses=answers(204, None, 404)
)
def ask_upload(call: CallerDep, record_id: int, upload_id: str) -> Response:
    """What this server can do with an upload."""
    del upload_id
    return _ask(call, record_id)


@router.get("", operation_id="list_uploads", responses=answers(200, UploadsJson, 403, 404))
def list_unfinished(call: CallerDep, record_id: int) -> Response:
    """The uploads to a draft that are not finished, and how far each has come."""
    with call.read() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        found = [upload_json(upload, call.base_url) for upload in list_uploads(tx.connection, draft.id)]
        return JsonResponse({"entries": found, "total": len(found)})


@router.post(
    "",
    operation_id="begin_upload",
    status_code=201,
    responses=answers(201, FileJson, *REFUSED_UPLOADS),
    openapi_extra=_BODIES,
)
async def begin(request: Request, call: CallerDep, record_id: int) -> Response:
    """Begin a tus upload: `Upload-Length`, and the name in `Upload-Metadata`; the body may bring the first bytes."""
    _check_version(request, required=True)
    concat = request.headers.get("upload-concat", "")
    chunk, size = rules.chunk_of(request.headers), rules.number(request.headers, "content-length")
    if concat.startswith("final;"):
        if size or "transfer-encoding" in request.headers:
            raise InvalidUpload("An upload that is put together of pieces has no bytes of its own: leave them out.")
        return await to_thread.run_sync(_join, call, record_id, request.headers, limiter=WRITERS)
    if concat not in {"", "partial"}:
        raise InvalidUpload("Upload-Concat must be `partial`, or `final;` and the addresses of the pieces.")
    if size and request.headers.get("content-type") != TUS_BODY:
        raise UnsupportedBody(f"The first bytes of an upload come as {TUS_BODY}.")
    upload = await run_in_threadpool(_begin, call, record_id, request.headers, size)
    what = Append(offset=0, size=size, chunk=chunk)
    async with append(call.context.uploads, request.receive, upload, what) as appended:
        limits = await run_in_threadpool(_limits, call, record_id)
        headers = limits_of(limits, upload) | _location(call, upload)
        if appended.stored is None:
            return Response(status_code=201, headers=headers | state_of(appended.upload))
        return await run_in_threadpool(_completed, call, appended, 201, headers)


def _begin(call: Call, record_id: int, headers: Headers, size: int | None) -> Upload:
    length = rules.number(headers, "upload-length")
    if (length is None) == (headers.get("upload-defer-length") is None):
        raise InvalidUpload("Say either Upload-Length, or `Upload-Defer-Length: 1` when it is not known yet.")
    if headers.get("upload-defer-length", "1") != "1":
        raise InvalidUpload("Upload-Defer-Length can only be 1.")
    is_piece = headers.get("upload-concat") == "partial"
    words = rules.said(headers.get("upload-metadata", ""))
    key = None if is_piece else rules.key_of(words)
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        return begin_upload(
            tx.connection,
            draft.id,
            TUS,
            key,
            call.context.uploads,
            length=length,
            least=size,
            digests=rules.whole_digests(headers),
            said=_said_in(headers),
        )


def _said_in(headers: Headers) -> dict[str, str]:
    """What the client wants to be told again."""
    return {name: headers[name] for name in ("upload-metadata", "upload-concat") if name in headers}


def _join(call: Call, record_id: int, headers: Headers) -> Response:
    """Put an upload together of pieces that have come."""
    ids = rules.pieces_of(headers["upload-concat"].removeprefix("final;"))
    key = rules.key_of(rules.said(headers.get("upload-metadata", "")))
    if "upload-length" in headers:
        raise InvalidUpload("The length of an upload in pieces is theirs: leave Upload-Length out.")
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        pieces = [get_upload(tx.connection, draft.id, number) for number in ids]
        length = rules.length_of_pieces(pieces)
        upload = begin_upload(
            tx.connection, draft.id, TUS, key, call.context.uploads, length=length, said=_said_in(headers), pieces=ids
        )
    with concatenated(call.context.uploads, upload, pieces) as appended:
        answer = _completed(
            call, appended, 201, _location(call, upload), also=lambda tx: use_pieces(tx.connection, pieces)
        )
    for piece in pieces:
        call.context.uploads.staging.discard(piece.id)
    return answer


@router.get("/{upload_id}", operation_id="get_upload", responses=answers(200, UploadJson, *REFUSED_UPLOADS))
async def get_one(request: Request, call: CallerDep, record_id: int, upload_id: str) -> Response:
    """How far an upload has come. To ask with HEAD ends the request that is at work on it, so that it stays true."""
    _check_version(request, required=False)
    upload = await run_in_threadpool(_look, call, record_id, upload_id, is_last=is_head(request))
    if is_head(request) and upload.state != COMPLETE:
        check_open(upload)  # to an answer of 410, clients begin anew by themselves
    if is_head(request) and upload.state == OPEN and upload.is_whole and upload.key is not None:
        # All of it came, and the server was stopped before it had a name.
        async with append(call.context.uploads, request.receive, upload, Append(offset=upload.offset)) as appended:
            if appended.stored is not None:
                return await run_in_threadpool(_completed, call, appended, 200, state_of(upload))
    limits = await run_in_threadpool(_limits, call, record_id)
    shown = state_of(upload) | limits_of(limits, upload)
    return JsonResponse(upload_json(upload, call.base_url), headers=shown)


def _look(call: Call, record_id: int, upload_id: str, *, is_last: bool) -> Upload:
    with call.read() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        upload = get_upload(tx.connection, draft.id, upload_id)
    return call.context.uploads.look(record_id, upload_id) if is_last else upload


@router.patch(
    "/{upload_id}",
    operation_id="append_to_upload",
    status_code=204,
    responses={**answers(200, FileJson, *REFUSED_UPLOADS), **answers(204, None)},
    openapi_extra=_BODIES,
)
async def add(request: Request, call: CallerDep, record_id: int, upload_id: str) -> Response:
    """Go on with an upload at `Upload-Offset`. What came is kept even when the connection breaks."""
    kind = request.headers.get("content-type", "")
    if kind not in {TUS_BODY, HTTP_BODY}:
        raise UnsupportedBody(f"An upload goes on with a body of {TUS_BODY} or {HTTP_BODY}.")
    is_tus = kind == TUS_BODY
    _check_version(request, required=is_tus)
    upload = await run_in_threadpool(_look, call, record_id, upload_id, is_last=False)
    if str(upload.said.get("upload-concat", "")).startswith("final;"):
        raise PermissionDenied("An upload that was put together of pieces takes no bytes of its own.")
    offset, size = rules.number(request.headers, "upload-offset"), rules.number(request.headers, "content-length")
    if is_tus and upload.state == COMPLETE and offset == upload.offset and size == 0:
        return Response(status_code=204, headers=state_of(upload))
    check_open(upload)
    is_last = not is_tus and rules.flag(request.headers, "upload-complete") is True
    what = Append(
        offset=offset,
        length=rules.same_length(
            rules.number(request.headers, "upload-length"),
            offset + size if is_last and offset is not None and size is not None else None,
        ),
        size=size,
        chunk=rules.chunk_of(request.headers),
        digests=rules.whole_digests(request.headers),
        is_last=is_last,
        waits=not is_tus and not is_last,
    )
    async with append(call.context.uploads, request.receive, upload, what) as appended:
        if appended.stored is None:
            return Response(status_code=204, headers=state_of(appended.upload))
        return await run_in_threadpool(_completed, call, appended, 204 if is_tus else 200)


@router.post(
    "/{upload_id}",
    operation_id="override_method",
    status_code=204,
    responses={**answers(200, FileJson, *REFUSED_UPLOADS), **answers(204, None)},
    openapi_extra=_BODIES,
)
async def override(request: Request, call: CallerDep, record_id: int, upload_id: str) -> Response:
    """`X-HTTP-Method-Override` of PATCH or DELETE, for browsers and proxies that know neither."""
    match request.headers.get("x-http-method-override", "").upper():
        case "PATCH":
            return await add(request, call, record_id, upload_id)
        case "DELETE":
            return await run_in_threadpool(give_up, call, record_id, upload_id)
    raise MethodNotAllowed(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH"])


@router.delete(
    "/{upload_id}", operation_id="cancel_upload", status_code=204, responses=answers(204, None, *REFUSED_UPLOADS)
)
def give_up(call: CallerDep, record_id: int, upload_id: str) -> Response:
    """Give an upload up; its bytes are removed."""
    upload = _look(call, record_id, upload_id, is_last=False)
    if upload.state == COMPLETE:
        raise UploadOver(f'This upload is complete. To remove what came of it, delete the file "{upload.key}".')
    check_open(upload)
    call.context.uploads.give_up(upload)
    return Response(status_code=204)


def _limits(call: Call, record_id: int) -> Limits:
    with call.context.database.read() as connection:
        return call.context.quotas.limits(connection, record_id)


def _location(call: Call, upload: Upload) -> dict[str, str]:
    return location_of(upload, call.base_url)


def _completed(
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
        also(tx)
        entry = complete_upload(tx.connection, appended.upload, appended.stored, call.context.quotas)
        shown = state_of(appended.upload) | {"Upload-Complete": "?1"} | receipt(entry) | dict(headers or {})
        if status == NO_CONTENT:
            return Response(status_code=status, headers=shown)
        return JsonResponse(file_json(draft, entry, tx.view(draft)), status, headers=shown)


def _check_version(request: Request, *, required: bool) -> None:
    version = request.headers.get("tus-resumable")
    if version != TUS_VERSION and (required or version is not None):
        raise UnsupportedVersion(
            f"This server speaks tus {TUS_VERSION}: say so in the header Tus-Resumable.",
            headers={"Tus-Version": TUS_VERSION},
        )
