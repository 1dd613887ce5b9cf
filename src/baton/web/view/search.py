"""The search page as data: results, facets as check boxes, what was chosen, where to go on. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from baton.exports.terms import title
from baton.exports.ui_json import ACCESS
from baton.records.record import Record
from baton.search.backend import Bucket, Facet, SearchRequest
from baton.search.facets import LEVELS
from baton.search.scope import WINDOW
from baton.web.view.results import Result, result
from baton.web.view.words import Link, counted

Pairs = Sequence[tuple[str, str]]

# The names of the orders; the first one, without a name in the address, is what fits what was asked.
SORTS = {
    "newest": "Newest first",
    "oldest": "Oldest first",
    "updated-desc": "Changed last",
    "publication-desc": "Latest publication date",
    "publication-asc": "Earliest publication date",
}
ALL_VERSIONS = "all_versions"
# Years of publication, typed into two inputs.
FROM, TO = "from", "to"
AROUND = 2  # pages that are linked before and after the present one


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet, as a check box."""

    value: str
    label: str
    count: str
    is_chosen: bool
    inner: tuple["Choice", ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether something below it is chosen, so that it must be seen."""
        return any(each.is_chosen for each in self.inner)


@dataclass(frozen=True, slots=True)
class Filter:
    """A facet with its values."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of results; a gap when it leads nowhere and is not the present one."""

    text: str
    href: str | None
    is_present: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of results with everything around it."""

    path: str
    q: str
    heading: str
    results: tuple[Result, ...]
    filters: tuple[Filter, ...]
    chosen: tuple[Link, ...]  # leads to the same search without it
    clear: str
    sorts: tuple[tuple[str, str], ...]
    sort: str
    all_versions: bool
    year_from: str
    year_to: str
    pages: tuple[PageLink, ...]
    is_first_use: bool  # nothing was asked and there is nothing


def search_page(
    path: str, pairs: Pairs, request: SearchRequest, records: Sequence[Record], total: int, facets: Sequence[Facet]
) -> SearchPage:
    """`pairs` are the arguments of the address, as they came."""
    given = dict(pairs)
    q = given.get("q", "")
    chosen = tuple(_chosen(path, pairs))
    return SearchPage(
        path=path,
        q=q,
        heading=counted(total, "record", "records") if total else "Nothing found",
        results=tuple(result(record) for record in records),
        filters=tuple(_filters(facets, request.filters)),
        chosen=chosen,
        clear=_address(path, [("q", q)] if q else []),
        sorts=(("", "Best match" if q else SORTS[request.sort or "newest"]), *SORTS.items()),
        sort=given.get("sort", ""),
        all_versions=request.all_versions,
        year_from=given.get(FROM, ""),
        year_to=given.get(TO, ""),
        pages=tuple(_pages(path, pairs, request, total)),
        is_first_use=not (total or q or chosen),
    )


def _filters(facets: Iterable[Facet], chosen: Mapping[str, Sequence[str]]) -> Iterator[Filter]:
    for facet in facets:
        picked = set(chosen.get(facet.name, ()))
        choices = tuple(_choice(facet.name, bucket, picked) for bucket in facet.buckets)
        if choices:
            yield Filter(facet.name, LABELS[facet.name], choices)


def _choice(name: str, bucket: Bucket, picked: set[str], outer: str = "") -> Choice:
    value = f"{outer}{LEVELS}{bucket.key}" if outer else bucket.key
    inner = tuple(_choice(name, each, picked, bucket.key) for each in bucket.inner if each.key != bucket.key)
    return Choice(value, _label(name, value), f"{bucket.doc_count:,}", value in picked, inner)


def _label(name: str, value: str) -> str:
    make = _LABEL_OF.get(name)
    return make(value) if make else value


def _resource_type(value: str) -> str:
    term_id = value.rpartition(LEVELS)[2]
    return title("resourcetypes", term_id) or term_id


LABELS = {
    "resource_type": "Kind",
    "access_status": "Access",
    "file_type": "Files",
    "subject": "Keyword",
    "is_published": "State",
    "publication_date": "Published",
}
_LABEL_OF: dict[str, Callable[[str], str]] = {
    "resource_type": _resource_type,
    "access_status": lambda value: ACCESS[value][0] if value in ACCESS else value,
    "file_type": str.upper,
    "is_published": lambda value: "Published" if value == "true" else "Draft",
}


def _chosen(path: str, pairs: Pairs) -> Iterator[Link]:
    for name, value in pairs:
        rest = [pair for pair in pairs if pair != (name, value) and pair[0] != "page"]
        if name in LABELS and value:
            yield Link(f"{LABELS[name]}: {_label(name, value)}", _address(path, rest))
        elif name in {FROM, TO} and value:
            yield Link(f"Published {'since' if name == FROM else 'until'} {value}", _address(path, rest))


def _pages(path: str, pairs: Pairs, request: SearchRequest, total: int) -> Iterator[PageLink]:
    """Previous, first, around the present one, last that can be reached, next."""
    last = -(-min(total, WINDOW) // request.size)
    if last <= 1:
        return
    here = request.page
    rest = [pair for pair in pairs if pair[0] != "page"]

    def to(number: int, text: str = "") -> PageLink:
        return PageLink(text or str(number), _address(path, [*rest, ("page", str(number))]), number == here)

    if here > 1:
        yield to(here - 1, "← Previous")
    before = 0
    for number in sorted({1, last, *range(max(1, here - AROUND), min(last, here + AROUND) + 1)}):
        if number > before + 1:
            yield PageLink("…", None, is_present=False)
        yield to(number)
        before = number
    if here < last:
        yield to(here + 1, "Next →")


def _address(path: str, pairs: Pairs) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path
