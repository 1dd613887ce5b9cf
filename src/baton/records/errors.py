"""What can go wrong with records and drafts."""

from baton.kernel.errors import FieldError, NotFound, PermissionDenied, Problem, ValidationFailed


class NoSuchRecord(NotFound):
    """No record has this number, or none that is published."""

    def __init__(self, number: object) -> None:
        super().__init__(f"There is no record {number}.")


class NoDraft(NotFound):
    """The record is not being edited: it was published or discarded, or was never made."""

    def __init__(self, number: object) -> None:
        super().__init__(f"Record {number} has no open draft. Open one with the edit action.")


class RevisionConflict(Problem):
    """The draft has changed since the caller read it (`If-Match`)."""

    status = 412
    title = "Precondition failed"

    def __init__(self, given: str, current: int) -> None:
        super().__init__(f"The draft is at revision {current}, not {given}. Read it again and repeat your change.")


class FilesLocked(PermissionDenied):
    """Files of a published version never change; a new version may have others."""

    def __init__(self) -> None:
        super().__init__("The files of a published record cannot change. Make a new version to change them.")


class FilesDisabled(Problem):
    """The draft is set to have metadata only."""

    title = "Files are disabled"

    def __init__(self) -> None:
        super().__init__("This draft is set to have no files. Set `files.enabled` to true first.")


class CannotImportFiles(ValidationFailed):
    """The draft is not one into which files of the previous version can be taken."""

    def __init__(self, why: str) -> None:
        super().__init__([FieldError("files.enabled", why)], why)


class NothingToVersion(NotFound):
    """A new version is made of a published record only."""

    def __init__(self, number: object) -> None:
        super().__init__(f"Record {number} is not published, so it cannot have a new version yet.")


class DoiCannotChange(ValidationFailed):
    """A registered DOI names this record for ever; a reserved one can be released once."""

    def __init__(self, why: str) -> None:
        super().__init__([FieldError("pids.doi", why)], why)
