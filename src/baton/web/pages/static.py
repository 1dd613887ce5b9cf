"""`/static/{digest}/{name}`, `/robots.txt`: what is the same for everybody."""

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from baton.context import CallerDep
from baton.kernel.errors import NotFound
from baton.web.assets import ASSETS

router = APIRouter(include_in_schema=False)

A_YEAR = "public, max-age=31536000, immutable"
# Crawlers need neither every combination of facets nor pages behind a log-in. Everything else they may have, and those
# who want all of it are told where it is to be had at once.
ROBOTS = """\
# Welcome. You need not crawl to have everything:
#   {site}/api/exporter   all public metadata in one file, made anew each night
#   {site}/api/changes    what has changed since you were here, with a cursor
#   {site}/sitemap.xml    every record, and when it changed last
User-agent: *
Disallow: /search?
Disallow: /me/
Disallow: /uploads/
Disallow: /login
Allow: /

Sitemap: {site}/sitemap.xml
"""


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
async def robots(call: CallerDep) -> Response:
    """What crawlers should leave alone, and where they have it easier."""
    caching = {"Cache-Control": "public, max-age=3600"}
    return PlainTextResponse(ROBOTS.format(site=call.context.site.base_url), headers=caching)
