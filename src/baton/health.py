"""How the service is: a quick look for `/health`, and the thorough one of `baton doctor`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from baton.context import Context
from baton.files.checks import fixity, list_bad
from baton.files.compactions import list_failed, list_objects, list_recipes, objects_to_stay
from baton.files.queries import wrong_totals
from baton.kernel import outbox
from baton.kernel.errors import Problem
from baton.kernel.migrations import is_current
from baton.records.queries import count_published, files_without_content, works_out_of_step
from baton.search.backend import Reader, SearchRequest
from baton.search.queries import count_versions, search
from baton.storage.errors import DamagedRecipe
from baton.storage.versions.deflate import is_zlib_itself
from baton.storage.versions.recipe import Recipe

# A worker that is further behind than this is not keeping up.
LAG_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be, and what to do about it."""

    part: str  # database | storage | search | worker
    what: str
    advice: str


def pulse(context: Context) -> Mapping[str, str]:
    """One word for each part, `ok` or what is wrong; costs a few milliseconds."""
    return {
        "database": _database(context),
        "storage": _storage(context),
        "search": _search(context),
        "worker": _worker(context),
    }


def _database(context: Context) -> str:
    try:
        return "ok" if is_current(context.database) else "the tables are out of date: run baton migrate"
    except DBAPIError as error:
        return f"cannot be reached: {error.orig}"


def _storage(context: Context) -> str:
    try:
        context.store.check()
    except Problem as problem:
        return problem.detail
    try:
        with context.database.read() as connection:
            bad = fixity(connection).bad
    except DBAPIError:
        return "ok"
    return f"{bad} contents are damaged or lost: run baton doctor" if bad else "ok"


def _search(context: Context) -> str:
    try:
        context.search.search(SearchRequest(size=1))
    except Problem as problem:
        return "ok" if _has_nothing_to_index(context) else problem.detail
    return "ok"


def _has_nothing_to_index(context: Context) -> bool:
    """A repository in which nothing was ever written has no index yet."""
    try:
        with context.database.read() as connection:
            return count_versions(connection) == 0
    except DBAPIError:
        return False


def _worker(context: Context) -> str:
    try:
        with context.database.read() as connection:
            waiting = outbox.backlog(connection, at_home=True)  # who is away abroad is no fault of ours
    except DBAPIError:
        return "unknown while the database is away"
    if waiting.oldest_seconds > LAG_SECONDS:
        return f"{waiting.waiting} deliveries wait, the oldest for {waiting.oldest_seconds:.0f} seconds"
    return "ok"


def examine(context: Context) -> Iterator[Finding]:
    """Everything that is wrong: rows against bytes against index. Reads the names and sizes of all contents."""
    parts = pulse(context)
    for part, state in parts.items():
        if state != "ok":
            yield Finding(part, state, "The rest of the service goes on; see the log.")
    if parts["database"] != "ok":
        return
    with context.database.read() as connection:
        yield from _rows(connection)
        for due in list_bad(connection):
            yield Finding("storage", f"The content {due.sha256} is {due.state}.", _RESTORE)
        if _is_reachable(context):
            yield from _contents(context, connection)
        waiting = outbox.backlog(connection)
        if waiting.dead:
            yield Finding("worker", f"{waiting.dead} deliveries were given up.", "Try again: baton jobs retry")
    if parts["search"] == "ok":
        yield from _index(context)


_RESTORE = "Restore the content from a backup, then run: baton storage verify"


def _is_reachable(context: Context) -> bool:
    try:
        context.store.check()
    except Problem:
        return False
    return True


def _contents(context: Context, connection: Connection) -> Iterator[Finding]:
    for sha256, size in list_objects(connection):
        stored = context.store.objects.size(sha256)
        if stored != size:
            what = "is missing" if stored is None else f"has {stored} bytes instead of {size}"
            yield Finding("storage", f"The object {sha256} {what}.", _RESTORE)
    yield from _recipes(context, connection)
    for sha256, why in list_failed(connection):
        what = f"The content {sha256} could not be compared with the version before: {why}."
        yield Finding("storage", what, "It can be read as it is. Try again: baton storage compact --retry")


def _recipes(context: Context, connection: Connection) -> Iterator[Finding]:
    deflated = 0
    for sha256, size in list_recipes(connection):
        try:
            recipe = context.store.stored_recipe(sha256)
            fault = _fault_of_recipe(connection, recipe, size)
        except DamagedRecipe as damage:
            recipe, fault = None, f"cannot be followed ({damage.detail})"
        if fault:
            yield Finding("storage", f"The recipe of the content {sha256} {fault}.", "Restore it from a backup.")
        deflated += recipe is not None and bool(recipe.deflated)
    if deflated and not is_zlib_itself():
        what = f"{deflated} contents can only be read with zlib itself, and this process has something else for it."
        yield Finding("storage", what, "Nothing is lost: run Baton with Python's own zlib.")


def _fault_of_recipe(connection: Connection, recipe: Recipe | None, size: int) -> str | None:
    if recipe is None:
        return "is missing"
    if recipe.size != size:
        return f"makes {recipe.size} bytes instead of {size}"
    names = [used.sha256 for used in recipe.objects]
    if not objects_to_stay(connection, names).issuperset(names):
        return "names objects that the database does not know"
    return None


def _rows(connection: Connection) -> Iterator[Finding]:
    for work in works_out_of_step(connection):
        yield Finding("database", f"Work {work} does not point at its newest version.", "Please report this.")
    for number, key in files_without_content(connection):
        yield Finding("database", f"File {key!r} of record {number} is published and has no content.", _RESTORE)
    for number in wrong_totals(connection):
        yield Finding("database", f"Record {number} has miscounted its files.", "Please report this.")


def _index(context: Context) -> Iterator[Finding]:
    with context.database.read() as connection:
        if outbox.pending(connection, "index"):
            return
        published = count_published(connection)
    request = SearchRequest(reader=Reader(is_admin=True), all_versions=True, size=1)
    indexed = search(context.search, context.database, request).total
    with context.database.read() as connection:
        is_still = count_published(connection) == published  # else somebody has just published
    if indexed != published and is_still:
        yield Finding("search", f"{published} versions are published and {indexed} are indexed.", "Run: baton reindex")
