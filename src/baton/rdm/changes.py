"""`/api/changes`: everything that is public in the order in which it changed, for those who keep a copy."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from baton.access.rules import Action, may
from baton.accounts.actor import ANONYMOUS
from baton.context import CallerDep, Site
from baton.exports.formats import DEFAULTS
from baton.exports.view import as_anybody_sees
from baton.feeds.queries import CHANGES, Change, last_position, list_changes
from baton.kernel import cursors
from baton.kernel.http import JsonResponse
from baton.kernel.openapi import TEXT, answers, in_query, whole_number
from baton.kernel.paging import last_of, number_of
from baton.rdm.schemas import ChangesJson
from baton.records.queries import load_many
from baton.records.record import Record

router = APIRouter(tags=["Harvesting"])

USUAL, MOST = 100, 1000
PARAMETERS = {
    "cursor": (TEXT, "Where to go on, as the answer before has said; none: from the beginning."),
    "size": (whole_number(MOST), f"Changes in one answer, {USUAL} by default."),
    "full": (TEXT, "`1`: with the whole record in each change that is not a removal."),
}


@router.get(
    "/api/changes",
    operation_id="list_changes",
    responses=answers(200, ChangesJson),
    openapi_extra=in_query(PARAMETERS),
)
def show_changes(request: Request, call: CallerDep) -> Response:
    """What changed behind a cursor, oldest first: published, edited, gone. Each record comes once, as it is now.

    Ask again with the cursor of the last answer: at once while there is a `links.next`, later when there is none.
    """
    params, site = request.query_params, call.context.site
    size = number_of(params, "size", USUAL, MOST)
    is_full = last_of(params, "full") in {"1", "true"}
    with call.context.database.read() as connection:
        begin = cursors.unseal(CHANGES, given) if (given := last_of(params, "cursor")) else 0
        end = last_position(connection)
        if begin > end:
            cursors.refuse(
                "This cursor is ahead of every change. Begin again without one: a back-up was restored here."
            )
        found = list_changes(connection, begin, size)
        loaded = load_many(connection, [(change.record_id, False) for change in found if change.is_public])
        public = {record.id: record for record in loaded if may(ANONYMOUS, Action.READ, record)}
        shown = [_shown(change, public.get(change.record_id), site, is_full=is_full) for change in found]
    last = found[-1].position if found else begin
    cursor = cursors.seal(CHANGES, last)
    address = f"{site.base_url}/api/changes?size={size}{'&full=1' if is_full else ''}"
    links = {"self": f"{address}&cursor={given}" if given else address}
    if last < end:
        links["next"] = f"{address}&cursor={cursor}"
    body = {"changes": shown, "cursor": cursor, "links": links}
    return JsonResponse(body, headers={"Cache-Control": "no-cache", "Vary": "Origin"})


def _shown(change: Change, record: Record | None, site: Site, *, is_full: bool) -> dict[str, Any]:
    """One change. A record that only some may read now is gone like any other, and nothing is said of it."""
    moment = change.changed_at.isoformat()
    if record is None:
        return {"id": str(change.record_id), "status": "gone", "changed": moment}
    shown = {
        "id": str(record.id),
        "status": "public",
        "changed": moment,
        "revision": record.revision,
        "concept_id": str(record.work_id),
        "doi": record.doi,
        "links": {
            "self": f"{site.base_url}/api/records/{record.id}",
            "self_html": f"{site.base_url}/records/{record.id}",
        },
    }
    if is_full:
        shown["record"] = DEFAULTS[site.records_json].as_data(record, as_anybody_sees(site.public_view, record))
    return shown
