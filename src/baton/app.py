"""The only wiring: settings become parts, parts become a context, the context becomes an application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from baton import __version__
from baton.accounts.throttle import Throttle
from baton.context import Context, Harvesting, Site
from baton.exports.upload_answers import UPLOAD_HEADERS
from baton.feeds.dumps import Dumps
from baton.files.receipt import ReadBack
from baton.files.rules import Limits
from baton.files.scrub import Care
from baton.identifiers.datacite import DataCite
from baton.identifiers.policy import DoiPolicy
from baton.identifiers.registrar import Registrar
from baton.kernel.db import Database
from baton.kernel.errors import Broken, FieldError, InvalidInput, MethodNotAllowed, NotFound, Problem
from baton.kernel.http import Gate, problem_response, wants_json
from baton.kernel.logging import request_id
from baton.kernel.mail import Mailer
from baton.kernel.migrations import migrate
from baton.kernel.openapi import tidied
from baton.kernel.settings import MB, Settings
from baton.kernel.worker import Worker
from baton.oai import routes as oai
from baton.quotas.queries import Quotas
from baton.rdm import router as rdm
from baton.reactions import ERRANDS, JOBS, REACTIONS, start_index
from baton.renditions.front import PublicAnswers
from baton.renditions.turns import Turns
from baton.search.tantivy import TantivyBackend
from baton.storage.fixity import Brake
from baton.storage.places import open_staging, open_store
from baton.storage.s3.address import Keys
from baton.storage.s3.store import S3Store
from baton.storage.versions.store import VersionedStore
from baton.uploads.engine import Engine
from baton.uploads.fetch import Fetcher
from baton.web import router as web
from baton.web.errors import problem_page
from baton.zenodo import router as zenodo


def create_context(settings: Settings) -> Context:
    """Make the parts that the settings name; folders and tables are created where they are missing."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    migrate(database)
    keys = Keys(*settings.s3_keys)
    objects = open_store(settings.storage, keys)
    store = VersionedStore(objects)
    quotas = Quotas(
        Limits(
            settings.max_file_bytes,
            settings.max_record_bytes,
            settings.max_files,
            settings.max_user_bytes or None,
        )
    )
    receipts = ReadBack(sampled=settings.read_back == "sample", most=settings.read_back_mb * MB)
    staging = open_staging(settings.storage, settings.data_dir / "files")
    uploads = Engine(database, store, staging, quotas, timedelta(days=settings.upload_days), receipts)
    return Context(
        site=Site(settings.base_url, settings.site_name, settings.records_json),
        database=database,
        store=store,
        sign=objects.sign if settings.downloads == "presigned" and isinstance(objects, S3Store) else None,
        uploads=uploads,
        fetcher=Fetcher(uploads, private=settings.fetch_private),
        replica=open_store(settings.replica_url, keys) if settings.replica_url else None,
        care=Care(
            timedelta(days=settings.scrub_days),
            sampled=settings.read_back == "sample",
            pace=Brake(settings.scrub_mb_per_second * MB),
        ),
        most_inflated=settings.inflate_mb * MB,
        search=TantivyBackend(settings.data_dir / "index"),
        dois=DoiPolicy(settings.doi_prefix, settings.doi_suffix),
        registrar=_registrar(settings),
        quotas=quotas,
        mailer=Mailer(settings.smtp_url, settings.sender, settings.data_dir / "outbox"),
        throttle=Throttle(),
        session_days=settings.session_days,
        sweep_after_hours=settings.sweep_after_hours,
        dumps=Dumps(settings.data_dir / "dumps", settings.dumps_kept),
        dump_hour=None if settings.dump_hour < 0 else settings.dump_hour,
        harvesting=Harvesting(settings.oai_page_size, int(settings.oai_error_status), settings.contact),
        security_contact=settings.security_contact,
    )


def _registrar(settings: Settings) -> Registrar | None:
    if not settings.datacite_url:
        return None
    agent = f"Baton/{__version__} ({settings.base_url}; mailto:{settings.sender})"
    return DataCite(
        settings.datacite_url,
        settings.datacite_user,
        settings.datacite_password,
        agent,
        takes_drafts=settings.datacite_drafts,
    )


def create_app(settings: Settings) -> ASGIApp:
    """The whole service as one ASGI application."""
    context = create_context(settings)
    worker = Worker(context.database, context, REACTIONS, JOBS, ERRANDS) if settings.worker else None

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        start_index(context)
        if worker is not None:
            worker.start()
        yield
        if worker is not None:
            worker.stop()
        context.search.close()
        context.database.close()

    app = FastAPI(
        title=settings.site_name,
        version=__version__,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    described = app.openapi
    app.openapi = lambda: tidied(described())  # type: ignore[method-assign] # as FastAPI documents
    app.state.context = context
    app.state.max_json_bytes = settings.max_json_bytes
    # Not by `include_router`: nested routers are walked through on every request.
    app.router.routes.extend([*rdm.ROUTES, *zenodo.ROUTES, *oai.ROUTES, *web.ROUTES])
    for expected in (Problem, HTTPException, RequestValidationError):
        app.add_exception_handler(expected, _problem)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["ETag", "Link", "Location", "Retry-After", "X-Request-ID", *UPLOAD_HEADERS],
    )
    most = settings.kept_mb * 1_000_000
    view = context.site.public_view
    return Gate(PublicAnswers(app, context.database, view, settings.records_json, most, Turns()))


async def _problem(request: Request, problem: Exception) -> Response:
    """Every refusal, once, as JSON for programs and as a page for people."""
    if isinstance(problem, RequestValidationError):
        problem = _malformed(problem)
    elif isinstance(problem, HTTPException):
        problem = _refused(request, problem)
    if not isinstance(problem, Problem):
        raise problem
    return _told(request, problem)


async def _broken(request: Request, _error: Exception) -> Response:
    """The answer when our own code fails; the exception goes on to `Gate`, which logs it under the same id."""
    return _told(request, Broken(request_id.get()))


def _told(request: Request, problem: Problem) -> Response:
    return problem_response(problem) if wants_json(request) else problem_page(request, problem)


def _malformed(error: RequestValidationError) -> Problem:
    """Arguments that are no numbers and the like; a number in the path that is none names nothing."""
    faults = [FieldError(".".join(str(part) for part in fault["loc"][1:]), fault["msg"]) for fault in error.errors()]
    if any(fault["loc"][0] == "path" for fault in error.errors()):
        return NotFound("There is nothing at this address.")
    return InvalidInput("The request cannot be understood.", errors=faults)


def _refused(request: Request, error: HTTPException) -> Problem:
    """What the framework refuses by itself: unknown addresses and methods."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        return NotFound("There is nothing at this address.")
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowed(_methods_at(request))
    problem = Problem(error.detail, headers=error.headers)
    problem.status = error.status_code
    return problem


def _methods_at(request: Request) -> list[str]:
    """Every method that some route takes at this address; the framework names those of the first one only."""
    routes = [route for route in request.app.router.routes if isinstance(route, Route)]
    here = [route.methods or () for route in routes if route.path_regex.match(request.scope["path"])]
    found = {method for methods in here for method in methods}
    return sorted(found | {"HEAD"} if "GET" in found else found)  # `Gate` answers HEAD for every GET
