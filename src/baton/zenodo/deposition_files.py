"""`/api/deposit/depositions/{id}/files`: the oldest way to upload, as a form. Routes translate; they decide nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive

from baton.context import NOT_FORGED, Call, CallerDep
from baton.files import commands
from baton.files.errors import UploadInterrupted
from baton.files.queries import EMBEDDED, get_file_by_id, page_of_files
from baton.files.rules import Limits, check_key
from baton.kernel.errors import FieldError, InvalidInput
from baton.kernel.http import JsonResponse, announced_length
from baton.kernel.openapi import answers, streams
from baton.kernel.paging import link_header, page_asked
from baton.records import queries
from baton.storage.content import Stored
from baton.storage.trouble import as_problems
from baton.uploads.whole import received
from baton.zenodo.deposition import deposition_file_json, deposition_files_json
from baton.zenodo.schemas import DepositionFileJson

router = APIRouter(
    prefix="/api/deposit/depositions/{deposition_id}/files", tags=["Depositions"], dependencies=[NOT_FORGED]
)

PIECE = 1 << 20
FORM_BYTES = 100_000  # that a form may have beside its file
_BYTES = {"type": "string", "format": "binary"}
_FORM = {
    "type": "object",
    "properties": {"name": {"description": "The name, if not that of the file."}, "file": _BYTES},
}


@router.get("", operation_id="list_deposition_files", responses=answers(200, list[DepositionFileJson], 403, 404))
def list_deposition_files(call: CallerDep, deposition_id: int) -> Response:
    """The files of a deposition, as a bare list; further pages of a long one are in the `Link` header."""
    with call.read() as tx:
        record = queries.get_draft_or_record(tx.connection, tx.actor, deposition_id)
        address = f"{call.context.site.base_url}{call.request.url.path}"
        page = page_asked(address, call.request.query_params, total=record.totals.count, size=EMBEDDED, most=EMBEDDED)
        entries = page_of_files(tx.connection, record.id, page=page.number, size=page.size)
        return JsonResponse(
            deposition_files_json(record, entries, tx.view(record)), headers={"Link": link_header(page.links)}
        )


@router.post(
    "",
    operation_id="upload_deposition_file",
    status_code=201,
    responses=answers(201, DepositionFileJson, 403, 404, 503, 507),
    openapi_extra=streams("multipart/form-data", _FORM),
)
async def upload_deposition_file(request: Request, call: CallerDep, deposition_id: int) -> Response:
    """Upload one file in a form with the parts `name` and `file`."""
    limits = await run_in_threadpool(_limits, call, deposition_id)
    async with _form(request, limits) as form:
        upload, name = form.get("file"), form.get("name")
        if not isinstance(upload, UploadFile):
            message = "Send the file in a form part called `file`."
            raise InvalidInput(message, errors=[FieldError("file", message, "required")])
        key = check_key(str(name or upload.filename or ""))
        async with received(call.context.uploads, _pieces(upload), deposition_id, key) as stored:
            return await run_in_threadpool(_put, call, deposition_id, key, stored)


@asynccontextmanager
async def _form(request: Request, limits: Limits) -> AsyncIterator[FormData]:
    """The form, once all of it has come; until then its file grows in a temporary one, no longer than a file may be."""
    limits.check_size(announced_length(request) - FORM_BYTES)
    try:
        with as_problems():
            form = await Request(request.scope, _measured(request.receive, limits)).form(max_files=1, max_fields=20)
    except ClientDisconnect:
        raise UploadInterrupted("The connection ended before the file did; nothing was kept.") from None
    try:
        yield form
    finally:
        await form.close()


def _measured(take: Receive, limits: Limits) -> Receive:
    size = -FORM_BYTES

    async def measure() -> Message:
        nonlocal size
        message = await take()
        size += len(message.get("body", b""))
        limits.check_size(size)
        return message

    return measure


async def _pieces(upload: UploadFile) -> AsyncIterator[bytes]:
    while piece := await upload.read(PIECE):
        yield piece


def _limits(call: Call, deposition_id: int) -> Limits:
    """How large a file may be; and whether one may come at all, before its bytes flow."""
    with call.read() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, deposition_id)
        return call.context.quotas.limits(tx.connection, draft.id)


def _put(call: Call, deposition_id: int, key: str, stored: Stored) -> Response:
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, deposition_id)
        entry = commands.put_file(tx.connection, draft.id, key, stored, call.context.quotas)
        return JsonResponse(deposition_file_json(draft, entry, tx.view(draft)), 201)


@router.get("/{file_id}", operation_id="get_deposition_file", responses=answers(200, DepositionFileJson, 403, 404))
def get_deposition_file(call: CallerDep, deposition_id: int, file_id: str) -> Response:
    """One file of a deposition."""
    with call.read() as tx:
        record = queries.get_draft_or_record(tx.connection, tx.actor, deposition_id)
        return JsonResponse(
            deposition_file_json(record, get_file_by_id(tx.connection, record.id, file_id), tx.view(record))
        )


@router.delete(
    "/{file_id}", operation_id="delete_deposition_file", status_code=204, responses=answers(204, None, 403, 404)
)
def delete_deposition_file(call: CallerDep, deposition_id: int, file_id: str) -> Response:
    """Take one file off a deposition."""
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, deposition_id)
        commands.delete_file(tx.connection, draft.id, get_file_by_id(tx.connection, draft.id, file_id).key)
        return Response(status_code=204)
