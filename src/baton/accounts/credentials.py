"""What a request brings along to say who is asking. Reads headers, never the database."""

from starlette.requests import HTTPConnection, Request

from baton.accounts.actor import NO_CREDENTIALS, Credentials, CredentialsKind
from baton.accounts.rules import require_header_token

SESSION_COOKIE = "session"
CSRF_COOKIE = "csrftoken"
CSRF_HEADER = "X-CSRFToken"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def credentials_of(request: HTTPConnection) -> Credentials:
    """The token of `Authorization: Bearer` or `?access_token=`, else the session of the cookie, else nothing.

    A token counts even when it turns out to be worth nothing: then the call goes on as nobody's, and never as the
    session's that the same browser may have (zenodo-api.md 1, generic errors).
    """
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return Credentials(CredentialsKind.TOKEN, token.strip())
    if token := request.query_params.get("access_token", ""):
        return Credentials(CredentialsKind.TOKEN, token)
    if secret := request.cookies.get(SESSION_COOKIE, ""):
        return Credentials(CredentialsKind.SESSION, secret)
    return NO_CREDENTIALS


def refuse_forgery(request: Request, credentials: Credentials) -> None:
    """For the API: raise `CsrfFailed` for a change with a session cookie that no page of ours has asked for."""
    if credentials.kind is CredentialsKind.SESSION and request.method not in SAFE_METHODS:
        require_header_token(credentials.secret, request.cookies.get(CSRF_COOKIE), request.headers.get(CSRF_HEADER))
