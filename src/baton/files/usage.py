"""What files take in the storage: as somebody who downloads them would count, and as they are kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from baton.files.compactions import list_objects
from baton.files.models import contents, files, recipe_objects, recipes


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes of files as they are downloaded, and what is stored for them."""

    files: int
    logical: int
    stored: int

    @property
    def saved(self) -> int:
        return self.logical - self.stored


def whole_usage(connection: Connection) -> Usage:
    """Of everything: all files of all versions and drafts against all objects and recipes."""
    count, logical = connection.execute(
        select(func.count(), func.coalesce(func.sum(contents.c.size), 0)).select_from(files.join(contents))
    ).one()
    text = connection.execute(select(func.coalesce(func.sum(recipes.c.size), 0))).scalar_one()
    return Usage(count, int(logical), sum(size for _name, size in list_objects(connection)) + int(text))


def usage_of_versions(connection: Connection, record_ids: Iterable[int]) -> Iterator[tuple[int, Usage]]:
    """Of each of several versions, in their order: what it needs and none of those before it needed already."""
    seen: set[str] = set()
    for record_id in record_ids:
        count, logical = connection.execute(
            select(func.count(), func.coalesce(func.sum(contents.c.size), 0))
            .select_from(files.join(contents))
            .where(files.c.record_id == record_id)
        ).one()
        needed = _needed(connection, record_id)
        yield record_id, Usage(count, int(logical), sum(size for name, size in needed.items() if name not in seen))
        seen |= needed.keys()


def _needed(connection: Connection, record_id: int) -> dict[str, int]:
    """The objects and the recipes that the files of a version need, with their sizes."""
    named = select(files.c.sha256).where(files.c.record_id == record_id, files.c.sha256.is_not(None))
    texts = select(recipes.c.sha256, recipes.c.size).where(recipes.c.sha256.in_(named))
    made = {row.sha256: row.size for row in connection.execute(texts)}
    own = select(contents.c.sha256, contents.c.size).where(contents.c.sha256.in_(named))
    parts = select(recipe_objects.c.object_sha256, recipe_objects.c.size).where(recipe_objects.c.sha256.in_(named))
    needed = {row.sha256: row.size for row in connection.execute(own) if row.sha256 not in made}
    needed |= {row.object_sha256: row.size for row in connection.execute(parts)}
    return needed | {f"recipe of {sha256}": size for sha256, size in made.items()}
