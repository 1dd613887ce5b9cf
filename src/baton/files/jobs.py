"""Scheduled work on stored bytes."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice

from sqlalchemy import Connection

from baton.files.commands import forget_contents
from baton.files.compactions import note_recipe, objects_to_stay, recipes_to_stay, with_recipe
from baton.files.queries import referenced
from baton.kernel import clock
from baton.kernel.db import Database
from baton.storage import chunking
from baton.storage.content import ContentStore, Swept
from baton.storage.errors import DamagedRecipe, OtherZlib
from baton.storage.versions import recipe as recipes
from baton.storage.versions.reading import require_zlib
from baton.storage.versions.store import VersionedStore

log = logging.getLogger(__name__)

# Notes that are asked about at once.
ASKED_AT_ONCE = 500


def sweep_contents(database: Database, store: VersionedStore, grace: timedelta) -> Swept:
    """Remove bytes that nothing has needed for `grace`: deleted files, refused uploads, remains of crashes.

    A content that has become a recipe loses its own object in the same way, when the recipe is as old as that.
    """
    older_than = clock.now() - grace
    _take_back_recipes(database, store)
    with database.write() as connection:
        forget_contents(connection, older_than)

    def known(names: list[str]) -> set[str]:
        with database.read() as connection:
            stay = objects_to_stay(connection, names)
            made = with_recipe(connection, names) - stay
            # Until it is old, a back-up of the database may be on its way that does not know of the recipe.
            old = with_recipe(connection, list(made), made_before=older_than)
            return stay | made - {name for name in old if _can_be_made(connection, store, name)}

    swept = store.sweep(known, older_than)
    _tidy_notes(database, store, recipes.NOTES, recipes_to_stay)
    _tidy_notes(database, store, chunking.NOTES, referenced)
    log.info("storage swept", extra={"contents": swept.contents, "leftovers": swept.leftovers, "bytes": swept.bytes})
    return swept


def sweep_replica(database: Database, replica: ContentStore, grace: timedelta) -> Swept:
    """Remove the copies of contents that nothing names any more."""

    def known(names: list[str]) -> set[str]:
        with database.read() as connection:
            return referenced(connection, names)

    return replica.sweep(known, clock.now() - grace)


def _take_back_recipes(database: Database, store: VersionedStore) -> None:
    """Let a database that was restored, and is older than some recipes, know those that its contents depend on."""
    for batch in _batches(store.walk_notes(recipes.NOTES)):
        with database.read() as connection:
            without = referenced(connection, batch) - with_recipe(connection, batch)
        for sha256 in sorted(without):
            if store.objects.exists(sha256):
                continue
            try:
                recipe = store.stored_recipe(sha256)
            except DamagedRecipe:
                log.exception("recipe cannot be used", extra={"content": sha256})
                continue
            if recipe is not None:
                with database.write() as connection:
                    note_recipe(connection, recipe, len(recipes.write(recipe)))
                log.warning("recipe taken back", extra={"content": sha256})


def _batches(names: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(names, ASKED_AT_ONCE)):
        yield batch


def _can_be_made(connection: Connection, store: ContentStore, sha256: str) -> bool:
    """Whether the recipe of a content is there, and names nothing that is to go. Asked before its own object goes."""
    try:
        recipe = recipes.read(store.get_note(recipes.NOTES, sha256) or b"")
        if recipe.deflated:
            require_zlib()
    except (DamagedRecipe, OtherZlib):
        log.exception("recipe cannot be used, the object stays", extra={"content": sha256})
        return False
    objects = {used.sha256 for used in recipe.objects}
    return objects <= objects_to_stay(connection, list(objects))


def _tidy_notes(
    database: Database, store: ContentStore, kind: str, needed: Callable[[Connection, list[str]], set[str]]
) -> None:
    """Remove the notes of contents that are gone."""
    for batch in _batches(store.walk_notes(kind)):
        with database.read() as connection:
            gone = set(batch) - needed(connection, batch)
        for name in sorted(gone):
            store.delete_note(kind, name)
