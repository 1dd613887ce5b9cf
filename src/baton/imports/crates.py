"""Drafts of whole crates: what the metadata say, and every file."""

from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack
from functools import partial
from itertools import islice

from anyio import CancelScope, to_thread

from baton.accounts.actor import Actor
from baton.exports.crate_preview import PREVIEW, is_preview_as_written
from baton.exports.ro_crate import METADATA_FILE, is_as_written
from baton.files.commands import put_file
from baton.files.queries import Quotas
from baton.files.rules import Limits
from baton.files.upload import WRITERS, receive
from baton.identifiers.policy import DoiPolicy
from baton.imports.commands import save_draft_of
from baton.imports.crate_zip import CrateZip, Member
from baton.imports.parse import parse_json
from baton.imports.ro_crate import from_ro_crate
from baton.imports.values import listed
from baton.kernel.db import Database
from baton.records.commands import drafts
from baton.records.commands.drafts import Saved
from baton.records.queries import get_fillable_draft
from baton.storage.content import ContentStore, Stored

LARGEST_PREVIEW = 16 << 20  # bytes
AT_ONCE = 50  # files that get their names in one transaction


async def create_draft_of_crate(
    database: Database,
    store: ContentStore,
    quotas: Quotas,
    policy: DoiPolicy,
    actor: Actor,
    content: AsyncIterator[bytes],
    most: int,
) -> Saved:
    """A new draft of the ZIP file that comes; its metadata may have `most` bytes.

    The archive is looked through as a whole before anything is unpacked. Whatever fails, no draft is left; a crash
    leaves one without a title, as in the middle of any upload. The archive itself goes with the next sweep.
    """
    filling = _Filling(database, store, quotas, policy, actor)
    limits = await to_thread.run_sync(filling.begin)
    try:
        async with receive(content, store, check_size=limits.check_size) as stored:
            return await to_thread.run_sync(partial(filling.fill, stored.sha256, most), limiter=WRITERS)
    except BaseException:
        with CancelScope(shield=True):
            await to_thread.run_sync(filling.give_up)
        raise


class _Filling:
    """A draft while it is being filled. Everything blocks."""

    def __init__(
        self, database: Database, store: ContentStore, quotas: Quotas, policy: DoiPolicy, actor: Actor
    ) -> None:
        self._database = database
        self._store = store
        self._quotas = quotas
        self._policy = policy
        self._actor = actor
        self._number = 0

    def begin(self) -> Limits:
        """Make the draft; returns what its files may have."""
        with self._database.write() as connection:
            self._number = drafts.create_draft(connection, self._actor, self._policy, {}).record.id
            return self._quotas.limits(connection, self._number)

    def fill(self, sha256: str, most: int) -> Saved:
        """Unpack the stored archive into the draft, and let the draft say what the metadata say."""
        with self._database.read() as connection:
            limits = self._quotas.limits(connection, self._number)
        with self._store.open(sha256) as handle:
            crate = CrateZip(handle, limits)
            document = parse_json(crate.metadata(most))
            found = from_ro_crate(document)
            needed = crate.members
            if is_as_written(listed(document.get("@graph"))):
                needed = [member for member in needed if not _is_made(crate, member)]
            self._unpack(crate, needed)
        with self._database.write() as connection:
            return save_draft_of(connection, self._actor, self._policy, self._number, found)

    def give_up(self) -> None:
        """Leave nothing."""
        with self._database.write() as connection:
            drafts.discard(connection, self._actor, self._number)

    def _unpack(self, crate: CrateZip, members: Iterable[Member]) -> None:
        waiting = iter(members)
        while some := list(islice(waiting, AT_ONCE)):
            # Until their writers are closed no sweep takes the contents.
            with ExitStack() as writers:
                stored = [(member.key, self._stored(crate, member, writers)) for member in some]
                with self._database.write() as connection:
                    draft = get_fillable_draft(connection, self._actor, self._number)
                    for key, content in stored:
                        put_file(connection, draft.id, key, content, self._quotas)

    def _stored(self, crate: CrateZip, member: Member, writers: ExitStack) -> Stored:
        writer = writers.enter_context(self._store.writer())
        for data in crate.content(member):
            writer.write(data)
        return writer.finish()


def _is_made(crate: CrateZip, member: Member) -> bool:
    """Whether a file of a crate that was written here was made for it: it would soon say what is no longer true."""
    if member.key == PREVIEW and member.entry.file_size <= LARGEST_PREVIEW:
        return is_preview_as_written(b"".join(crate.content(member)))
    return member.key == METADATA_FILE
