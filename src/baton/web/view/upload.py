"""The page with the upload form as data. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from baton.exports.links import PATH_SAFE
from baton.files.entry import FileEntry
from baton.kernel.errors import FieldError
from baton.records.record import Record
from baton.web.forms.shown import REQUIRED, Complaint, Form, shown_form
from baton.web.forms.values import Values
from baton.web.view.files import summary
from baton.web.view.words import file_size

COMPLETED = "completed"
MOST_SHOWN = 100  # files that the form lists


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file of the draft."""

    key: str
    size: str
    href: str | None  # where its owner can look at it, once it is there
    checksum: str
    is_preview: bool


@dataclass(frozen=True, slots=True)
class UploadPage:
    """The form and what stands around it."""

    number: int | None  # None: nothing is stored yet
    heading: str
    action: str
    revision: str  # on which the form builds; empty when there is none
    form: Form
    files: tuple[DraftFile, ...]
    files_summary: str
    is_published: bool  # then files are locked, and what is edited is the description
    may_import: bool
    reserved_doi: str | None
    todo: tuple[Complaint, ...]  # what is still missing, before anybody asked to publish


def unstored_page(values: Values, action: str = "/uploads/new", revision: str = "", more: str = "") -> UploadPage:
    """The form alone: of an upload that was not stored yet, or for somebody who has been logged out meanwhile."""
    return UploadPage(
        number=None,
        heading="New upload" if action == "/uploads/new" else "Upload",
        action=action,
        revision=revision,
        form=shown_form(values, more=more),
        files=(),
        files_summary="",
        is_published=False,
        may_import=False,
        reserved_doi=None,
        todo=(),
    )


def upload_page(
    draft: Record, values: Values, errors: Sequence[FieldError], missing: Sequence[FieldError] = (), more: str = ""
) -> UploadPage:
    """The form of a stored draft. `errors` stand beside the inputs, `missing` as a list of what is still to do."""
    doi = draft.body["pids"].get("doi") or {}
    is_next_version = not draft.is_published and draft.latest_id is not None
    return UploadPage(
        number=draft.id,
        heading=_heading(draft, is_next_version=is_next_version),
        action=f"/uploads/{draft.id}",
        revision=str(draft.revision),
        form=shown_form(values, errors, more),
        files=tuple(_file(draft, entry) for entry in draft.files[:MOST_SHOWN]),
        files_summary=_summary(draft),
        is_published=draft.is_published,
        may_import=is_next_version and not draft.files,
        reserved_doi=doi.get("identifier") if doi.get("provider") != "external" else None,
        todo=shown_form(values, [error for error in missing if error.code == REQUIRED]).complaints,
    )


def _heading(draft: Record, *, is_next_version: bool) -> str:
    if draft.is_published:
        return "Edit what is published"
    return "New version" if is_next_version else "Upload"


def _summary(draft: Record) -> str:
    together = summary(draft.totals.count, draft.totals.bytes)
    return together if draft.totals.count <= MOST_SHOWN else f"{together}; these are the first {MOST_SHOWN}"


def _file(draft: Record, entry: FileEntry) -> DraftFile:
    address = f"/api/records/{draft.id}/draft/files/{quote(entry.key, safe=PATH_SAFE)}/content"
    is_there = entry.status == COMPLETED
    return DraftFile(
        entry.key,
        file_size(entry.size if is_there else None),
        address if is_there else None,
        f"md5:{entry.md5}" if entry.md5 else "",
        entry.key == draft.body["files"].get("default_preview"),
    )
