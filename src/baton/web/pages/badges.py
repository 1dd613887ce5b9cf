"""DOI badges for README files and web pages, at the addresses that Zenodo gave them."""

import re

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from baton.context import Call, CallerDep
from baton.exports.badge import doi_badge
from baton.exports.links import doi_url
from baton.identifiers.errors import NoSuchDoi
from baton.records.queries import newest_public
from baton.web.addresses import RecordId

router = APIRouter(include_in_schema=False)

LONGEST = 200
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
HEADERS = {
    "Cache-Control": "public, max-age=3600",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


@router.get("/badge/DOI/{doi:path}.svg")
async def show_badge(doi: str) -> Response:
    """The badge of any DOI, whether it is ours or not."""
    if not (_DOI.fullmatch(doi) and doi.isprintable() and len(doi) <= LONGEST):
        raise NoSuchDoi(f"{doi[:LONGEST]!a} is no DOI, so there is no badge of it.")
    return _badge(doi)


@router.get("/badge/latestdoi/{record_id}")
def lead_to_newest(call: CallerDep, record_id: RecordId) -> Response:
    """Lead to where the DOI of the newest version leads; the number is that of the work or any version of it."""
    return RedirectResponse(doi_url(_newest_doi(call, record_id)), 302, {"Cache-Control": "no-cache"})


@router.get("/badge/{record_id}.svg")
def show_newest_badge(call: CallerDep, record_id: RecordId) -> Response:
    """The badge of the newest version; the number is that of the work or any version of it."""
    return _badge(_newest_doi(call, record_id))


def _newest_doi(call: Call, number: int) -> str:
    with call.context.database.read() as connection:
        newest = newest_public(connection, number)
    if newest is None or not newest.doi:
        raise NoSuchDoi(f"There is no public record {number} that has a DOI.")
    return newest.doi


def _badge(doi: str) -> Response:
    return Response(doi_badge(doi), headers=HEADERS, media_type="image/svg+xml")
