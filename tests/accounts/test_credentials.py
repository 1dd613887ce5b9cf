"""What a request brings along, and requests that other sites try to send in somebody's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from baton.accounts.actor import NO_CREDENTIALS, Credentials, CredentialsKind
from baton.accounts.credentials import credentials_of, refuse_forgery
from baton.accounts.errors import CsrfFailed
from baton.accounts.rules import csrf_token

SESSION = "the secret of a session"


def request(method: str = "GET", query: str = "", **headers: str) -> Request:
    pairs = [(name.replace("_", "-").lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "path": "/", "query_string": query.encode(), "headers": pairs})


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        ("", {}, NO_CREDENTIALS),
        ("", {"authorization": "Bearer abc"}, Credentials(CredentialsKind.TOKEN, "abc")),
        ("", {"authorization": "bearer   abc "}, Credentials(CredentialsKind.TOKEN, "abc")),
        ("access_token=abc", {}, Credentials(CredentialsKind.TOKEN, "abc")),
        ("access_token=query", {"authorization": "Bearer header"}, Credentials(CredentialsKind.TOKEN, "header")),
        ("", {"cookie": "session=abc; csrftoken=x"}, Credentials(CredentialsKind.SESSION, "abc")),
        ("access_token=abc", {"cookie": "session=def"}, Credentials(CredentialsKind.TOKEN, "abc")),
        ("", {"authorization": "Basic abc", "cookie": "session=def"}, Credentials(CredentialsKind.SESSION, "def")),
        ("", {"authorization": "Bearer "}, NO_CREDENTIALS),
        ("access_token=", {"cookie": "session="}, NO_CREDENTIALS),
        ("token=abc", {}, NO_CREDENTIALS),
    ],
)
def test_a_token_comes_before_a_session(query: str, headers: dict[str, str], expected: Credentials) -> None:
    assert credentials_of(request(query=query, **headers)) == expected


@given(st.text(st.characters(max_codepoint=255)), st.text(st.characters(max_codepoint=255)))
def test_no_header_is_too_odd(authorization: str, cookie: str) -> None:
    assert credentials_of(request(authorization=authorization, cookie=cookie)).kind in CredentialsKind


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_change_by_session_needs_the_token_in_cookie_and_header(method: str) -> None:
    token = csrf_token(SESSION)
    good = request(method, cookie=f"session={SESSION}; csrftoken={token}", x_csrftoken=token)
    refuse_forgery(good, credentials_of(good))
    for forged in (
        request(method, cookie=f"session={SESSION}"),
        request(method, cookie=f"session={SESSION}; csrftoken={token}"),
        request(method, cookie=f"session={SESSION}", x_csrftoken=token),
        request(method, cookie=f"session={SESSION}; csrftoken={token}", x_csrftoken="x"),
        request(method, cookie=f"session={SESSION}; csrftoken=planted", x_csrftoken="planted"),
    ):
        with pytest.raises(CsrfFailed):
            refuse_forgery(forged, credentials_of(forged))


@pytest.mark.parametrize(
    "harmless",
    [
        request("GET", cookie=f"session={SESSION}"),
        request("HEAD", cookie=f"session={SESSION}"),
        request("POST", authorization="Bearer abc", cookie=f"session={SESSION}"),
        request("DELETE", query="access_token=abc", cookie=f"session={SESSION}"),
        request("POST"),
    ],
)
def test_reading_tokens_and_strangers_need_none(harmless: Request) -> None:
    refuse_forgery(harmless, credentials_of(harmless))
