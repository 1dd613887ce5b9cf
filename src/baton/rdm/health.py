"""Whether the service lives, and how it is."""

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from baton.context import CallerDep
from baton.health import pulse
from baton.kernel.http import JsonResponse
from baton.rdm.schemas import HealthJson

router = APIRouter(tags=["Operation"])

# Looks at once. Apart from the threads of other requests, which must not wait behind a part that hangs.
LOOKS = CapacityLimiter(4)


@router.get("/ping", operation_id="ping", response_class=PlainTextResponse)
async def ping() -> str:
    """The process answers."""
    return "OK"


_WELL = {"model": HealthJson, "description": "Every part is well."}
_ILL = {"model": HealthJson, "description": "Some part is not well; its member says why."}


@router.get("/health", operation_id="health", responses={200: _WELL, 503: _ILL})
async def health(call: CallerDep) -> Response:
    """Every part of the service in a word; 503 when one is not well."""
    parts = await to_thread.run_sync(pulse, call.context, limiter=LOOKS)
    well = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ok" if well else "degraded", **parts}, 200 if well else 503)
