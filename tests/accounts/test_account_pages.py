"""Accounts in a browser without scripts."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from httpx2 import Response
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.waiting import until

from baton.accounts.actor import SCOPES
from baton.accounts.commands import CONFIRM, RESET, create_token, open_link
from baton.accounts.queries import actor_by_token, list_sessions, list_tokens, user_by_email
from baton.accounts.schemas import User
from baton.app import create_app
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.settings import Settings
from baton.web.posting import local_path

PASSWORD = "correct horse battery"
SETTINGS = "/account/settings/"
SECURITY = "/account/settings/security"
APPLICATIONS = "/account/settings/applications/"
NEW_TOKEN = "/account/settings/applications/tokens/new/"
HTML = {"Accept": "text/html"}


class Browser:
    """Loads a page, fills in its form, sends it."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str) -> Response:
        return self.client.get(path, headers=HTML)

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of a page's forms; they agree where names are the same."""
        inputs = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", self.get(path).text)
        found = {}
        for tag in inputs:
            name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
            if name and value:
                found[name[1]] = unescape(value[1])
        return found

    def send(self, path: str, fields: Mapping[str, str | list[str]], *, to: str = "") -> Response:
        data = {**self.hidden(path), **fields}
        return self.client.post(to or urlsplit(path).path, data=data, headers=HTML)

    def log_in(self, email: str = "alice@example.org", password: str = PASSWORD, path: str = "/login") -> Response:
        return self.send(path, {"email": email, "password": password})


@pytest.fixture
def browser(client: TestClient) -> Browser:
    return Browser(client)


@pytest.fixture
def alices(browser: Browser) -> Browser:
    """A browser in which alice is logged in."""
    assert browser.log_in().status_code == 303
    return browser


def location(answer: Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_logging_in_leads_to_where_one_wanted_to_go(browser: Browser) -> None:
    answer = browser.log_in(path="/login?next=/records/1%3Fpreview%3D1")
    assert location(answer) == "/records/1?preview=1"
    cookies = {cookie.split("=")[0]: cookie.lower() for cookie in answer.headers.get_list("set-cookie")}
    assert "httponly" in cookies["session"]
    assert "samesite=lax" in cookies["session"]
    assert "secure" not in cookies["session"]
    assert "httponly" not in cookies["csrftoken"]
    assert location(browser.get("/login?next=/records/1")) == "/records/1"
    assert location(browser.get("/register")) == "/"
    assert "alice@example.org" in browser.get(SETTINGS).text


def test_on_https_cookies_are_secure(settings: Settings) -> None:
    settings = settings.model_copy(update={"site_url": "https://testserver"})
    with TestClient(create_app(settings), base_url="https://testserver", follow_redirects=False) as client:
        answer = Browser(client).log_in()
    assert all("; secure" in cookie.lower() for cookie in answer.headers.get_list("set-cookie"))


def test_a_failed_login_stays_on_the_page_and_says_why(browser: Browser) -> None:
    answer = browser.log_in(password="wrong password")
    assert answer.status_code == 400
    assert "does not fit" in answer.text
    assert 'value="alice@example.org"' in answer.text
    assert "wrong password" not in answer.text
    assert "session" not in browser.client.cookies


def test_many_failed_logins_have_to_wait(browser: Browser) -> None:
    for _ in range(5):
        browser.log_in(password="x" * 1001)
    answer = browser.log_in()
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"
    assert "try again in 1 second" in answer.text


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"]
)
def test_logging_in_never_leads_to_another_site(browser: Browser, target: str) -> None:
    token = browser.hidden("/login")["csrf_token"]
    fields = {"csrf_token": token, "email": "alice@example.org", "password": PASSWORD, "next": target}
    assert location(browser.client.post("/login", data=fields)) == "/"


@given(st.text())
@example("/\r\n/evil.example")
@example("/\u2028/evil.example")
def test_a_local_path_stays_here(text: str) -> None:
    for path in (text, f"/{text}"):
        kept = local_path(path)
        assert urlsplit(urljoin("https://here.example/login", kept)).netloc == "here.example"
        assert local_path(kept) == kept


def test_logging_out_ends_the_session(alices: Browser, database: Database, alice: User) -> None:
    assert location(alices.send(SETTINGS, {}, to="/logout")) == "/login?done=bye"
    assert "session" not in alices.client.cookies
    assert "logged out" in alices.get("/login?done=bye").text
    with database.read() as connection:
        assert list_sessions(connection, alice.id) == []


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/login", {"email": "alice@example.org", "password": PASSWORD}),
        ("/register", {"email": "dora@example.org", "password": PASSWORD}),
        ("/confirm", {}),
        ("/send-confirmation-email", {}),
        ("/forgot-password", {"email": "alice@example.org"}),
        ("/reset-password", {}),
        ("/logout", {}),
        (SETTINGS, {"full_name": "Mallory"}),
        (SECURITY, {"password": PASSWORD, "new_password": "mallory's own"}),
        (f"{SECURITY}/sessions/1/revoke", {}),
        (NEW_TOKEN, {"name": "mallory's"}),
        ("/account/settings/applications/tokens/1/revoke", {}),
    ],
)
def test_no_other_site_can_send_a_form(browser: Browser, path: str, fields: dict[str, str]) -> None:
    for _ in ("as a stranger", "logged in"):
        for token in ({}, {"csrf_token": ""}, {"csrf_token": "guessed"}):
            answer = browser.client.post(path, data={**fields, **token})
            assert answer.status_code == 400
            assert "CSRF" in answer.text
        browser.log_in()
    assert location(browser.get("/login")) == "/"


