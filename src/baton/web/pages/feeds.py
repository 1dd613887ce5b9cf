"""Atom feeds: of any search, and of a person. The same for everybody, so of what everybody may read."""

from dataclasses import replace
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from baton.accounts.actor import ANONYMOUS
from baton.context import Call, CallerDep
from baton.exports.atom import MEDIA_TYPE, atom
from baton.identifiers.schemes import normalize
from baton.kernel import clock
from baton.kernel.errors import NotFound
from baton.kernel.paging import neighbours
from baton.records.queries import load_many, may_read
from baton.search.backend import SearchRequest
from baton.search.params import request_of
from baton.search.queries import search
from baton.search.query import field_is
from baton.search.scope import WINDOW
from baton.web.render import unless_known

router = APIRouter(include_in_schema=False)

NOT_KEPT = {"access_token", "page", "size"}


@router.get("/search.atom")
def search_feed(call: CallerDep) -> Response:
    """What `/search` with the same arguments finds, the newest first if nothing else is asked for."""
    params = call.request.query_params
    words = params.get("q", "").strip()
    asked = request_of(params, ANONYMOUS)
    kept = [(name, value) for name, value in params.multi_items() if name not in NOT_KEPT]
    page = f"/search?{urlencode(kept)}" if kept else "/search"
    return _feed(call, asked if asked.sort else replace(asked, sort="newest"), words or "All records", page)


@router.get("/authors/{orcid}.atom")
def author_feed(call: CallerDep, orcid: str) -> Response:
    """What somebody with this ORCID has created."""
    known = normalize("orcid", orcid)
    if known is None:
        raise NotFound(f"{orcid[:40]!a} is no ORCID, such as 0000-0002-1825-0097.")
    asked = request_of(call.request.query_params, ANONYMOUS)
    by_them = replace(asked, extra=(*asked.extra, field_is("creators.orcid", [known])), sort=asked.sort or "newest")
    return _feed(call, by_them, f"Records by {known}", f"/search?{urlencode({'q': f'creators.orcid:{known}'})}")


def _feed(call: Call, asked: SearchRequest, title: str, page: str) -> Response:
    site, request = call.context.site, call.request
    result = search(call.context.search, call.context.database, replace(asked, facets=()))
    with call.context.database.read() as connection:
        found = [record for record in load_many(connection, result.hits) if may_read(ANONYMOUS, record)]
    address = f"{site.base_url}{request.url.path}"
    total = min(result.total, WINDOW)
    given = request.query_params.multi_items()
    links = neighbours(address, given, page=asked.page, size=asked.size, total=total)
    body = atom(
        found, f"{title} - {site.name}", {**links, "alternate": site.base_url + page}, site.public_view, clock.now()
    )
    caching = {"Cache-Control": "public, max-age=300"}
    return unless_known(request, Response(body, headers=caching, media_type=MEDIA_TYPE))
