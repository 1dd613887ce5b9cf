"""`/uploads/import`: a draft out of a file that describes a work already, or out of a whole RO-Crate."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from baton.accounts.actor import WRITE
from baton.accounts.rules import require_login
from baton.context import Call, CallerDep
from baton.imports.commands import create_draft_of
from baton.imports.crates import create_draft_of_crate
from baton.imports.files import read_file
from baton.imports.imported import NOT_CARRIED, Imported
from baton.kernel.errors import InvalidInput, Problem, TooLarge
from baton.records import queries
from baton.records.commands.drafts import Saved
from baton.web.forms.multipart import FilePart, Typed, read_form
from baton.web.forms.shown import REQUIRED
from baton.web.forms.values import values_of
from baton.web.pages.upload_form import beginning, show_draft, show_unstored
from baton.web.posting import Form, redirect, require_own_form

router = APIRouter(include_in_schema=False)

ZIP = b"PK\x03\x04"
NOT_TAKEN = "The draft is filled in, except for these:"


@router.post("/uploads/import")
async def import_upload(request: Request, call: CallerDep) -> Response:
    """Make the draft and lead to it, or show it with what it does not hold."""
    chosen = _Chosen(call, request.app.state.max_json_bytes)
    try:
        await read_form(request, chosen.take, chosen.most)
        if chosen.saved is None:
            chosen.saved = await run_in_threadpool(chosen.described)
    except Problem as problem:
        return await run_in_threadpool(show_unstored, call, problem)
    return await run_in_threadpool(_shown, call, chosen.saved)


def _shown(call: Call, saved: Saved) -> Response:
    errors = [error for error in saved.errors if error.code not in {REQUIRED, NOT_CARRIED}]
    lost = [error for error in saved.errors if error.code == NOT_CARRIED]
    if not errors and not lost:
        return redirect(f"/uploads/{saved.record.id}?done=saved")
    with call.read() as tx:
        draft = queries.get_draft(tx.connection, tx.actor, saved.record.id)
        heading = NOT_TAKEN if errors else ""
        return show_draft(call, tx, draft, values_of(draft.body), errors, heading=heading, lost=lost)


class _Chosen:
    """The file of the form as it comes: a crate becomes a draft at once, anything else is kept to be read."""

    def __init__(self, call: Call, most: int) -> None:
        self.call = call
        self.most = most  # bytes of metadata
        self.saved: Saved | None = None
        self._name = ""
        self._content: bytes | None = None

    async def take(self, typed: Typed, part: FilePart) -> None:
        """Only of a form of ours, by somebody who may deposit."""
        require_own_form(self.call, Form({"csrf_token": [typed.get("csrf_token")]}))
        actor = await run_in_threadpool(self.call.actor)
        require_login(actor, WRITE)
        first = await anext(part.content, b"")
        content = _joined(first, part.content)
        if first.startswith(ZIP):
            context = self.call.context
            self.saved = await create_draft_of_crate(
                context.database, context.store, context.quotas, context.dois, actor, content, self.most
            )
        else:
            self._name = part.filename.replace("\\", "/").rpartition("/")[2]
            self._content = await self._read(content)

    def described(self) -> Saved:
        """A draft of the file; what no file of metadata needs to say, as in an empty form. Blocks."""
        if self._content is None:
            raise InvalidInput("Choose the file that describes your upload, then press the button again.")
        found = read_file(self._name, self._content)
        body = found.body if isinstance(found, Imported) else found
        body["metadata"] = {**beginning(self.call)["metadata"], **body.get("metadata", {})}
        with self.call.write() as tx:
            return create_draft_of(tx.connection, tx.actor, self.call.context.dois, found)

    async def _read(self, content: AsyncIterator[bytes]) -> bytes:
        pieces, size = [], 0
        async for piece in content:
            pieces.append(piece)
            size += len(piece)
            if size > self.most:
                raise TooLarge(f"A file of metadata may have {self.most:,} bytes at most.")
        return b"".join(pieces)


async def _joined(first: bytes, others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in others:
        yield piece
