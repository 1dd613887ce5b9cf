"""What a record must be to be published, and how its next version begins. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from baton.files.entry import FileEntry
from baton.kernel.errors import FieldError
from baton.records.metadata.check import check
from baton.records.record import Body
from baton.vocabularies.term import Term


def missing_for_publication(
    body: Body, files: Sequence[FileEntry], terms: Mapping[tuple[str, str], Term], *, today: date, own_prefix: str
) -> tuple[FieldError, ...]:
    """Everything the depositor must still do, all at once: what the lenient check tells, and what is missing."""
    return (
        *check(body, terms, today=today, own_prefix=own_prefix).errors,
        *_missing_publisher(body),
        *_missing_files(body, files),
    )


def _missing_publisher(body: Body) -> Sequence[FieldError]:
    """DOIs are registered with a publisher; whoever brings their own DOI has registered it already."""
    if body["metadata"].get("publisher") or body["pids"].get("doi", {}).get("provider") == "external":
        return ()
    message = "Missing publisher field required for DOI registration."
    return (FieldError("metadata.publisher", message, "required"),)


def _missing_files(body: Body, files: Sequence[FileEntry]) -> Sequence[FieldError]:
    if not body["files"]["enabled"]:
        return ()
    if not files:
        message = "Missing uploaded files. To disable files for this record please mark it as metadata-only."
        return (FieldError("files.enabled", message, "required"),)
    unfinished = [file.key for file in files if file.status != "completed"]
    if not unfinished:
        return ()
    names = ", ".join(unfinished[:_NAMED]) + (" and more" if len(unfinished) > _NAMED else "")
    message = f"Not all files are uploaded: {names}. Finish or delete them."
    return (FieldError("files", message, "incomplete"),)


_NAMED = 5  # files that a message lists


def next_version_body(body: Body, today: date) -> Body:
    """What the draft of the next version begins with: dated today, without version label, DOI and files."""
    kept = {name: value for name, value in body["metadata"].items() if name != "version"}
    return {
        **body,
        "metadata": {**kept, "publication_date": today.isoformat()},
        "pids": {},
        "files": {**body["files"], "default_preview": None, "order": []},
    }
