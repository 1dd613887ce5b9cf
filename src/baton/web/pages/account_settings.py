"""What people change about their own account, in person only: profile, password, sessions, access tokens."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from baton.accounts import commands
from baton.accounts.actor import SCOPES
from baton.accounts.logins import verify_login
from baton.accounts.passwords import hash_password
from baton.accounts.queries import current_session, get_user, list_sessions, list_tokens
from baton.accounts.rules import password_faults
from baton.context import Call, CallerDep, Transaction
from baton.kernel import clock
from baton.kernel.errors import FieldError, Problem, ValidationFailed
from baton.kernel.ids import LARGEST_ID
from baton.web.posting import Form, FormDep, client_address, form_page, is_in_person, redirect, require_own_form
from baton.web.render import login_url, page

router = APIRouter(prefix="/account/settings", include_in_schema=False)

RowId = Annotated[int, Path(ge=1, le=LARGEST_ID)]  # beyond that the database knows no numbers

PROFILE, SECURITY, APPLICATIONS = "/account/settings/", "/account/settings/security", "/account/settings/applications/"
NOTICES = {
    "profile": "Your profile is saved.",
    "password": "Your password is changed. You are logged out everywhere else.",
    "session": "That browser is logged out.",
    "token": "The token is revoked. Programs that use it are strangers from now on.",
}


@router.get("")
@router.get("/")
def profile_page(call: CallerDep) -> Response:
    """Name and affiliation."""
    return _show_profile(call)


@router.post("")
@router.post("/")
def save_profile(call: CallerDep, form: FormDep) -> Response:
    """Change name and affiliation."""
    require_own_form(call, form)
    try:
        with call.write() as tx:
            if not is_in_person(call, tx.actor):
                return _to_log_in(call)
            commands.update_profile(tx.connection, tx.actor, form["full_name"], form["affiliation"])
    except ValidationFailed as problem:
        return _show_profile(call, problem, form)
    return redirect(f"{PROFILE}?done=profile")


def _show_profile(call: Call, problem: Problem | None = None, form: Form | None = None) -> Response:
    with call.read() as tx:
        if not is_in_person(call, tx.actor):
            return _to_log_in(call)
        user = get_user(tx.connection, tx.actor.user_id or 0)
        return _show(call, tx, "profile", problem, user=user, form=form)


@router.get("/security")
def security_page(call: CallerDep) -> Response:
    """Password and sessions."""
    return _show_security(call)


@router.post("/security")
def change_password(call: CallerDep, form: FormDep) -> Response:
    """Set a new password; every other browser is logged out."""
    require_own_form(call, form)
    actor = call.actor()
    if not is_in_person(call, actor):
        return _to_log_in(call)
    try:
        if faults := password_faults(form["new_password"], actor.email, "new_password"):
            raise ValidationFailed(faults)
        with call.read() as tx:
            address = client_address(call)
            login = verify_login(tx.connection, call.context.throttle, actor.email, form["password"], address)
        password = hash_password(form["new_password"])
        with call.write() as tx:
            commands.change_password(tx.connection, login, password, keep=call.credentials.secret)
    except Problem as problem:
        return _show_security(call, problem)
    return redirect(f"{SECURITY}?done=password")


@router.post("/security/sessions/{session_id}/revoke")
def revoke_session(call: CallerDep, form: FormDep, session_id: RowId) -> Response:
    """Log another browser out."""
    require_own_form(call, form)
    with call.write() as tx:
        if not is_in_person(call, tx.actor):
            return _to_log_in(call)
        commands.revoke_session(tx.connection, tx.actor, session_id)
    return redirect(f"{SECURITY}?done=session")


def _show_security(call: Call, problem: Problem | None = None) -> Response:
    with call.read() as tx:
        if not is_in_person(call, tx.actor):
            return _to_log_in(call)
        current = current_session(tx.connection, call.credentials.secret)
        sessions = list_sessions(tx.connection, tx.actor.user_id or 0)
        return _show(call, tx, "security", problem, sessions=sessions, current_id=current.id if current else 0)


@router.get("/applications")
@router.get("/applications/")
def tokens_page(call: CallerDep) -> Response:
    """The personal access tokens, without their secrets."""
    with call.read() as tx:
        if not is_in_person(call, tx.actor):
            return _to_log_in(call)
        tokens = list_tokens(tx.connection, tx.actor.user_id or 0)
        return _show(call, tx, "applications", None, tokens=tokens, now=clock.now())


@router.get("/applications/tokens/new")
@router.get("/applications/tokens/new/")
def new_token_page(call: CallerDep) -> Response:
    """The form for a new token."""
    return _show_new_token(call, Form({}))


@router.post("/applications/tokens/new")
@router.post("/applications/tokens/new/")
def create_token(call: CallerDep, form: FormDep) -> Response:
    """Make a token and show it, here and never again: no redirect, because an address must not hold a secret."""
    require_own_form(call, form)
    try:
        expires_at = _end_of(form["expires_on"])
        with call.write() as tx:
            if not is_in_person(call, tx.actor):
                return _to_log_in(call)
            secret = commands.create_token(tx.connection, tx.actor, form["name"], form.chosen("scopes"), expires_at)
    except ValidationFailed as problem:
        return _show_new_token(call, form, problem)
    headers = {"Cache-Control": "no-store"}
    return page(
        call,
        "accounts/token_made.html",
        actor=tx.actor,
        headers=headers,
        name=form["name"],
        secret=secret,
        here="applications",
        notice="",
    )


@router.post("/applications/tokens/{token_id}/revoke")
def revoke_token(call: CallerDep, form: FormDep, token_id: RowId) -> Response:
    """Take a token back."""
    require_own_form(call, form)
    with call.write() as tx:
        if not is_in_person(call, tx.actor):
            return _to_log_in(call)
        commands.revoke_token(tx.connection, tx.actor, token_id)
    return redirect(f"{APPLICATIONS}?done=token")


def _show_new_token(call: Call, form: Form, problem: Problem | None = None) -> Response:
    with call.read() as tx:
        if not is_in_person(call, tx.actor):
            return _to_log_in(call)
        first = (clock.today() + timedelta(days=1)).isoformat()
        return _show(call, tx, "new_token", problem, here="applications", form=form, scopes=SCOPES, tomorrow=first)


def _end_of(day: str) -> datetime | None:
    """The end of a day in UTC; `None` for no day."""
    if not day.strip():
        return None
    try:
        return datetime.combine(date.fromisoformat(day.strip()) + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        raise ValidationFailed([FieldError("expires_on", "Write the day as 2030-12-31, or leave it empty.")]) from None


def _show(
    call: Call,
    tx: Transaction,
    name: str,
    problem: Problem | None,
    *,
    here: str = "",
    **context: Any,  # noqa: ANN401  whatever the template shows
) -> Response:
    notice = NOTICES.get(call.request.query_params.get("done", ""), "")
    return form_page(
        call, f"accounts/{name}.html", actor=tx.actor, problem=problem, notice=notice, here=here or name, **context
    )


def _to_log_in(call: Call) -> Response:
    back = call.request.url.path if call.request.method == "GET" else PROFILE
    return redirect(login_url(back))
