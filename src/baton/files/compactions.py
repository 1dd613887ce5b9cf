"""Which contents wait to be compared with an earlier version, which are kept as recipes, and what those need.

A row of `recipes` lets the sweep remove the content's own object. It is written in one transaction with the objects
that the recipe needs, after making sure that every one of them is still to stay: so no object goes that a recipe names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, exists, func, insert, literal, select, update

from baton.files.models import compactions, contents, files, recipe_objects, recipes
from baton.kernel import clock
from baton.kernel.db import insert_into
from baton.storage.versions.recipe import ObjectUsed, Recipe

# Contents that are worth the trouble: smaller ones cost less than what has to be kept about them.
SMALLEST = 128 << 10
# Until when a claim counts unless it is renewed: what a killed process was at, another one takes up after this.
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(hours=1)
# Bytes of an earlier version whose chunks are kept in mind at once; they need 30 bytes in 75,000.
MOST_BASE_BYTES = 512 << 30


@dataclass(frozen=True, slots=True)
class Claim:
    """A content that this process is to compare with the files of `base_record_id`."""

    sha256: str
    md5: str
    size: int
    base_record_id: int
    attempts: int  # grows with each claim, so it tells whether this one still counts


@dataclass(frozen=True, slots=True)
class BaseContent:
    """A content of the earlier version."""

    key: str
    sha256: str
    md5: str
    size: int
    has_recipe: bool


def queue_compactions(connection: Connection, record_id: int, base_record_id: int) -> int:
    """Have the contents that a version does not share with an earlier one compared with it; returns how many."""
    earlier = select(files.c.sha256).where(files.c.record_id == base_record_id, files.c.sha256.is_not(None))
    values: dict[str, Any] = {
        "sha256": contents.c.sha256,
        "base_record_id": literal(base_record_id),
        "due_at": literal(clock.now(), compactions.c.due_at.type),
        "attempts": literal(0),
        "failed": literal(False),
    }
    new = select(*values.values()).where(
        contents.c.sha256.in_(select(files.c.sha256).where(files.c.record_id == record_id)),
        contents.c.sha256.not_in(earlier),
        contents.c.sha256.not_in(select(recipes.c.sha256)),
        contents.c.size >= SMALLEST,
        earlier.exists(),
    )
    queued = insert_into(connection, compactions).from_select(list(values), new).on_conflict_do_nothing()
    return connection.execute(queued).rowcount


def claim_compaction(connection: Connection) -> Claim | None:
    """Take the next content that is due, if there is one. An earlier version's own contents come first."""
    waiting, earlier = compactions.alias(), compactions.alias()
    has_to_wait = exists().where(
        files.c.record_id == waiting.c.base_record_id,
        earlier.c.sha256 == files.c.sha256,
        earlier.c.due_at.is_not(None),
    )
    due = (
        select(waiting.c.sha256)
        .where(waiting.c.due_at <= clock.now(), ~has_to_wait)
        .order_by(waiting.c.base_record_id, waiting.c.sha256)
        .limit(1)
    )
    if connection.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True, of=waiting)
    row = connection.execute(
        update(compactions)
        .where(compactions.c.sha256 == due.scalar_subquery())
        .values(due_at=clock.now() + LEASE, attempts=compactions.c.attempts + 1)
        .returning(compactions.c.sha256, compactions.c.base_record_id, compactions.c.attempts)
    ).first()
    if row is None:
        return None
    known = connection.execute(select(contents.c.md5, contents.c.size).where(contents.c.sha256 == row.sha256)).one()
    return Claim(row.sha256, known.md5, known.size, row.base_record_id, row.attempts)


def is_compaction_due(connection: Connection) -> bool:
    """Whether a claim is worth a transaction."""
    return (
        connection.execute(select(compactions.c.sha256).where(compactions.c.due_at <= clock.now())).first() is not None
    )


def renew(connection: Connection, claim: Claim) -> bool:
    """Go on with a claim; `False` when it does not count any more."""
    return _change(connection, claim, due_at=clock.now() + LEASE)


def release(connection: Connection, claim: Claim) -> None:
    """Leave a content to whoever comes next."""
    _change(connection, claim, due_at=clock.now(), attempts=claim.attempts - 1)


def refuse(connection: Connection, claim: Claim, reason: str) -> None:
    """A content stays as it is."""
    _change(connection, claim, due_at=None, outcome=reason)


def postpone(connection: Connection, claim: Claim, error: str, *, for_good: bool) -> None:
    """Something went wrong: try again later, and `for_good` in the end not any more."""
    is_over = for_good and claim.attempts >= MOST_ATTEMPTS
    pause = min(LONGEST_PAUSE, timedelta(seconds=10 * 2**claim.attempts))
    _change(connection, claim, due_at=None if is_over else clock.now() + pause, outcome=error[:2000], failed=is_over)


def _change(connection: Connection, claim: Claim, **values: Any) -> bool:  # noqa: ANN401  columns
    mine = and_(compactions.c.sha256 == claim.sha256, compactions.c.attempts == claim.attempts)
    return bool(connection.execute(update(compactions).where(mine).values(values)).rowcount)


def keep_recipe(connection: Connection, claim: Claim, recipe: Recipe, size: int, pack: ObjectUsed | None) -> str | None:
    """From now on the content is what its recipe makes; returns why not, if that cannot be.

    `pack` is the object that came with the recipe: its writer is still open. `size` is that of the recipe.
    """
    others = [used for used in recipe.objects if used != pack]
    _lock(connection, [claim.sha256, *(used.sha256 for used in others)])
    if not renew(connection, claim):
        return "somebody else took it over"
    if connection.execute(
        select(recipe_objects.c.sha256).where(recipe_objects.c.object_sha256 == claim.sha256)
    ).first():
        return "other versions are made from it"
    if claim.sha256 in {used.sha256 for used in recipe.objects}:
        return "it would be made from itself"
    gone = {used.sha256 for used in others} - objects_to_stay(connection, [used.sha256 for used in others])
    if gone:
        return f"an earlier object is about to go: {min(gone)}"
    note_recipe(connection, recipe, size)
    return None


