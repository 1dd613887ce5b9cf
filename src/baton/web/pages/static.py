"""`/static/{digest}/{name}`, `/robots.txt`: what is the same for everybody."""

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from baton.kernel.errors import NotFound
from baton.web.assets import ASSETS

router = APIRouter(include_in_schema=False)

A_YEAR = "public, max-age=31536000, immutable"
# Crawlers need neither every combination of facets nor pages behind a log-in.
ROBOTS = "User-agent: *\nDisallow: /search?\nDisallow: /me/\nDisallow: /uploads/\nDisallow: /login\nAllow: /\n"


@router.get("/static/{digest}/{name}")
async def asset(digest: str, name: str) -> Response:
    """The style sheet or a picture. An address with an old digest gets what is there now, and is not kept."""
    found = ASSETS.get(name)
    if found is None:
        raise NotFound(f"There is no {name!r} here.")
    caching = A_YEAR if digest == found.digest else "no-cache"
    headers = {"Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
    return Response(found.content, headers=headers, media_type=found.media_type)


@router.get("/robots.txt")
async def robots() -> Response:
    """What crawlers should leave alone."""
    return PlainTextResponse(ROBOTS)
