"""What a draft is made of: a body in the RDM dialect, or a document in one of the formats that records go out in."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from baton.accounts.actor import WRITE
from baton.accounts.rules import require_login
from baton.context import Call
from baton.imports.formats import by_media_type
from baton.imports.imported import Given
from baton.kernel.errors import InvalidInput
from baton.kernel.http import json_of, read_body

# What programs say that send JSON; those that say nothing, and curl, which then says that it sends a form, as well.
_JSON = {"", "application/json", "application/vnd.inveniordm.v1+json", "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A body as it came, and its media type without arguments."""

    content: bytes
    content_type: str


async def read_sent(request: Request) -> Sent:
    """The whole body, as far as requests that are no files may be long."""
    content = await read_body(request, request.app.state.max_json_bytes)
    return Sent(content, media_type(request))


SentDep = Annotated[Sent, Depends(read_sent)]


def media_type(request: Request) -> str:
    """That of the body, without arguments."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def described(call: Call, sent: Sent) -> Given:
    """The draft that was sent. Blocks: a long document takes its time to be read."""
    if sent.content_type in _JSON:
        return _draft_body(json_of(sent.content))
    form = by_media_type(sent.content_type)
    with call.read() as tx:
        require_login(tx.actor, WRITE)
    return form.read(sent.content)


def _draft_body(body: object) -> dict[str, Any]:
    """A draft as a JSON object. Anything else is refused: to save it would empty the draft."""
    if not isinstance(body, dict):
        raise InvalidInput('Send the draft as a JSON object, such as {"metadata": {"title": "..."}}.')
    return body
