"""One folder of a long list of files, a page at a time: found by names alone, however many files lie below."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from baton.files.entry import FileEntry
from baton.files.models import files
from baton.files.queries import files_named
from baton.files.rules import lookup_key


@dataclass(frozen=True, slots=True)
class Subfolder:
    """A folder in a folder; `path` ends with a slash."""

    path: str
    count: int  # files in it and in the folders below it


@dataclass(frozen=True, slots=True)
class FolderPage:
    """What lies in the folder `path` (empty, or with a slash at its end), in the order of names."""

    path: str
    items: tuple[Subfolder | FileEntry, ...]
    next: str | None  # what to give as `after` for the page after this one


def list_folder(connection: Connection, record_id: int, path: str, after: str, most: int) -> FolderPage:
    """Up to `most` files and folders in the folder `path` of a record, those that come after the name `after`."""
    names: list[str] = []
    for name in _names(connection, record_id, lookup_key(path), lookup_key(after), most + 1):
        names.append(name)
        if len(names) > most:
            break
    shown = names[:most]
    entries = {entry.key: entry for entry in files_named(connection, record_id, [n for n in shown if n[-1] != "/"])}
    items = [entries.get(name) or Subfolder(name, _count(connection, record_id, name)) for name in shown]
    return FolderPage(path, tuple(items), shown[-1] if len(names) > most else None)


def _names(connection: Connection, record_id: int, path: str, after: str, batch: int) -> Iterator[str]:
    """Names of files and folders (these with a slash) right in `path`: past each folder in one leap.

    After a folder, only as many are looked at as there were files before it: folders tend to lie side by side.
    """
    keys = select(files.c.key).where(files.c.record_id == record_id).order_by(files.c.key)
    if path:
        keys = keys.where(files.c.key >= path, files.c.key < _past(path))
    begin = _beyond(after) if after > path else files.c.key >= path
    while found := connection.execute(keys.where(begin).limit(batch)).scalars().all():
        for place, key in enumerate(found, 1):
            head, slash, _rest = key[len(path) :].partition("/")
            yield path + head + slash
            begin = _beyond(path + head + slash)
            if slash:
                batch = place
                break
        else:
            batch *= 2


def _beyond(name: str) -> ColumnElement[bool]:
    """Keys after a file, or after all that lies in a folder."""
    return files.c.key >= _past(name) if name.endswith("/") else files.c.key > name


def _past(folder: str) -> str:
    """The first name that sorts after everything in `folder`: code points decide, and 0 comes after the slash."""
    return folder[:-1] + "0"


def _count(connection: Connection, record_id: int, folder: str) -> int:
    below = select(func.count()).where(
        files.c.record_id == record_id, files.c.key >= folder, files.c.key < _past(folder)
    )
    return connection.execute(below).scalar_one()
