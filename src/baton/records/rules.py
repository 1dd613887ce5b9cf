"""What a record must be to be published, and how its next version begins. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from baton.kernel.errors import FieldError
from baton.records.metadata.check import check
from baton.records.record import Body
from baton.vocabularies.term import Term

NAMED = 5  # files that a message lists


def missing_for_publication(
    body: Body,
    has_files: bool,
    unfinished: Sequence[str],
    terms: Mapping[tuple[str, str], Term],
    *,
    today: date,
    own_prefix: str,
) -> tuple[FieldError, ...]:
    """Everything the depositor must still do, all at once: what the lenient check tells, and what is missing.

    `unfinished` names files that are not complete; more than `NAMED` are not needed.
    """
    return (
        *check(body, terms, today=today, own_prefix=own_prefix).errors,
        *_missing_publisher(body),
        *_missing_files(body, has_files, unfinished),
    )


def _missing_publisher(body: Body) -> Sequence[FieldError]:
    """DOIs are registered with a publisher; whoever brings their own DOI has registered it already."""
    if body["metadata"].get("publisher") or body["pids"].get("doi", {}).get("provider") == "external":
        return ()
    message = "Missing publisher field required for DOI registration."
    return (FieldError("metadata.publisher", message, "required"),)


def _missing_files(body: Body, has_files: bool, unfinished: Sequence[str]) -> Sequence[FieldError]:
    if not body["files"]["enabled"]:
        return ()
    if not has_files:
        message = "Missing uploaded files. To disable files for this record please mark it as metadata-only."
        return (FieldError("files.enabled", message, "required"),)
    if not unfinished:
        return ()
    names = ", ".join(unfinished[:NAMED]) + (" and more" if len(unfinished) > NAMED else "")
    message = f"Not all files are uploaded: {names}. Finish or delete them."
    return (FieldError("files", message, "incomplete"),)


def next_version_body(body: Body, today: date) -> Body:
    """What the draft of the next version begins with: dated today, without version label, DOI and files."""
    kept = {name: value for name, value in body["metadata"].items() if name != "version"}
    return {
        **body,
        "metadata": {**kept, "publication_date": today.isoformat()},
        "pids": {},
        "files": {**body["files"], "default_preview": None, "order": []},
    }
