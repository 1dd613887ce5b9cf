"""What can go wrong with identifiers."""

from baton.kernel.errors import FieldError, NotFound, ValidationFailed


class DoiTaken(ValidationFailed):
    """Another record has this DOI already."""

    def __init__(self, doi: str) -> None:
        super().__init__([FieldError("pids.doi", f"The DOI {doi} already belongs to another record.", "taken")])


class NoSuchDoi(NotFound):
    """The DOI leads to nothing here."""
