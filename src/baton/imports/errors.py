"""What can be wrong with a document that is to become a draft."""

from collections.abc import Iterable

from baton.kernel.errors import Problem


class UnreadableDocument(Problem):
    """The document is not what its media type says, or holds more than a description of one work does.

    The sentence says what was met. What can be read but has no place in a record is no problem: it is told in `errors`
    beside the draft.
    """

    title = "Unreadable document"


class UnknownDocument(Problem):
    """The body is of a media type of which no draft can be made; the answer lists those that can."""

    status = 415
    title = "Unknown document"

    def __init__(self, given: str, taken: Iterable[str]) -> None:
        kinds = ", ".join(taken)
        super().__init__(
            f"No draft can be made of {given[:100]!r}. Send one of {kinds}, and name it in `Content-Type`.",
            headers={"Accept": kinds},
        )