def test_a_token_does_not_open_the_settings(client: TestClient, database: Database, alice: User) -> None:
    with database.write() as connection:
        secret = create_token(connection, alice.actor, "all", list(SCOPES))
    for path in (SETTINGS, SECURITY, APPLICATIONS, NEW_TOKEN):
        for headers, query in (({"Authorization": f"Bearer {secret}"}, ""), ({}, f"?access_token={secret}")):
            answer = client.get(f"{path}{query}", headers=headers)
            assert location(answer).startswith("/login?next=%2Faccount%2Fsettings")
            assert secret not in location(answer)


def test_strangers_are_sent_to_the_login_and_back(browser: Browser) -> None:
    target = location(browser.get(APPLICATIONS))
    assert location(browser.log_in(path=target)) == APPLICATIONS


def test_an_account_is_registered_confirmed_and_used(browser: Browser, settings: Settings) -> None:
    fields = {"full_name": "Dora <Explorer>", "email": "Dora@Example.org", "password": PASSWORD}
    assert location(browser.send("/register", fields)) == "/login?done=registered"
    assert "Look into your mailbox" in browser.get("/login?done=registered").text
    refused = browser.log_in("dora@example.org")
    assert refused.status_code == 403
    assert "Confirm your e-mail address first" in refused.text
    link = mailed_link(settings.data_dir / "outbox", 1)
    page = browser.get(link)
    assert "dora@example.org" in page.text
    wrong = browser.send(link, {"password": "wrong password"})
    assert wrong.status_code == 400
    assert location(browser.send(link, {"password": PASSWORD})) == "/"
    profile = browser.get(SETTINGS).text
    assert "Dora &lt;Explorer&gt;" in profile
    assert "Dora <Explorer>" not in profile
    dead = browser.get(link)
    assert dead.status_code == 400
    assert "used before" in dead.text


def mailed_link(outbox: Path, number: int) -> str:
    """The address in the newest of so many mails, without the host. The worker sends them in its own time."""
    until(lambda: len(list(outbox.glob("*.eml"))) >= number)
    text = message_from_bytes(max(outbox.glob("*.eml")).read_bytes(), policy=policy.default).get_content()
    match = re.search(r"http://testserver(\S+)", text)
    assert match is not None
    return match[1]


def test_registering_shows_everything_that_is_wrong_and_keeps_what_was_typed(browser: Browser) -> None:
    answer = browser.send("/register", {"full_name": "Dora", "email": "dora at home", "password": "short"})
    assert answer.status_code == 400
    assert "Write an e-mail address" in answer.text
    assert "at least 8 characters" in answer.text
    assert 'value="dora at home"' in answer.text
    assert "short" not in answer.text


def test_registering_a_known_address_looks_the_same(browser: Browser) -> None:
    known = browser.send("/register", {"email": "alice@example.org", "password": "somebody else's"})
    unknown = browser.send("/register", {"email": "dora@example.org", "password": "somebody else's"})
    assert location(known) == location(unknown)
    assert known.text == unknown.text
    assert location(browser.log_in()) == "/"


def test_a_new_confirmation_can_be_asked_for(browser: Browser, database: Database) -> None:
    dead = browser.get("/confirm?secret=nonsense")
    assert dead.status_code == 400
    answer = browser.send("/confirm?secret=nonsense", {"email": "dora@example.org"}, to="/send-confirmation-email")
    assert location(answer) == "/login?done=mail"
    with database.read() as connection:
        assert user_by_email(connection, "dora@example.org") is None


def test_a_forgotten_password_is_reset_by_mail(alices: Browser, settings: Settings) -> None:
    answers = [alices.send("/forgot-password", {"email": email}) for email in ("alice@example.org", "no@example.org")]
    assert [location(answer) for answer in answers] == ["/login?done=mail"] * 2
    link = mailed_link(settings.data_dir / "outbox", 1)
    assert "alice@example.org" in alices.get(link).text
    short = alices.send(link, {"password": "short"})
    assert short.status_code == 400
    assert "at least 8 characters" in short.text
    assert location(alices.send(link, {"password": "a new password"})) == "/login?done=password"
    assert location(alices.get(SETTINGS)).startswith("/login")
    assert alices.log_in().status_code == 400
    assert location(alices.log_in(password="a new password")) == "/"
    assert alices.get(link).status_code == 400


def test_links_of_one_kind_do_not_open_the_other_page(browser: Browser, database: Database, alice: User) -> None:
    with database.write() as connection:
        links = {
            "/confirm": open_link(connection, alice.id, RESET),
            "/reset-password": open_link(connection, alice.id, CONFIRM),
        }
    for path, secret in links.items():
        assert browser.get(f"{path}?secret={secret}").status_code == 400


