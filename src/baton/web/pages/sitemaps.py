"""`/sitemap.xml` and its pages: where every public record is, and when it changed last."""

from functools import lru_cache

from fastapi import APIRouter
from starlette.responses import Response

from baton.context import CallerDep
from baton.feeds import sitemap
from baton.feeds.queries import Stamped, public_in_range, ranges
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.errors import NotFound
from baton.kernel.ids import LARGEST_ID
from baton.web.addresses import number_in

router = APIRouter(include_in_schema=False)

XML = "application/xml"
CACHING = {"Cache-Control": "public, max-age=600"}
PERIOD = 600  # seconds for which an index that was made is good


@router.get("/sitemap.xml")
def show_index(call: CallerDep) -> Response:
    """The index of all pages."""
    pages = _pages(call.context.database, int(clock.now().timestamp()) // PERIOD)
    return Response(sitemap.index(pages, call.context.site.base_url), headers=CACHING, media_type=XML)


@lru_cache(maxsize=1)
def _pages(database: Database, _period: int) -> tuple[Stamped, ...]:
    """To find them reads the whole order of changes, so it is done once in each period."""
    with database.read() as connection:
        return tuple(ranges(connection, sitemap.NUMBERS))


@router.get("/sitemap/{number}.xml")
def show_page(call: CallerDep, number: str) -> Response:
    """The public records whose numbers lie in one range."""
    place = number_in(number)
    first = place * sitemap.NUMBERS
    with call.context.database.read() as connection:
        found = public_in_range(connection, first, first + sitemap.NUMBERS) if first < LARGEST_ID else []
    if place and not found:
        raise NotFound("There is no such page of the sitemap.")
    return Response(sitemap.page(place, found, call.context.site.base_url), headers=CACHING, media_type=XML)
