"""Small HTML forms: their fields as text, and the proof that they were sent from a page of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from baton.accounts.actor import Actor, CredentialsKind
from baton.accounts.credentials import CSRF_COOKIE, SESSION_COOKIE
from baton.accounts.rules import csrf_token, require_form_token
from baton.context import Call
from baton.kernel.errors import InvalidInput, Problem
from baton.kernel.http import read_body
from baton.kernel.ids import new_secret
from baton.web.render import csrf_of, page

MOST_BYTES = 64_000
MOST_FIELDS = 200
# How long browsers keep cookies at most. When a session is over is the server's business: it moves with use.
COOKIE_SECONDS = 400 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in. A field that is missing is empty."""

    fields: Mapping[str, Sequence[str]]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, ("",))[0]

    def chosen(self, name: str) -> list[str]:
        """Every value of a group of checkboxes."""
        return list(self.fields.get(name, ()))


async def _form(request: Request) -> Form:
    body = await read_body(request, MOST_BYTES)
    try:
        text = body.decode()
        return Form(parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:
        raise InvalidInput("This form did not arrive in one piece. Go back, load the page again, and retry.") from None


FormDep = Annotated[Form, Depends(_form)]


def require_own_form(call: Call, form: Form) -> None:
    """Raise `CsrfFailed` unless the form comes from a page that `form_page` or `page` made for this browser."""
    require_form_token(_expected(call), form["csrf_token"])


def form_page(
    call: Call,
    template: str,
    *,
    actor: Actor,
    problem: Problem | None = None,
    **context: Any,  # noqa: ANN401  whatever the template shows
) -> Response:
    """A page with a form. It sees `form_token` for its hidden field, `errors` by field, and `summary` of all of them.

    Before there is a session the token is a random cookie, which another site can neither read nor set.
    """
    token = _expected(call)
    answer = page(
        call,
        template,
        actor=actor,
        status=problem.status if problem else 200,
        headers=problem.headers if problem else None,
        form_token=token or (fresh := new_secret()),
        errors=_by_field(problem),
        summary=_summary(problem),
        **context,
    )
    if not token:
        _set_cookie(call, answer, CSRF_COOKIE, fresh)
    return answer


def client_address(call: Call) -> str:
    """Where the request comes from, as far as we know."""
    return call.request.client.host if call.request.client else ""


def redirect(path: str) -> Response:
    """Where to go after a form: by GET, so that reloading sends nothing twice."""
    return RedirectResponse(path, 303)


def enter(call: Call, session_secret: str, path: str) -> Response:
    """Go to `path` with a new session. The `csrftoken` cookie is for scripts that call the API."""
    answer = redirect(path)
    _set_cookie(call, answer, SESSION_COOKIE, session_secret, http_only=True)
    _set_cookie(call, answer, CSRF_COOKIE, csrf_token(session_secret))
    return answer


def leave(path: str) -> Response:
    """Go to `path` without a session."""
    answer = redirect(path)
    answer.delete_cookie(SESSION_COOKIE)
    answer.delete_cookie(CSRF_COOKIE)
    return answer


def local_path(path: str) -> str:
    """`path` if it leads to a page of this site, else the home page: log-in links must not lead people astray."""
    is_local = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_local and path.isprintable() and path.isascii() else "/"


def _expected(call: Call) -> str:
    return csrf_of(call.credentials) or call.request.cookies.get(CSRF_COOKIE, "")


def _set_cookie(call: Call, answer: Response, name: str, value: str, *, http_only: bool = False) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=COOKIE_SECONDS,
        secure=call.context.site.base_url.startswith("https:"),
        httponly=http_only,
        samesite="lax",
    )


def _by_field(problem: Problem | None) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for error in problem.errors if problem else ():
        fields.setdefault(error.field, []).append(error.message)
    return fields


def _summary(problem: Problem | None) -> list[dict[str, str]]:
    if problem is None:
        return []
    if not problem.errors:
        return [{"message": problem.detail, "anchor": ""}]
    return [{"message": error.message, "anchor": error.field} for error in problem.errors]


def is_in_person(call: Call, actor: Actor) -> bool:
    """Whether a person is here with their browser: a token may not change the account that it belongs to."""
    return call.credentials.kind is CredentialsKind.SESSION and not actor.is_anonymous
