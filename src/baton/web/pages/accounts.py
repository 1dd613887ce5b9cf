"""The way in and out: register, confirm, log in, reset a forgotten password, log out."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from baton.accounts import commands
from baton.accounts.actor import ANONYMOUS
from baton.accounts.errors import EmailNotConfirmed, LinkInvalid
from baton.accounts.logins import require_form_pace, verify_login
from baton.accounts.passwords import hash_password
from baton.accounts.queries import user_by_link
from baton.accounts.rules import email_faults, password_faults, text_faults
from baton.accounts.schemas import Login, User
from baton.context import Call, CallerDep, Transaction
from baton.kernel.errors import FieldError, Problem, ValidationFailed
from baton.web.posting import (
    Form,
    FormDep,
    client_address,
    enter,
    form_page,
    is_in_person,
    leave,
    local_path,
    redirect,
    require_own_form,
)

router = APIRouter(include_in_schema=False)

# What a page may be told by its address to say above its form.
NOTICES = {
    "password": "Your password is changed. Log in with the new one.",
    "registered": "Look into your mailbox: we have sent you a mail with a link that confirms your address.",
    "mail": "If this address is known to us, a mail is on its way to it. Look into your mailbox.",
    "bye": "You are logged out.",
}


@router.get("/login")
def log_in_page(call: CallerDep) -> Response:
    """The log-in form; those who are in already go where they wanted to."""
    target = local_path(call.request.query_params.get("next", "/"))
    if is_in_person(call, call.actor()):
        return redirect(target)
    return _show_log_in(call, target, notice=NOTICES.get(call.request.query_params.get("done", ""), ""))


@router.post("/login")
def log_in(call: CallerDep, form: FormDep) -> Response:
    """Open a session and go where `next` says."""
    require_own_form(call, form)
    target = local_path(form["next"] or "/")
    try:
        login = _verified(call, form["email"], form["password"])
        with call.write() as tx:
            secret = _open_session(call, tx, login)
    except Problem as problem:
        return _show_log_in(call, target, form["email"], problem=problem)
    return enter(call, secret, target)


def _show_log_in(
    call: Call, target: str, email: str = "", *, notice: str = "", problem: Problem | None = None
) -> Response:
    return form_page(
        call,
        "accounts/log_in.html",
        actor=ANONYMOUS,
        problem=problem,
        target=target,
        email=email,
        notice=notice,
        is_unconfirmed=isinstance(problem, EmailNotConfirmed),
    )


@router.post("/logout")
def log_out(call: CallerDep, form: FormDep) -> Response:
    """End the session of this browser."""
    require_own_form(call, form)
    with call.write() as tx:
        commands.log_out(tx.connection, call.credentials.secret)
    return leave("/login?done=bye")


@router.get("/register")
def register_page(call: CallerDep) -> Response:
    """The registration form."""
    if is_in_person(call, call.actor()):
        return redirect("/")
    return _show_register(call, Form({}))


@router.post("/register")
def register(call: CallerDep, form: FormDep) -> Response:
    """Ask for an account; the answer is the same whether or not the address has one already."""
    require_own_form(call, form)
    try:
        require_form_pace(call.context.throttle, client_address(call))
        if faults := _registration_faults(form):
            raise ValidationFailed(faults)
        password = hash_password(form["password"])
        with call.write() as tx:
            commands.register(tx.connection, form["email"], password, form["full_name"])
    except Problem as problem:
        return _show_register(call, form, problem)
    return redirect("/login?done=registered")


def _show_register(call: Call, form: Form, problem: Problem | None = None) -> Response:
    return form_page(call, "accounts/register.html", actor=ANONYMOUS, problem=problem, form=form)


@router.get("/confirm")
def confirm_page(call: CallerDep) -> Response:
    """Where the link in the first mail leads. Nothing happens yet: mail scanners follow links, too."""
    return _show_confirm(call, call.request.query_params.get("secret", ""))


@router.post("/confirm")
def confirm(call: CallerDep, form: FormDep) -> Response:
    """Confirm the address with the password that was chosen, and log in with it."""
    require_own_form(call, form)
    try:
        user = _user_of(call, form["secret"], commands.CONFIRM)
        login = _verified(call, user.email, form["password"])
        with call.write() as tx:
            commands.confirm_email(tx.connection, form["secret"], login)
            secret = _open_session(call, tx, login)
    except Problem as problem:
        return _show_confirm(call, form["secret"], problem)
    return enter(call, secret, "/")


def _show_confirm(call: Call, secret: str, problem: Problem | None = None) -> Response:
    try:
        email = _user_of(call, secret, commands.CONFIRM).email
    except LinkInvalid as invalid:
        return form_page(
            call, "accounts/dead_link.html", actor=ANONYMOUS, problem=invalid, action="/send-confirmation-email"
        )
    return form_page(call, "accounts/confirm.html", actor=ANONYMOUS, problem=problem, secret=secret, email=email)


@router.post("/send-confirmation-email")
def send_confirmation_email(call: CallerDep, form: FormDep) -> Response:
    """Send the first mail once more."""
    require_own_form(call, form)
    require_form_pace(call.context.throttle, client_address(call))
    with call.write() as tx:
        commands.request_confirmation(tx.connection, form["email"])
    return redirect("/login?done=mail")


@router.get("/forgot-password")
def forgot_password_page(call: CallerDep) -> Response:
    """The form that asks for a link by mail."""
    return form_page(call, "accounts/forgot_password.html", actor=ANONYMOUS)


@router.post("/forgot-password")
def forgot_password(call: CallerDep, form: FormDep) -> Response:
    """Send a link that sets a new password; the answer is the same whether or not there is such an account."""
    require_own_form(call, form)
    try:
        require_form_pace(call.context.throttle, client_address(call))
        if faults := email_faults(form["email"]):
            raise ValidationFailed(faults)
        with call.write() as tx:
            commands.request_password_reset(tx.connection, form["email"])
    except Problem as problem:
        return form_page(call, "accounts/forgot_password.html", actor=ANONYMOUS, problem=problem)
    return redirect("/login?done=mail")


@router.get("/reset-password")
def reset_password_page(call: CallerDep) -> Response:
    """Where the link in the mail leads."""
    return _show_reset(call, call.request.query_params.get("secret", ""))


@router.post("/reset-password")
def reset_password(call: CallerDep, form: FormDep) -> Response:
    """Set the new password. Sessions end, this browser's too if it had one."""
    require_own_form(call, form)
    try:
        user = _user_of(call, form["secret"], commands.RESET)
        if faults := password_faults(form["password"], user.email):
            raise ValidationFailed(faults)
        password = hash_password(form["password"])
        with call.write() as tx:
            commands.reset_password(tx.connection, form["secret"], password)
    except Problem as problem:
        return _show_reset(call, form["secret"], problem)
    return leave("/login?done=password")


def _show_reset(call: Call, secret: str, problem: Problem | None = None) -> Response:
    try:
        email = _user_of(call, secret, commands.RESET).email
    except LinkInvalid as invalid:
        return form_page(call, "accounts/dead_link.html", actor=ANONYMOUS, problem=invalid, action="/forgot-password")
    return form_page(call, "accounts/reset_password.html", actor=ANONYMOUS, problem=problem, secret=secret, email=email)


def _user_of(call: Call, secret: str, purpose: str) -> User:
    with call.read() as tx:
        return user_by_link(tx.connection, secret, purpose)


def _verified(call: Call, email: str, password: str) -> Login:
    with call.read() as tx:
        return verify_login(tx.connection, call.context.throttle, email, password, client_address(call))


def _open_session(call: Call, tx: Transaction, login: Login) -> str:
    agent = call.request.headers.get("user-agent", "")
    return commands.log_in(tx.connection, login, agent, client_address(call), timedelta(days=call.context.session_days))


def _registration_faults(form: Form) -> list[FieldError]:
    return [
        *text_faults("full_name", form["full_name"]),
        *email_faults(form["email"]),
        *password_faults(form["password"], form["email"]),
    ]
