"""`/search` and `/me/uploads`: everybody's records, and one's own."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from baton.accounts.actor import Actor
from baton.context import Call, CallerDep
from baton.records.queries import load_many, may_read
from baton.search.backend import SearchRequest
from baton.search.params import OWN_FACETS, request_of
from baton.search.queries import search
from baton.web.addresses import found
from baton.web.render import login_url, page
from baton.web.view.search import FROM, TO, Pairs, search_page

router = APIRouter(include_in_schema=False)

FACETS = ("resource_type", "access_status", "file_type", "subject")
NOTICES = {"discarded": "The draft has been thrown away."}


@router.get("/search")
def search_everything(call: CallerDep) -> Response:
    """Published records."""
    pairs = call.request.query_params.multi_items()
    actor = call.actor()
    asked = request_of(call.request.query_params, actor, facets=FACETS)
    if years := _years(pairs):
        asked = replace(asked, filters={**asked.filters, "publication_date": [years]})
    return _show(call, actor, "search.html", pairs, asked)


@router.get("/me/uploads")
def my_uploads(call: CallerDep) -> Response:
    """The caller's drafts and records."""
    actor = call.actor()
    if actor.is_anonymous:
        return found(login_url("/me/uploads"))
    pairs = call.request.query_params.multi_items()
    asked = request_of(call.request.query_params, actor, scope="mine", facets=OWN_FACETS, default_sort="updated-desc")
    notice = NOTICES.get(call.request.query_params.get("done", ""), "")
    return _show(call, actor, "uploads.html", pairs, asked, notice=notice)


def _show(
    call: Call,
    actor: Actor,
    template: str,
    pairs: Pairs,
    asked: SearchRequest,
    **context: Any,  # noqa: ANN401  whatever the template shows
) -> Response:
    answer = search(call.context.search, call.context.database, asked)
    with call.read() as tx:
        records = [record for record in load_many(tx.connection, answer.hits) if may_read(tx.actor, record)]
        shown = search_page(call.request.url.path, pairs, asked, records, answer.total, answer.facets)
        return page(call, template, actor=actor, search=shown, **context)


def _years(pairs: Pairs) -> str:
    """The two years as one range of dates; the search says what is wrong with them, if anything is."""
    given = dict(pairs)
    first, last = given.get(FROM, "").strip(), given.get(TO, "").strip()
    return f"{first}..{last}" if first or last else ""
