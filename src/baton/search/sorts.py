"""The names by which results can be ordered, InvenioRDM's and the old Zenodo's."""

from dataclasses import dataclass

from baton.kernel.errors import FieldError, InvalidInput

# Fields of which each document has a value that no other document shares.
PLACES = frozenset({"created", "updated", "by_version"})


@dataclass(frozen=True, slots=True)
class Order:
    """By a numeric or text field of the index; by relevance when there is none. Without a value comes last."""

    field: str | None
    descending: bool = True

    @property
    def gives_places(self) -> bool:
        """Whether one can go on behind any hit: no two documents have the same place in this order."""
        return self.field in PLACES


BEST_MATCH = Order(None)
NEWEST = Order("created")
OLDEST = Order("created", descending=False)

SORTS = {
    "bestmatch": BEST_MATCH,
    "newest": NEWEST,
    "oldest": OLDEST,
    "updated-desc": Order("updated"),
    "updated-asc": Order("updated", descending=False),
    "version": Order("by_version"),
    # Nothing is counted yet: everything is viewed and downloaded equally often, and the newest comes first.
    "mostviewed": NEWEST,
    "mostdownloaded": NEWEST,
    "publication-desc": Order("by_published"),
    "publication-asc": Order("by_published", descending=False),
    "conference-desc": Order("by_session"),
    "conference-asc": Order("by_session", descending=False),
    "journal-desc": Order("by_journal_down"),
    "journal-asc": Order("by_journal_up", descending=False),
    # The old Zenodo's. The least relevant first is of no use to anybody and is answered with the best.
    "-bestmatch": BEST_MATCH,
    "mostrecent": NEWEST,
    "-mostrecent": OLDEST,
    "publication_date": Order("by_published"),
    "-publication_date": Order("by_published", descending=False),
    "-mostviewed": NEWEST,
    "journal": Order("by_journal_down"),
    "-journal": Order("by_journal_up", descending=False),
    "conference_session": Order("by_session"),
    "-conference_session": Order("by_session", descending=False),
    "-version": Order("by_version", descending=False),
}


def order_of(name: str | None, *, has_query: bool) -> Order:
    """The order called `name`; without a name the best match first, or the newest when nothing is searched for.

    Raises `InvalidInput` for an unknown name.
    """
    if not name:
        return BEST_MATCH if has_query else NEWEST
    order = SORTS.get(name)
    if order is None:
        message = f"There is no sort order called {name[:100]!r}. Choose one of: {', '.join(SORTS)}."
        raise InvalidInput(message, errors=[FieldError("sort", message)])
    return order if has_query or order is not BEST_MATCH else NEWEST
