"""`/`: what this is, a field to search with, and what is new."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import Response

from baton.accounts.actor import Actor
from baton.context import Call, CallerDep, Site
from baton.records.queries import load_many, may_read
from baton.search.backend import Hit, SearchRequest
from baton.search.errors import SearchUnavailable
from baton.search.queries import search
from baton.search.scope import reader_of
from baton.web.render import page
from baton.web.view.landing import script_json
from baton.web.view.results import result

router = APIRouter(include_in_schema=False)

NEWEST = 5


@router.get("/")
def home(call: CallerDep) -> Response:
    """The start page. It stands also while search is down."""
    actor = call.actor()
    catalogue = script_json(_catalogue(call.context.site))
    hits = _newest(call, actor)
    if hits is None:
        return page(call, "home.html", actor=actor, newest=None, catalogue=catalogue)
    with call.read() as tx:
        found = load_many(tx.connection, hits)
        newest = [result(record) for record in found if may_read(tx.actor, record)]
        return page(call, "home.html", actor=tx.actor, newest=newest, catalogue=catalogue)


def _catalogue(site: Site) -> dict[str, str]:
    """What search engines for data and lists of repositories know us by."""
    home = f"{site.base_url}/"
    return {"@context": "https://schema.org", "@type": "DataCatalog", "@id": home, "url": home, "name": site.name}


def _newest(call: Call, actor: Actor) -> Sequence[Hit] | None:
    asked = SearchRequest(reader=reader_of(actor), sort="newest", size=NEWEST)
    try:
        return search(call.context.search, call.context.database, asked).hits
    except SearchUnavailable:
        return None
