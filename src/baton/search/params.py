"""From the query string of a search, in either dialect or on the page, to a search request. Pure."""

from typing import Literal

from baton.accounts.actor import Actor
from baton.kernel import cursors
from baton.kernel.paging import Params, last_of, number_of
from baton.search.backend import SearchRequest
from baton.search.nodes import Node
from baton.search.query import field_is, parse
from baton.search.scope import WINDOW, reader_of
from baton.search.sorts import order_of

MOST_HITS = 1000
DEFAULT_HITS = 25
PUBLIC_FACETS = ("publication_date", "access_status", "resource_type", "subject", "file_type")
OWN_FACETS = ("resource_type", "access_status", "is_published", "file_type")

# `cursor=*` asks for the first page of a walk through all results, in this order if no other is asked for.
BEGIN = "*"
BY_PLACE = "newest"

_YES = {"1", "true", "yes", "on"}
# Filters of the legacy dialect, by the field that they mean.
_LEGACY = {"type": "type", "subtype": "subtype", "communities": "communities"}
_ASKED = ("q", "sort", "allversions", "all_versions", "status", *sorted({*PUBLIC_FACETS, *OWN_FACETS, *_LEGACY}))


def request_of(
    params: Params,
    actor: Actor,
    *,
    scope: Literal["published", "mine"] = "published",
    facets: tuple[str, ...] = PUBLIC_FACETS,
    default_sort: str = "",
) -> SearchRequest:
    """What the caller asks for. Raises `InvalidInput` for numbers that are none and for impossible values."""
    query = last_of(params, "q")
    sort = last_of(params, "sort") or (default_sort if not query else "")
    cursor = last_of(params, "cursor")
    page = number_of(params, "page", 1, WINDOW)
    if cursor and page > 1:
        cursors.refuse("Give either a page or a cursor, not both.")
    if cursor and not order_of(sort or BY_PLACE, has_query=bool(query)).gives_places:
        cursors.refuse(f"Results in the order {sort!r} have no cursor. Leave `sort` out, or sort by {BY_PLACE}.")
    chosen = {name: [value for value in params.getlist(name) if value] for name in (*facets, "status")}
    return SearchRequest(
        tree=parse(query).tree,
        reader=reader_of(actor),
        scope=scope,
        owner_id=actor.user_id if scope == "mine" else None,
        all_versions=any(last_of(params, name).lower() in _YES for name in ("allversions", "all_versions")),
        filters={name: values for name, values in chosen.items() if values},
        extra=_extra(params),
        facets=facets,
        sort=sort or (BY_PLACE if cursor else None),
        page=page,
        after=None if cursor in {"", BEGIN} else cursors.unseal(list_of(params, scope), cursor),
        # Programs ask for all that is theirs in one page, as the old Zenodo let them.
        size=number_of(params, "size", DEFAULT_HITS, WINDOW if scope == "mine" else MOST_HITS),
    )


def list_of(params: Params, scope: str) -> str:
    """What a cursor of this search belongs to: it is good for the same words, filters and order only."""
    given = [(name, params.getlist(name)) for name in _ASKED]
    return f"search {scope} {[(name, values) for name, values in given if any(values)]}"


def _extra(params: Params) -> tuple[Node, ...]:
    """An unknown community or type matches nothing; that a filter is dropped would be a lie about the results."""
    given = {field: [v for v in params.getlist(name) if v] for name, field in _LEGACY.items()}
    return tuple(field_is(field, values) for field, values in given.items() if values)
