"""A record's files as a tree of folders, or one folder of a long list. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from baton.exports.file_json import extension
from baton.exports.links import PATH_SAFE
from baton.files.entry import FileEntry
from baton.files.folders import FolderPage, Subfolder
from baton.web.view.preview import PREVIEWED
from baton.web.view.words import Link, counted, file_size

LONGEST_TREE = 150  # files; of a longer list one folder is shown at a time, so that the page stays small
OPEN_FOLDERS = 12  # with more files than this below it, a folder starts closed
DEEPEST = 8  # folders in folders; what lies deeper shows the rest of its path as its name


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file: what it is called inside its folder, and where it leads."""

    key: str
    name: str
    bytes: int
    size: str
    checksum: str
    sha256: str
    verified: str  # when its bytes were last read back, or that they will be
    href: str
    preview: str | None


@dataclass(frozen=True, slots=True)
class Folder:
    """Files and folders below one name, in the record's own order; the tree's root has no name."""

    name: str
    folders: tuple["Folder", ...]
    files: tuple[FileRow, ...]
    count: int
    bytes: int

    @property
    def summary(self) -> str:
        """Number and size together: `3 files, 4.5 MB`."""
        return summary(self.count, self.bytes)

    @property
    def is_open(self) -> bool:
        """Whether one sees what is inside at once."""
        return self.count <= OPEN_FOLDERS


@dataclass(frozen=True, slots=True)
class OneFolder:
    """A page of what lies in one folder of a long list."""

    way: tuple[Link, ...]  # from the top to this folder
    folders: tuple[tuple[Link, str], ...]  # with how much lies below
    files: tuple[FileRow, ...]
    next: str | None


@dataclass(slots=True)
class _Branch:
    folders: dict[str, "_Branch"] = field(default_factory=dict)
    files: list[FileRow] = field(default_factory=list)


def file_tree(record_id: int, files: Sequence[FileEntry]) -> Folder:
    """The files of a published record, in the order in which they are given."""
    root = _Branch()
    for entry in files:
        *path, name = entry.key.split("/", DEEPEST)
        branch = root
        for part in path:
            branch = branch.folders.setdefault(part, _Branch())
        branch.files.append(file_row(record_id, entry, name))
    return _folder("", root)


def one_folder(record_id: int, shown: FolderPage) -> OneFolder:
    """A page of a folder of a published record."""
    names = shown.path.split("/")[:-1]
    above = ["", *("/".join(names[: depth + 1]) + "/" for depth in range(len(names)))]
    folders = [item for item in shown.items if isinstance(item, Subfolder)]
    entries = [item for item in shown.items if isinstance(item, FileEntry)]
    return OneFolder(
        way=tuple(
            Link(name, _folder_href(record_id, path)) for name, path in zip(["All files", *names], above, strict=True)
        ),
        folders=tuple(
            (
                Link(folder.path[len(shown.path) :], _folder_href(record_id, folder.path)),
                counted(folder.count, "file", "files"),
            )
            for folder in folders
        ),
        files=tuple(file_row(record_id, entry, entry.key[len(shown.path) :]) for entry in entries),
        next=_folder_href(record_id, shown.path, shown.next) if shown.next else None,
    )


def _folder_href(record_id: int, path: str, after: str | None = None) -> str:
    query = {"folder": path} | ({"after": after} if after else {})
    return f"/records/{record_id}?{urlencode(query)}#files"


def summary(count: int, size: int) -> str:
    """Number and size together: `3 files, 4.5 MB`."""
    return f"{counted(count, 'file', 'files')}, {file_size(size)}"


def _folder(name: str, branch: _Branch) -> Folder:
    folders = tuple(_folder(inner, below) for inner, below in branch.folders.items())
    return Folder(
        name,
        folders,
        tuple(branch.files),
        len(branch.files) + sum(folder.count for folder in folders),
        sum(row.bytes for row in branch.files) + sum(folder.bytes for folder in folders),
    )


def file_row(record_id: int, entry: FileEntry, name: str | None = None) -> FileRow:
    """One file with its addresses below the record's page; `name` is what it is called inside its folder."""
    key = quote(entry.key, safe=PATH_SAFE)
    return FileRow(
        entry.key,
        name or entry.key,
        entry.size or 0,
        file_size(entry.size),
        f"md5:{entry.md5}" if entry.md5 else "",
        f"sha256:{entry.sha256}" if entry.sha256 else "",
        f"Last verified {entry.verified_at:%Y-%m-%d %H:%M} UTC" if entry.verified_at else "Not verified yet",
        f"/records/{record_id}/files/{key}",
        f"/records/{record_id}/preview/{key}" if extension(entry.key) in PREVIEWED else None,
    )
