"""Addresses of the old Zenodo, and ones that people type: they lead to where things are now."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from baton.web.addresses import RecordId, moved

router = APIRouter(include_in_schema=False)

# Old path -> present path, for ever.
MOVED = {
    "/records": "/search",
    "/search/": "/search",
    "/uploads": "/me/uploads",
    "/uploads/": "/me/uploads",
    "/me": "/me/uploads",
    "/deposit": "/me/uploads",
    "/deposit/": "/me/uploads",
    "/deposit/new": "/uploads/new",
    "/signup": "/register",
    "/signup/": "/register",
    "/login/": "/login",
}


async def _moved(request: Request) -> Response:
    return moved(request, MOVED[request.url.path], for_ever=True)


for _path in MOVED:
    router.add_api_route(_path, _moved)


@router.get("/records/{record_id}/")
@router.get("/record/{record_id}")
@router.get("/record/{record_id}/")
async def record(request: Request, record_id: RecordId) -> Response:
    """The page of a record."""
    return moved(request, f"/records/{record_id}", for_ever=True)


@router.get("/record/{record_id}/{below}/{rest:path}")
async def below_record(request: Request, record_id: RecordId, below: str, rest: str) -> Response:
    """What hangs below a record: files, exports, previews."""
    return moved(request, f"/records/{record_id}/{below}/{rest}", for_ever=True)


@router.get("/deposit/{record_id}")
async def deposit(request: Request, record_id: RecordId) -> Response:
    """The form of a draft."""
    return moved(request, f"/uploads/{record_id}", for_ever=True)
