"""Files that come with the upload form: stored while they arrive, then named in the draft."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from fastapi.concurrency import run_in_threadpool

from baton.accounts.errors import CsrfFailed
from baton.context import Call
from baton.files import commands
from baton.kernel.errors import FieldError, Problem
from baton.records import queries
from baton.records.commands.drafts import create_draft
from baton.storage.content import Stored
from baton.uploads.whole import received
from baton.web.forms.errors import FormInterrupted
from baton.web.forms.multipart import FilePart, Typed
from baton.web.posting import Form, require_own_form

FOLDER = "folder"  # the input that names a folder to put the files into; it stands before them


class Incoming:
    """One sending of the form. Without a number yet, the first file makes the draft that it needs."""

    def __init__(self, call: Call, number: int | None, beginning: Mapping[str, object]) -> None:
        self.call = call
        self.number = number
        self.errors: list[FieldError] = []
        self.refusal: Problem | None = None  # why nothing of the form may be done
        self.stored = 0
        self._beginning = beginning

    def require_own(self, typed: Typed) -> None:
        """Note a refusal unless the form comes from a page of ours; its token stands before everything else."""
        try:
            require_own_form(self.call, Form({"csrf_token": [typed.get("csrf_token")]}))
        except CsrfFailed as problem:
            self.refusal = problem

    def draft_number(self) -> int:
        """The draft's number; makes the draft if there is none. Blocks."""
        if self.number is None:
            with self.call.write() as tx:
                saved = create_draft(tx.connection, tx.actor, self.call.context.dois, self._beginning)
            self.number = saved.record.id
        return self.number

    async def take(self, typed: Typed, part: FilePart) -> None:
        """Store one file. What is wrong with it is told at the end; the rest of the form is read all the same."""
        self.require_own(typed)
        key = key_of(typed.get(FOLDER), part.filename)
        if self.refusal is None:
            await self._store(key, part)

    async def _store(self, key: str, part: FilePart) -> None:
        try:
            number = await run_in_threadpool(self.draft_number)
            await run_in_threadpool(self._require_fillable, number)
            async with received(self.call.context.uploads, part.content, number, key) as stored:
                await run_in_threadpool(self._name, number, key, stored)
        except FormInterrupted:
            raise
        except Problem as problem:
            self.errors.append(FieldError("files", f"{key}: {problem.detail}"))
        else:
            self.stored += 1

    def _require_fillable(self, number: int) -> None:
        """Whether a file may come at all, before its bytes flow."""
        with self.call.read() as tx:
            queries.get_fillable_draft(tx.connection, tx.actor, number)

    def _name(self, number: int, key: str, stored: Stored) -> None:
        with self.call.write() as tx:
            draft = queries.get_fillable_draft(tx.connection, tx.actor, number)
            commands.put_file(tx.connection, draft.id, key, stored, self.call.context.quotas)


def key_of(folder: str, filename: str) -> str:
    """Where the file goes: browsers give the folders of a chosen folder in the name, with either kind of slash."""
    parts = [*folder.split("/"), *filename.replace("\\", "/").split("/")]
    return str(PurePosixPath(*(part for part in parts if part.strip() not in {"", "."})))
