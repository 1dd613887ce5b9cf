"""Numbers of records in addresses, and redirects."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from baton.exports.links import PATH_SAFE
from baton.records.errors import NoSuchRecord

LONGEST = 19  # digits of the largest 64-bit number


def number_in(text: str) -> int:
    """The number that stands in an address; anything else names no record."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST):
        raise NoSuchRecord(text[:40])
    return int(text)


async def _record_id(record_id: str) -> int:
    return number_in(record_id)


RecordId = Annotated[int, Depends(_record_id)]


def moved(request: Request, path: str, *, for_ever: bool = False) -> Response:
    """Lead to `path` (not yet quoted) with the present arguments."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{quote(path, safe=PATH_SAFE)}{query}", 301 if for_ever else 302)


def found(path: str) -> Response:
    """Lead to `path`, for now, without any arguments."""
    return RedirectResponse(path, 302)
