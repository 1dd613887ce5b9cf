"""What a search is asked and answers, and what any engine must do for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol, TypeAlias

from baton.search.documents import Document
from baton.search.nodes import Everything, Node


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is asking: the tokens that let them find restricted documents; an administrator finds all."""

    tokens: tuple[str, ...] = ()
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search. Nothing that `reader` may not see is in its hits, totals or facets, whatever is asked.

    `scope`: published records, or everything that `owner_id` owns, drafts and records, the newest state of each. Of
    each work only the newest version is found, unless `all_versions`. `filters`: the chosen values of each facet, OR
    inside a facet and AND between them; `extra`: further conditions. `sort`: a name of `sorts.SORTS`.

    Pages are counted from 1, up to a window; or `after` is the place behind which to go on, `SearchResult.last` of the
    page before, without any window. What is published meanwhile moves nothing then.
    """

    tree: Node = field(default_factory=Everything)
    reader: Reader = field(default_factory=Reader)
    scope: Literal["published", "mine"] = "published"
    owner_id: int | None = None
    all_versions: bool = False
    work_id: int | None = None
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    extra: tuple[Node, ...] = ()
    facets: tuple[str, ...] = ()
    sort: str | None = None
    page: int = 1
    size: int = 25
    after: int | None = None


class Hit(NamedTuple):
    """A record found, or the open draft of one."""

    record_id: int
    is_draft: bool


class Bucket(NamedTuple):
    """How many documents have the value `key`; `inner` holds the second level, if the facet has one."""

    key: str
    doc_count: int
    inner: tuple["Bucket", ...] = ()


class Facet(NamedTuple):
    """The commonest values of a facet among everything found, and the chosen ones."""

    name: str
    buckets: tuple[Bucket, ...]


class SearchResult(NamedTuple):
    """One page of hits, the exact number of all, and the facets that were asked for, in their order.

    `last`: the place of the last hit, behind which the next page begins; `None` where the order gives no places, as
    relevance does not.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: tuple[Facet, ...]
    last: int | None = None


# Documents to put in the place of those with the same key, and keys of documents to remove.
Change: TypeAlias = tuple[Sequence[Document], Sequence[int]]


class Backend(Protocol):
    """A search engine. Everything raises `SearchUnavailable` when the engine or its index fails."""

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer from everything that was applied, by whatever process. Raises `InvalidInput` for a wrong request."""

    def can_write(self) -> bool:
        """Whether this process can apply changes now: the index is there and nobody else is writing it."""

    def apply(self, upserts: Sequence[Document], deletes: Sequence[int]) -> None:
        """Put documents in the place of those with the same key and remove others, all at once and for good."""

    def needs_rebuild(self) -> bool:
        """Whether there is no index that this version of the program can read."""

    def rebuild(self, documents: Iterable[Document], changes: Iterable[Change] = ()) -> None:
        """Build a new index beside the present one, which answers until the new one takes its place at once.

        `changes` are made to the new index last, before it takes over. From then on this process writes it.
        """

    def close(self) -> None:
        """Let go of files and locks."""
