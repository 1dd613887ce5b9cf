"""From the query string of a search, in either dialect or on the page, to a search request. Pure."""

from typing import Literal

from baton.accounts.actor import Actor
from baton.kernel.paging import Params, last_of, number_of
from baton.search.backend import SearchRequest
from baton.search.nodes import Node
from baton.search.query import field_is, parse
from baton.search.scope import WINDOW, reader_of

MOST_HITS = 1000
DEFAULT_HITS = 25
PUBLIC_FACETS = ("publication_date", "access_status", "resource_type", "subject", "file_type")
OWN_FACETS = ("resource_type", "access_status", "is_published", "file_type")

_YES = {"1", "true", "yes", "on"}
# Filters of the legacy dialect, by the field that they mean.
_LEGACY = {"type": "type", "subtype": "subtype", "communities": "communities"}


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
        sort=last_of(params, "sort") or (default_sort if not query else "") or None,
        page=number_of(params, "page", 1, WINDOW),
        # Programs ask for all that is theirs in one page, as the old Zenodo let them.
        size=number_of(params, "size", DEFAULT_HITS, WINDOW if scope == "mine" else MOST_HITS),
    )


def _extra(params: Params) -> tuple[Node, ...]:
    """An unknown community or type matches nothing; that a filter is dropped would be a lie about the results."""
    given = {field: [v for v in params.getlist(name) if v] for name, field in _LEGACY.items()}
    return tuple(field_is(field, values) for field, values in given.items() if values)
