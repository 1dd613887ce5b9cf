"""Who looks at a record, and from where: all that an export knows besides the record itself."""

from dataclasses import dataclass, replace

from baton.access.rules import Action, may
from baton.accounts.actor import ANONYMOUS
from baton.records.record import Record


@dataclass(frozen=True, slots=True)
class View:
    """What the caller may see, and where the site is. Whoever may not read the record gets no export at all."""

    base_url: str  # without a slash at the end
    site_name: str
    may_read_files: bool
    may_manage: bool


def as_anybody_sees(view: View, record: Record) -> View:
    """The view of this record, which everybody may read, that somebody has of whom nothing is known."""
    return replace(view, may_read_files=may(ANONYMOUS, Action.READ_FILES, record), may_manage=False)
