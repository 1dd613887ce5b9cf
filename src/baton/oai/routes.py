"""`/oai2d` and `/oai/{identifier}` over HTTP."""

import gzip
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from baton.context import Call, CallerDep
from baton.exports.xml import DECLARATION, element
from baton.feeds.harvest import find_noted
from baton.kernel import clock
from baton.kernel.errors import NotFound
from baton.kernel.http import read_body
from baton.oai.arguments import parse
from baton.oai.dates import written
from baton.oai.errors import BadArgument, BadVerb, OaiError
from baton.oai.verbs import ANSWERS, number_in

router = APIRouter(include_in_schema=False)

NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
_ROOT = {
    "xmlns": NAMESPACE,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd",
}
MOST_ARGUMENTS = 100_000  # bytes of a form; tokens take some hundred
GZIP_LEVEL = 4
_REFUSED = re.compile(r"q\s*=\s*0(\.0*)?")


@router.get("/oai2d")
async def answer_get(call: CallerDep) -> Response:
    """A request with its arguments in the address."""
    return await run_in_threadpool(_answer, call, call.request.query_params.multi_items())


@router.post("/oai2d")
async def answer_post(request: Request, call: CallerDep) -> Response:
    """A request with its arguments in a form (section 3.1.1.2)."""
    body = await read_body(request, MOST_ARGUMENTS)
    pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    return await run_in_threadpool(_answer, call, pairs)


@router.get("/oai/{identifier}")
def resolve(call: CallerDep, identifier: str) -> Response:
    """Lead from the name of a record in OAI-PMH to its page."""
    site = call.context.site
    number = number_in(identifier, site.base_url)
    with call.context.database.read() as connection:
        noted = find_noted(connection, number) if number else None
    if noted is None:
        raise NotFound("There is no record with this identifier. It looks like oai:data.example.org:42.")
    return RedirectResponse(f"{site.base_url}/records/{noted.record_id}", 302)


def _answer(call: Call, pairs: Sequence[tuple[str, str]]) -> Response:
    context, status = call.context, 200
    arguments: Mapping[str, str] = {}
    try:
        verb, given = parse(pairs)
        arguments = {"verb": verb, **given}
        with call.read() as tx:
            inside = element(verb, ANSWERS[verb](context, tx, given))
    except OaiError as error:
        status = context.harvesting.error_status
        inside = element("error", error.message, {"code": error.code})
        if isinstance(error, BadVerb | BadArgument):
            arguments = {}
    request = element("request", f"{context.site.base_url}/oai2d", arguments)
    document = element("OAI-PMH", [element("responseDate", written(clock.now())), request, inside], _ROOT)
    return _response(call.request, DECLARATION + document, status)


def _response(request: Request, document: str, status: int) -> Response:
    body = document.encode()
    headers = {"Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
    if _takes_gzip(request.headers.get("accept-encoding", "")):
        body = gzip.compress(body, GZIP_LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers, "text/xml; charset=utf-8")


def _takes_gzip(accept_encoding: str) -> bool:
    """Whether the caller wants gzip (RFC 9110, 12.5.3): a quality of 0 is a refusal."""
    wanted = {}
    for part in accept_encoding.lower().split(","):
        coding, _semicolon, quality = part.partition(";")
        wanted[coding.strip()] = not _REFUSED.fullmatch(quality.strip())
    return wanted.get("gzip", wanted.get("*", False))


ROUTES = router.routes
