"""What records and people may hold, over HTTP: read by those who fill them, settled by administrators."""

from fastapi import APIRouter
from starlette.responses import Response

from baton.access.rules import Action, require
from baton.context import NOT_FORGED, CallerDep
from baton.files.queries import room_of
from baton.kernel.http import JsonBody, JsonResponse
from baton.kernel.openapi import answers, takes
from baton.quotas.commands import set_record_quota, set_user_quota
from baton.rdm.schemas import QuotaInput, QuotaJson, Shape, UserQuotaInput
from baton.records import queries

router = APIRouter(prefix="/api", tags=["Quotas"], dependencies=[NOT_FORGED])


@router.get("/records/{record_id}/quota", operation_id="get_record_quota", responses=answers(200, QuotaJson, 403, 404))
def get_record_quota(call: CallerDep, record_id: int) -> Response:
    """What a version may hold and holds, unfinished uploads included; for those who may manage it."""
    with call.read() as tx:
        record = queries.get_draft_or_record(tx.connection, tx.actor, record_id)
        require(tx.actor, Action.MANAGE, record)
        room = room_of(tx.connection, call.context.quotas, record.id, None)
        limits = room.limits
        return JsonResponse(
            {
                "quota_size": limits.max_record_bytes,
                "max_file_size": limits.max_file_bytes,
                "max_files": limits.max_files,
                "total_size": limits.max_user_bytes,
                "used": room.used,
                "reserved": room.reserved,
                "files": room.files,
            }
        )


@router.post(
    "/records/{record_id}/quota",
    operation_id="set_record_quota",
    responses=answers(200, Shape, 403, 404, 413),
    openapi_extra=takes(QuotaInput),
)
def post_record_quota(call: CallerDep, record_id: int, body: JsonBody) -> Response:
    """Settle what each version of a record may hold; for administrators."""
    with call.write() as tx:
        set_record_quota(tx.connection, tx.actor, record_id, body)
        return JsonResponse({})


@router.post(
    "/users/{user_id}/quota",
    operation_id="set_user_quota",
    responses=answers(200, Shape, 403, 404, 413),
    openapi_extra=takes(UserQuotaInput),
)
def post_user_quota(call: CallerDep, user_id: int, body: JsonBody) -> Response:
    """Settle what each record of a person may hold, and all of them together; for administrators."""
    with call.write() as tx:
        set_user_quota(tx.connection, tx.actor, user_id, body)
        return JsonResponse({})
