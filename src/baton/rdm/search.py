"""Search over HTTP: public records, and one's own."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from baton.accounts.rules import require_login
from baton.context import CallerDep
from baton.exports.formats import DEFAULTS, OTHER_FORMATS, negotiate
from baton.kernel import cursors
from baton.kernel.openapi import TEXT, answers, in_query, whole_number
from baton.kernel.paging import last_of, neighbours
from baton.rdm.lists import list_response
from baton.rdm.schemas import SearchJson
from baton.records.queries import load_many, may_read
from baton.search.aggregations import aggregations
from baton.search.backend import SearchRequest, SearchResult
from baton.search.params import MOST_HITS, OWN_FACETS, list_of, request_of
from baton.search.queries import search
from baton.search.scope import WINDOW

router = APIRouter(tags=["Search"])

PARAMETERS = {
    "q": (TEXT, "Words, phrases, fields, AND OR NOT, ranges, wildcards."),
    "page": (whole_number(WINDOW), f"The page, from 1. Only the first {WINDOW:,} hits can be paged through."),
    "cursor": (TEXT, "`*`, then what `links.next` holds: walks through all results, without a limit."),
    "size": (whole_number(MOST_HITS), "Hits on a page, 25 by default."),
    "sort": (TEXT, "bestmatch, newest, oldest, updated-desc, version, ..."),
    "allversions": (TEXT, "`true`: every version, not only the newest of each work."),
}
OWN_PARAMETERS = {**PARAMETERS, "size": (whole_number(WINDOW), "Hits on a page, 25 by default.")}


@router.get(
    "/api/records",
    operation_id="search_records",
    responses=answers(200, SearchJson, 406, 503, formats=OTHER_FORMATS),
    openapi_extra=in_query(PARAMETERS),
)
def search_records(request: Request, call: CallerDep) -> Response:
    """Search published records."""
    asked = request_of(request.query_params, call.actor())
    return _page(request, call, asked, search(call.context.search, call.context.database, asked))


@router.get(
    "/api/user/records",
    operation_id="search_own_records",
    responses=answers(200, SearchJson, 403, 406, 503, formats=OTHER_FORMATS),
    openapi_extra=in_query(OWN_PARAMETERS),
)
def search_own_records(request: Request, call: CallerDep) -> Response:
    """Search the caller's own records and drafts."""
    actor = call.actor()
    require_login(actor)
    asked = request_of(request.query_params, actor, scope="mine", facets=OWN_FACETS, default_sort="updated-desc")
    return _page(request, call, asked, search(call.context.search, call.context.database, asked))


def _page(request: Request, call: CallerDep, asked: SearchRequest, result: SearchResult) -> Response:
    """The envelope of a page of results; what the index found is read, and asked for permission, in the database."""
    with call.read() as tx:
        form = negotiate(request.headers.get("accept"), DEFAULTS[tx.site.records_json], request.query_params)
        found = [record for record in load_many(tx.connection, result.hits) if may_read(tx.actor, record)]
        beside: dict[str, Any] = {
            "aggregations": aggregations(result.facets, asked.filters),
            "sortBy": asked.sort or ("bestmatch" if request.query_params.get("q") else "newest"),
            "page": asked.page,
            "links": _links(f"{tx.site.base_url}{request.url.path}", request, asked, result),
        }
        hits = [form.as_data(record, tx.view(record)) for record in found]
        return list_response(form, hits, result.total, beside)


def _links(address: str, request: Request, asked: SearchRequest, result: SearchResult) -> dict[str, str]:
    """The pages before and after; of a walk with a cursor, the next one."""
    params = request.query_params
    given = last_of(params, "cursor")
    if not given:
        total = min(result.total, WINDOW)
        return neighbours(address, params.multi_items(), page=asked.page, size=asked.size, total=total)
    cursor_after = {"self": given}
    if result.last is not None and len(result.hits) == asked.size:
        cursor_after["next"] = cursors.seal(list_of(params, asked.scope), result.last)
    kept = [(name, value) for name, value in params.multi_items() if name not in {"cursor", "page", "access_token"}]
    return {name: f"{address}?{urlencode([*kept, ('cursor', cursor)])}" for name, cursor in cursor_after.items()}
