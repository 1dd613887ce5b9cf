"""What a request may use: the wired parts of the program, and the caller's own view of the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from baton.access.rules import Action, may
from baton.accounts.actor import Actor, Credentials
from baton.accounts.commands import keep_session
from baton.accounts.credentials import credentials_of, refuse_forgery
from baton.accounts.queries import actor_of, identify
from baton.accounts.throttle import Throttle
from baton.exports.view import View
from baton.feeds.dumps import Dumps
from baton.files.checks import demand_check
from baton.files.download import Downloads, Sign
from baton.files.scrub import Care, Stores
from baton.identifiers.policy import DoiPolicy
from baton.identifiers.registrar import Registrar
from baton.kernel.db import Database
from baton.kernel.mail import Mailer
from baton.quotas.queries import Quotas
from baton.records.record import Record
from baton.search.backend import Backend
from baton.storage.content import ContentStore
from baton.storage.versions.store import VersionedStore
from baton.uploads.engine import Engine
from baton.uploads.fetch import Fetcher


@dataclass(frozen=True, slots=True)
class Site:
    """Who we are on the web."""

    base_url: str  # without a slash at the end
    name: str
    records_json: str  # zenodo | rdm: what `application/json` means on records

    @property
    def public_view(self) -> View:
        """What anybody sees, of records whose files are as public as they are."""
        return View(self.base_url, self.name, may_read_files=True, may_manage=False)


@dataclass(frozen=True, slots=True)
class Harvesting:
    """How we answer harvesters."""

    page_size: int  # records in one answer
    error_status: int  # HTTP status of the protocol's own errors
    contact: str  # an e-mail address


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of one running program. Made once, by `app.create_context`."""

    site: Site
    database: Database
    store: VersionedStore
    replica: ContentStore | None
    sign: Sign | None  # none: all downloads go through us
    care: Care
    most_inflated: int  # bytes of a content that a read deflates; 0: none
    uploads: Engine
    fetcher: Fetcher
    search: Backend
    dois: DoiPolicy
    registrar: Registrar | None  # none: DOIs resolve here only
    quotas: Quotas
    mailer: Mailer
    throttle: Throttle
    session_days: int
    sweep_after_hours: int
    dumps: Dumps
    dump_hour: int | None  # UTC; none: no dumps are made
    harvesting: Harvesting
    security_contact: str  # a URI; empty: nobody is named

    @property
    def stores(self) -> Stores:
        """Where contents are, and their copies."""
        return Stores(self.store, self.replica)

    @property
    def downloads(self) -> Downloads:
        """How contents go out."""
        return Downloads(self.store, self._distrust, self.sign)

    def _distrust(self, sha256: str) -> None:
        """Have a content verified soon that was not read as it came."""
        with self.database.write() as connection:
            demand_check(connection, sha256)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One look at, or one change of, the database on behalf of somebody."""

    connection: Connection
    actor: Actor
    site: Site

    def view(self, record: Record) -> View:
        """What the caller sees of `record`."""
        return View(
            self.site.base_url,
            self.site.name,
            may_read_files=may(self.actor, Action.READ_FILES, record),
            may_manage=may(self.actor, Action.MANAGE, record),
        )


class Call:
    """One request, before anybody has looked at the database.

    Handlers open their transaction themselves and make their answer inside it. It is no `yield` dependency on
    purpose: those hold the writer's turn while the handler waits for a free thread, and forty waiting writers would
    leave none (docs/decisions).
    """

    __slots__ = ("context", "credentials", "request")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.context: Context = request.app.state.context
        self.credentials: Credentials = credentials_of(request)

    @property
    def base_url(self) -> str:
        """Our public address, without a slash at the end."""
        return self.context.site.base_url

    async def run(self, read: Callable[..., Response], *arguments: Any) -> Response:  # noqa: ANN401  handed through
        """Do a short read from `async` code: on SQLite at once, which is cheaper than any thread; else in one."""
        if self.context.database.is_sqlite:
            return read(self, *arguments)
        return await run_in_threadpool(read, self, *arguments)

    def actor(self) -> Actor:
        """Who is asking, for those who need nothing else of the database."""
        with self.context.database.read() as connection:
            return actor_of(connection, self.credentials)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A consistent view; nothing that is done in it stays, except that a browser's session lives on."""
        with self.context.database.read() as connection:
            actor, session_is_stale = identify(connection, self.credentials)
            yield Transaction(connection, actor, self.context.site)
        if session_is_stale:
            with self.context.database.write() as connection:
                keep_session(connection, self.credentials.secret, timedelta(days=self.context.session_days))

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that is committed when the block ends, so before the answer leaves."""
        with self.context.database.write() as connection:
            yield Transaction(connection, actor_of(connection, self.credentials), self.context.site)


async def _call(request: Request) -> Call:  # async, so that no thread is spent on it
    return Call(request)


CallerDep = Annotated[Call, Depends(_call)]


async def _not_forged(call: CallerDep) -> None:
    refuse_forgery(call.request, call.credentials)


# For API routers: a browser's session alone changes nothing, the page must have meant it.
NOT_FORGED = Depends(_not_forged)