def note_recipe(connection: Connection, recipe: Recipe, size: int) -> None:
    """The content is what its recipe, of `size` bytes, makes."""
    connection.execute(insert(recipes).values(sha256=recipe.sha256, size=size, created_at=clock.now()))
    if recipe.objects:
        connection.execute(
            insert(recipe_objects),
            [{"sha256": recipe.sha256, "object_sha256": used.sha256, "size": used.size} for used in recipe.objects],
        )
    connection.execute(delete(compactions).where(compactions.c.sha256 == recipe.sha256))


def _lock(connection: Connection, names: Sequence[str]) -> None:
    """Two who decide about the same objects do it one after the other. On SQLite there is one writer anyway."""
    if connection.dialect.name == "postgresql":
        of_contents = select(contents.c.sha256).where(contents.c.sha256.in_(names)).order_by(contents.c.sha256)
        of_recipes = (
            select(recipe_objects.c.sha256)
            .where(recipe_objects.c.object_sha256.in_(names))
            .order_by(recipe_objects.c.sha256, recipe_objects.c.object_sha256)
        )
        for rows in (of_contents, of_recipes):
            connection.execute(rows.with_for_update())


def objects_to_stay(connection: Connection, names: Sequence[str]) -> set[str]:
    """Those of the objects that contents are, or that recipes need."""
    of_contents = select(contents.c.sha256).where(
        contents.c.sha256.in_(names), ~exists().where(recipes.c.sha256 == contents.c.sha256)
    )
    of_recipes = select(recipe_objects.c.object_sha256).where(recipe_objects.c.object_sha256.in_(names))
    return set(connection.execute(of_contents.union(of_recipes)).scalars())


def with_recipe(connection: Connection, names: Sequence[str], made_before: datetime | None = None) -> set[str]:
    """Those of the contents that are kept as recipes, or that have been since before a moment."""
    found = select(recipes.c.sha256).where(recipes.c.sha256.in_(names))
    if made_before is not None:
        found = found.where(recipes.c.created_at < made_before)
    return set(connection.execute(found).scalars())


def recipes_to_stay(connection: Connection, names: Sequence[str]) -> set[str]:
    """Those of the contents whose recipes are in use, or are being made."""
    being_made = select(compactions.c.sha256).where(compactions.c.sha256.in_(names), compactions.c.due_at.is_not(None))
    in_use = select(recipes.c.sha256).where(recipes.c.sha256.in_(names))
    return set(connection.execute(in_use.union(being_made)).scalars())


def list_bases(connection: Connection, record_id: int) -> list[BaseContent]:
    """The contents of an earlier version that others may be made from, largest first."""
    rows = connection.execute(
        select(
            func.min(files.c.key).label("key"),
            contents.c.sha256,
            contents.c.md5,
            contents.c.size,
            recipes.c.sha256.label("recipe"),
        )
        .select_from(files.join(contents).outerjoin(recipes, recipes.c.sha256 == contents.c.sha256))
        .where(files.c.record_id == record_id, contents.c.size >= SMALLEST)
        .group_by(contents.c.sha256, contents.c.md5, contents.c.size, recipes.c.sha256)
        .order_by(contents.c.size.desc(), contents.c.sha256)
    )
    found: list[BaseContent] = []
    total = 0
    for row in rows:
        total += row.size
        if found and total > MOST_BASE_BYTES:
            break
        found.append(BaseContent(row.key, row.sha256, row.md5, row.size, row.recipe is not None))
    return found


def likeliest(connection: Connection, claim: Claim, bases: Sequence[BaseContent]) -> BaseContent | None:
    """The earlier content that a new one most likely comes from: of the same name, else of its kind and size."""
    names = connection.execute(select(files.c.key).where(files.c.sha256 == claim.sha256)).scalars().all()
    kinds = {PurePosixPath(name).suffix for name in names}

    def distance(base: BaseContent) -> tuple[bool, bool, int]:
        return base.key not in names, PurePosixPath(base.key).suffix not in kinds, abs(base.size - claim.size)

    return min(bases, key=distance, default=None)


def list_recipes(connection: Connection) -> Iterator[tuple[str, int]]:
    """SHA-256 and size of every content that is kept as a recipe."""
    rows = select(recipes.c.sha256, contents.c.size).select_from(recipes.join(contents))
    for row in connection.execution_options(yield_per=1000).execute(rows):
        yield row.sha256, row.size


def list_objects(connection: Connection) -> Iterator[tuple[str, int]]:
    """SHA-256 and size of every object that should be in the store."""
    verbatim: Select[Any] = select(contents.c.sha256, contents.c.size).where(
        ~exists().where(recipes.c.sha256 == contents.c.sha256)
    )
    needed = select(recipe_objects.c.object_sha256, recipe_objects.c.size)
    for row in connection.execution_options(yield_per=1000).execute(verbatim.union(needed)):
        yield row[0], row[1]


def list_failed(connection: Connection) -> list[tuple[str, str]]:
    """Contents whose comparison was given up, and why."""
    failed = select(compactions.c.sha256, compactions.c.outcome).where(compactions.c.failed)
    return [(row.sha256, row.outcome or "") for row in connection.execute(failed)]


def retry_failed(connection: Connection) -> int:
    """Try again what was given up; returns how many there were."""
    again = update(compactions).where(compactions.c.failed)
    return connection.execute(again.values(due_at=clock.now(), attempts=0, failed=False)).rowcount
