"""What can keep a search from being answered."""

from baton.kernel.errors import Unavailable


class SearchUnavailable(Unavailable):
    """The index cannot be read or written now; records, drafts and downloads do not need it and go on."""

    title = "Search is not available"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Search is not available at the moment: {reason} Records, uploads and downloads are not affected.",
            headers={"Retry-After": "30"},
        )
