"""Pages: templates compiled once, and what every page has in common."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from baton.accounts.actor import Actor, Credentials, CredentialsKind
from baton.accounts.rules import csrf_token
from baton.context import Call, Site
from baton.web.assets import asset_path

# No scripts at all. `form-action` and `base-uri` keep injected markup, should any ever get through, from phoning home.
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    # A page differs by who asks; a browser may keep it, and asks again before it shows it again.
    "Cache-Control": "private, no-cache",
    "Vary": "Accept, Cookie",
}

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
TEMPLATES.globals["asset"] = asset_path


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at the page, as far as the page itself needs to know."""

    is_known: bool
    name: str
    is_admin: bool
    csrf: str  # for the hidden field `csrf_token` of every form that changes something; empty without a session


@dataclass(frozen=True, slots=True)
class Page:
    """What the base template knows besides the page's own content."""

    site: Site
    visitor: Visitor
    path: str  # with the query: where a log-in should lead back to
    query: str  # what the search field in the header shows

    @property
    def login(self) -> str:
        """The log-in page that leads back here."""
        return login_url(self.path)


def page(
    call: Call,
    template: str,
    *,
    actor: Actor,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,  # noqa: ANN401  whatever the template shows
) -> HTMLResponse:
    """The template as an answer. Besides `context` it sees `page`: the site, the visitor, the present address."""
    visitor = Visitor(not actor.is_anonymous, actor.full_name or actor.email, actor.is_admin, csrf_of(call.credentials))
    return render(call.request, call.context.site, visitor, template, status, headers, context)


def render(
    request: Request,
    site: Site,
    visitor: Visitor,
    template: str,
    status: int,
    headers: Mapping[str, str] | None,
    context: Mapping[str, Any],
) -> HTMLResponse:
    """As `page`, for those who know the visitor already."""
    common = Page(site, visitor, _here(request), request.query_params.get("q", ""))
    html = TEMPLATES.get_template(template).render(context, page=common)
    return HTMLResponse(html, status, {**SECURITY, **(headers or {})})


def unless_known(request: Request, answer: Response) -> Response:
    """The page with an entity tag, or 304 when the browser has just this page already."""
    answer.headers["ETag"] = f'W/"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    if answer.headers["ETag"] not in request.headers.get("if-none-match", ""):
        return answer
    kept = {name: value for name, value in answer.headers.items() if name not in {"content-length", "content-type"}}
    return Response(status_code=304, headers=kept)


def csrf_of(credentials: Credentials) -> str:
    """What the hidden field of a form must hold for this session; empty when there is none."""
    return csrf_token(credentials.secret) if credentials.kind is CredentialsKind.SESSION else ""


def login_url(back: str) -> str:
    """The log-in page that leads to `back` (a path on this site) afterwards."""
    return f"/login?{urlencode({'next': back})}"


def _here(request: Request) -> str:
    query = request.url.query
    return quote(request.url.path) + (f"?{query}" if query else "")