def test_an_address_is_needed_for_a_reset(browser: Browser) -> None:
    answer = browser.send("/forgot-password", {"email": "nonsense"})
    assert answer.status_code == 400
    assert "Write an e-mail address" in answer.text


def test_the_profile_is_changed(alices: Browser) -> None:
    assert location(alices.send(SETTINGS, {"full_name": "Alice Ångström", "affiliation": "CERN"})).endswith(
        "done=profile"
    )
    page = alices.get(f"{SETTINGS}?done=profile").text
    assert "Your profile is saved." in page
    assert 'value="Alice Ångström"' in page
    wrong = alices.send(SETTINGS, {"full_name": "x" * 201, "affiliation": "typed in vain?"})
    assert wrong.status_code == 400
    assert "typed in vain?" in wrong.text


def test_the_password_is_changed_with_the_present_one(alices: Browser) -> None:
    for fields, message in (
        ({"password": "wrong password", "new_password": "a new password"}, "does not fit"),
        ({"password": PASSWORD, "new_password": "short"}, "at least 8 characters"),
    ):
        answer = alices.send(SECURITY, fields)
        assert answer.status_code == 400
        assert message in answer.text
    fields = {"password": PASSWORD, "new_password": "a new password"}
    assert location(alices.send(SECURITY, fields)) == f"{SECURITY}?done=password"
    assert alices.get(SECURITY).status_code == 200


def test_sessions_are_listed_and_revoked(
    alices: Browser, database: Database, alice: User, session_of: Callable[[User], str]
) -> None:
    session_of(alice)
    page = alices.get(SECURITY).text
    assert "Firefox on Linux" in page
    assert "this one" in page
    (path,) = re.findall(r'action="(\S+/revoke)"', page)
    assert location(alices.send(SECURITY, {}, to=path)) == f"{SECURITY}?done=session"
    assert alices.send(SECURITY, {}, to=path).status_code == 404
    with database.read() as connection:
        assert len(list_sessions(connection, alice.id)) == 1


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "x"])
def test_an_impossible_number_names_nothing(alices: Browser, number: str) -> None:
    assert alices.send(SECURITY, {}, to=f"{SECURITY}/sessions/{number}/revoke").status_code == 404
    assert alices.send(SECURITY, {}, to=f"/account/settings/applications/tokens/{number}/revoke").status_code == 404


def test_a_token_is_made_shown_once_and_revoked(alices: Browser, database: Database, alice: User) -> None:
    made = alices.send(
        NEW_TOKEN, {"name": "<laptop>", "scopes": ["deposit:write", "user:email"], "expires_on": "2030-12-31"}
    )
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    match = re.search(r'<code id="token">([\w-]+)</code>', made.text)
    assert match is not None
    with database.read() as connection:
        actor = actor_by_token(connection, match[1])
        token = list_tokens(connection, alice.id)[0]
    assert actor is not None
    assert actor.scopes == {"deposit:write", "user:email"}
    assert token.expires_at is not None
    assert token.expires_at.isoformat() == "2031-01-01T00:00:00+00:00"
    page = alices.get(APPLICATIONS).text
    assert "&lt;laptop&gt;" in page
    assert match[1] not in page
    path = f"/account/settings/applications/tokens/{token.id}/revoke"
    assert location(alices.send(APPLICATIONS, {}, to=path)) == f"{APPLICATIONS}?done=token"
    with database.read() as connection:
        assert actor_by_token(connection, match[1]) is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "Give the token a name"),
        ({"name": "x", "scopes": ["everything"]}, "Unknown: everything"),
        ({"name": "x", "expires_on": "tomorrow"}, "Write the day as"),
        ({"name": "x", "expires_on": "9999-12-31"}, "Write the day as"),
        ({"name": "x", "expires_on": "1999-12-31"}, "in the future"),
    ],
)
def test_a_wrong_token_is_told(alices: Browser, fields: dict[str, str | list[str]], message: str) -> None:
    answer = alices.send(NEW_TOKEN, {"scopes": ["deposit:write"], **fields})
    assert answer.status_code == 400
    assert message in answer.text


@pytest.mark.parametrize("body", [b"\xff\xfe=%", b"a=%ff", b"&".join(b"a=1" for _ in range(500))])
def test_a_broken_form_is_told(client: TestClient, body: bytes) -> None:
    answer = client.post("/login", content=body)
    assert answer.status_code == 400


def test_a_huge_form_is_not_read(client: TestClient) -> None:
    assert client.post("/login", content=b"x" * 100_000).status_code == 413


def test_a_session_lives_on_while_pages_are_read(
    alices: Browser, database: Database, alice: User, later: Callable[[timedelta], None]
) -> None:
    for _ in range(3):
        later(timedelta(days=4))
        assert alices.get(SETTINGS).status_code == 200
    with database.read() as connection:
        (session,) = list_sessions(connection, alice.id)
    assert session.seen_at == clock.now()
    later(timedelta(days=5))
    assert location(alices.get(SETTINGS)).startswith("/login")
