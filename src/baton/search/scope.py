"""What every search is confined to, whatever is asked: who may find what, which list it is, which page of it. Pure.

Everything is written as what to leave out, because that is the smaller set and costs half as much to skip. It stays
closed all the same: `documents` marks everything as restricted that is not known to be public.
"""

from typing import NoReturn

from baton.accounts.actor import Actor
from baton.kernel.errors import FieldError, InvalidInput
from baton.search import nodes
from baton.search.backend import Reader, SearchRequest
from baton.search.documents import DRAFT, OLD, REPLACED, RESTRICTED, SUPERSEDED, user_token
from baton.search.nodes import Node
from baton.search.sorts import SORTS, Order

# As in InvenioRDM: what is further down is asked for by a narrower query.
WINDOW = 10_000


def reader_of(actor: Actor) -> Reader:
    """What `actor` may find."""
    tokens = () if actor.user_id is None else (user_token(actor.user_id),)
    return Reader(tokens, is_admin=actor.is_admin)


def confines(request: SearchRequest) -> list[Node]:
    """The conditions of the reader, the list and the caller; facets come on top."""
    return [*_visible(request.reader), *_listed(request), *request.extra]


def _visible(reader: Reader) -> list[Node]:
    if reader.is_admin:
        return []
    restricted = nodes.Exact("acl", (RESTRICTED,))
    if not reader.tokens:
        return [nodes.Not(restricted)]
    return [nodes.Not(nodes.All((restricted, nodes.Not(nodes.Exact("acl", reader.tokens)))))]


def _listed(request: SearchRequest) -> list[Node]:
    found: list[Node] = []
    if request.work_id is not None:
        found.append(nodes.Between("work_id", request.work_id, request.work_id))
    if request.scope == "published":
        left_out = (DRAFT,) if request.all_versions else (DRAFT, OLD)
        return [*found, nodes.Not(nodes.Exact("state", left_out))]
    if request.owner_id is None:
        return [nodes.Nothing()]
    left_out = (REPLACED,) if request.all_versions else (SUPERSEDED,)
    owned = nodes.Between("owner_id", request.owner_id, request.owner_id)
    return [*found, owned, nodes.Not(nodes.Exact("state", left_out))]


def beyond(request: SearchRequest, order: Order) -> list[Node]:
    """The condition that a hit comes behind `request.after`, if there is such a place. Raises `InvalidInput`."""
    if request.after is None:
        return []
    if order.field is None or not order.gives_places:
        names = ", ".join(name for name, known in SORTS.items() if known.gives_places)
        _refuse("cursor", f"Results in this order have no cursor. Sort them in another: {names}.")
    if order.descending:
        return [nodes.Between(order.field, None, request.after - 1) if request.after > 0 else nodes.Nothing()]
    return [nodes.Between(order.field, request.after + 1, None)]


def offset_of(request: SearchRequest) -> int:
    """How many hits come before the page. Raises `InvalidInput` for no page, or one beyond the window."""
    if request.page < 1 or not 1 <= request.size <= WINDOW:
        _refuse("page", f"Pages start at 1, and a page has from 1 to {WINDOW} results.")
    offset = (request.page - 1) * request.size
    if offset >= WINDOW:
        _refuse(
            "page",
            f"Only the first {WINDOW} results can be paged through. Walk on with a cursor: begin with `cursor=*`.",
        )
    return offset


def _refuse(field: str, message: str) -> NoReturn:
    raise InvalidInput(message, errors=[FieldError(field, message)])
