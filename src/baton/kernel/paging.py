"""Pages of lists: their numbers in query strings, and the addresses of their neighbours."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

from baton.kernel.errors import FieldError, InvalidInput
from baton.kernel.ids import LARGEST_ID


class Params(Protocol):
    """A query string: names that may come several times."""

    def getlist(self, key: str) -> list[str]:
        """Every value of a name, in their order."""

    def multi_items(self) -> list[tuple[str, str]]:
        """All names with their values, in their order."""


def last_of(params: Params, name: str) -> str:
    """The value of a name that is meant to come once; empty when it does not come."""
    return next(reversed(params.getlist(name)), "")


def number_of(params: Params, name: str, default: int, most: int) -> int:
    """A whole number from 1 to `most`. Raises `InvalidInput`."""
    text = last_of(params, name)
    if not text:
        return default
    if not text.isdecimal() or not 1 <= int(text[:10]) <= most:
        message = f"{name} must be a whole number from 1 to {most}."
        raise InvalidInput(message, errors=[FieldError(name, message)])
    return int(text)


def neighbours(address: str, given: Iterable[tuple[str, str]], *, page: int, size: int, total: int) -> dict[str, str]:
    """The addresses of this page (`self`) and of those before and after it, if there are any (`prev`, `next`).

    `given` is the query string of the request; a token in it is not passed on.
    """
    pages = {"self": page}
    if page > 1:
        pages["prev"] = page - 1
    if page * size < total:
        pages["next"] = page + 1
    kept = [(name, value) for name, value in given if name not in {"page", "size", "access_token"}]
    return {name: f"{address}?{urlencode([*kept, ('size', size), ('page', number)])}" for name, number in pages.items()}


class Page(NamedTuple):
    """The page of a list that was asked for, from 1, and the addresses of its neighbours."""

    number: int
    size: int
    links: dict[str, str]


def page_asked(address: str, params: Params, *, total: int, size: int, most: int) -> Page:
    """What `page` and `size` ask of a list at `address`; `size` at most `most`, by default `size`.

    Raises `InvalidInput`.
    """
    size = number_of(params, "size", size, most)
    number = number_of(params, "page", 1, LARGEST_ID // size)
    return Page(number, size, neighbours(address, params.multi_items(), page=number, size=size, total=total))


def link_header(addresses: Mapping[str, str]) -> str:
    """Addresses by their relation as a `Link` header (RFC 8288)."""
    return ", ".join(f'<{address}>; rel="{relation}"' for relation, address in addresses.items())
