"""Comparing contents with an earlier version, in the background: what is then kept as a recipe has been read back."""

import logging
from collections.abc import Callable
from datetime import timedelta

from baton.files import compactions
from baton.files.compactions import BaseContent, Claim
from baton.kernel import clock
from baton.kernel.db import Database
from baton.storage import chunking
from baton.storage.chunking import ChunkList, chunk_list, chunks
from baton.storage.errors import DamagedChunkList, StorageFailed, StorageFull
from baton.storage.versions import recipe as recipes
from baton.storage.versions.compaction import KeptWhole, is_too_scattered
from baton.storage.versions.keeping import Earlier, Keeping
from baton.storage.versions.lineage import Base, Lineage
from baton.storage.versions.reading import pieces_of, read_back
from baton.storage.versions.recipe import Recipe, verbatim
from baton.storage.versions.store import VersionedStore

log = logging.getLogger(__name__)

# How often a claim is renewed: several times before it would run out.
RENEWAL = timedelta(minutes=1)

IsOver = Callable[[], bool]


class _Interrupted(Exception):
    """The worker stops."""


class _Overtaken(Exception):
    """Another process has taken over this claim."""


def compact_versions(
    database: Database, store: VersionedStore, most_inflated: int, is_over: IsOver = lambda: False
) -> int:
    """Work off what waits, until nothing is due or `is_over()`; returns how many contents became recipes.

    Up to `most_inflated` bytes of each are then deflated again by whoever reads it.
    """
    work = _Work(database, store, most_inflated, is_over)
    while not is_over():
        with database.read() as connection:
            if not compactions.is_compaction_due(connection):
                break
        with database.write() as connection:
            claim = compactions.claim_compaction(connection)
        if claim is None:
            break
        work.do(claim)
    return work.kept


class _Work:
    """One round: the chunks of an earlier version stay in memory for all contents that are compared with it."""

    def __init__(self, database: Database, store: VersionedStore, most_inflated: int, is_over: IsOver) -> None:
        self._database = database
        self._store = store
        self._most_inflated = most_inflated
        self._is_over = is_over
        self._recipes: dict[str, Recipe] = {}
        self._bases: dict[str, Base] = {}
        self._lineage: tuple[list[BaseContent], Lineage] | None = None
        self._renewed_at = clock.real()
        self.kept = 0

    def do(self, claim: Claim) -> None:
        """Compare one content; whatever goes wrong, it stays readable as it is."""
        self._renewed_at = clock.real()
        try:
            reason = self._compare(claim)
        except _Interrupted:
            with self._database.write() as connection:
                compactions.release(connection, claim)
        except _Overtaken:
            log.warning("compaction overtaken", extra={"content": claim.sha256})
        except Exception as error:
            log.exception("compaction failed, will be tried again", extra={"content": claim.sha256})
            with self._database.write() as connection:
                # A store that is away or full says nothing about this content, so it is never given up for that.
                is_away = isinstance(error, (StorageFailed, StorageFull))
                compactions.postpone(connection, claim, f"{type(error).__name__}: {error}", for_good=not is_away)
        else:
            self.kept += reason is None
            log.info("content compared", extra={"content": claim.sha256, "size": claim.size, "kept_whole": reason})
            if reason is not None:
                with self._database.write() as connection:
                    compactions.refuse(connection, claim, reason)

    def _compare(self, claim: Claim) -> str | None:
        """Make the content a recipe; returns why it stays as it is instead."""
        with self._database.read() as connection:
            bases = [b for b in compactions.list_bases(connection, claim.base_record_id) if b.sha256 != claim.sha256]
            likeliest = compactions.likeliest(connection, claim, bases)
        lineage = self._lineage_of(claim, bases)
        name = likeliest.sha256 if likeliest else ""
        earlier = Earlier(lineage, self._bases.get(name), self._recipes.get(name))
        content = verbatim(claim.sha256, claim.md5, claim.size)
        with Keeping(self._store.objects, content, self._most_inflated, lambda: self._tick(claim)) as work:
            try:
                made = work.make(earlier)
            except KeptWhole as reason:
                return str(reason)
            self._store.put_note(chunking.NOTES, claim.sha256, chunking.encode(made.chunks))
            # Whoever has lost the claim must not replace the recipe of whoever has it.
            self._renew(claim)
            self._store.put_note(recipes.NOTES, claim.sha256, made.text)
            # By the way that readers will go: the recipe as it was stored, not as it is in memory.
            stored = recipes.read(self._store.get_note(recipes.NOTES, claim.sha256) or b"")
            if is_too_scattered(stored, read_back(stored, self._store.objects.open, lambda: self._tick(claim))):
                return "too scattered"
            with self._database.write() as connection:
                return compactions.keep_recipe(connection, claim, stored, len(made.text), made.pack)

    def _tick(self, claim: Claim) -> None:
        if self._is_over():
            raise _Interrupted
        if clock.real() - self._renewed_at > RENEWAL:
            self._renew(claim)

    def _renew(self, claim: Claim) -> None:
        with self._database.write() as connection:
            if not compactions.renew(connection, claim):
                raise _Overtaken
        self._renewed_at = clock.real()

    def _lineage_of(self, claim: Claim, contents: list[BaseContent]) -> Lineage:
        if self._lineage is None or self._lineage[0] != contents:
            self._recipes = {content.sha256: self._recipe(content) for content in contents}
            self._bases = {
                content.sha256: Base(recipe, self._chunks_of(claim, content))
                for content in contents
                if not (recipe := self._recipes[content.sha256]).deflated
            }
            self._lineage = contents, Lineage(list(self._bases.values()))
        return self._lineage[1]

    def _recipe(self, content: BaseContent) -> Recipe:
        # One that is a recipe is taken as such, although its own object may still be there: that is about to go.
        recipe = self._store.stored_recipe(content.sha256) if content.has_recipe else None
        return recipe or verbatim(content.sha256, content.md5, content.size)

    def _chunks_of(self, claim: Claim, content: BaseContent) -> ChunkList:
        encoded = self._store.get_note(chunking.NOTES, content.sha256)
        if encoded is not None:
            try:
                return chunking.decode(encoded)
            except DamagedChunkList:
                log.warning("chunk list damaged, made anew", extra={"content": content.sha256})
        with self._store.open(content.sha256, content.size) as handle:
            listed = chunk_list(chunks(pieces_of(handle, lambda: self._tick(claim))), content.sha256)
        self._store.put_note(chunking.NOTES, content.sha256, chunking.encode(listed))
        return listed
