"""Every writing route of the API, whoever added it: no scope, no change; no header from a page of ours, no change."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient
from tests.refusals import RDM, make_draft, make_record, refused

from baton.accounts.commands import create_token
from baton.context import Context
from baton.rdm.router import ROUTES as RDM_ROUTES
from baton.zenodo.router import ROUTES as ZENODO_ROUTES

WRITES = {"POST", "PUT", "PATCH", "DELETE"}


def writing() -> Iterator[tuple[str, str, str]]:
    """Operation id, method and path of every route that changes something."""
    for route in (*RDM_ROUTES, *ZENODO_ROUTES):
        if isinstance(route, APIRoute):
            for method in sorted(WRITES & (route.methods or set())):
                yield str(route.operation_id), method, route.path_format


ROUTES = list(writing())
IDS = [name for name, _method, _path in ROUTES]
# What the operation needs, from the work of a depositor's day: drafts are written, what is public is acted on.
ACTIONS = {
    *("edit_record", "publish_draft", "new_version"),
    *("publish_deposition", "edit_deposition", "discard_deposition", "new_version_of_deposition"),
}
TUS = ("begin_upload", "append_to_upload", "override_method", "cancel_upload")
BODIES: dict[str, Any] = {"init_files": [{"key": "new.txt"}]}
# What tus wants to hear before anything else.
HEADERS = {name: {"Tus-Resumable": "1.0.0"} for name in TUS} | {
    "begin_upload": {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "3",
        "Upload-Metadata": "filename bmV3LnR4dA==",
        "Content-Type": "application/offset+octet-stream",
    },
    "override_method": {"Tus-Resumable": "1.0.0", "X-HTTP-Method-Override": "DELETE"},
    "append_to_upload": {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    },
}
FORMS = {"upload_deposition_file": {"file": ("new.txt", b"new")}}


class Things:
    """A draft with a file, a published record, and what they looked like before."""

    def __init__(self, alice: TestClient) -> None:
        self._alice = alice
        self.draft, self.record = make_draft(alice), make_record(alice)
        files = f"/api/records/{self.draft}/draft/files"
        alice.post(files, json=[{"key": "a.txt"}])
        alice.put(f"{files}/a.txt/content", content=b"hello")
        deposition = alice.get(f"/api/deposit/depositions/{self.draft}").json()
        self.bucket = deposition["links"]["bucket"].rpartition("/")[2]
        begun = alice.post(
            f"/api/records/{self.draft}/draft/uploads",
            headers={**HEADERS["begin_upload"], "Upload-Metadata": "filename Yi50eHQ="},
        )
        self.upload_id = begun.headers["location"].rpartition("/")[2]
        self.file_id = alice.get(files).json()["entries"][0]["file_id"]
        self.before = self.state()

    def state(self) -> list[Any]:
        """Everything that a writing route could change about them."""
        mine = self._alice.get("/api/user/records?size=100").json()["hits"]
        draft = f"/api/records/{self.draft}/draft"
        paths = (draft, f"{draft}/files", f"/api/records/{self.record}", f"/api/records/{self.record}/draft")
        return [sorted(hit["id"] for hit in mine["hits"]), *(self._alice.get(path).json() for path in paths)]

    def address(self, path: str, number: str) -> str:
        values = {
            "record_id": number,
            "deposition_id": number,
            "bucket_id": self.bucket,
            "key": "a.txt",
            "file_id": self.file_id,
            "upload_id": self.upload_id,
            "part": "1",
            "user_id": "1",
        }
        return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], path)


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client


def call(client: TestClient, things: Things, route: tuple[str, str, str], headers: dict[str, str]) -> list[Any]:
    """The operation, tried on the draft and on the published record."""
    name, method, path = route
    said: dict[str, Any] = {"files": FORMS[name]} if name in FORMS else {"json": BODIES.get(name, {})}
    headers = {**HEADERS.get(name, {}), **headers}
    return [
        client.request(method, things.address(path, number), headers=headers, **said)
        for number in (things.draft, things.record)
    ]


def a_token(context: Context, cast: Any, *scopes: str) -> dict[str, str]:
    with context.database.write() as connection:
        return {"Authorization": f"Bearer {create_token(connection, cast.alice.actor, 'poor', scopes)}"}


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_a_token_without_the_scope_changes_nothing(
    alice: TestClient, context: Context, cast: Any, route: tuple[str, str, str]
) -> None:
    things = Things(alice)
    needed = "deposit:actions" if route[0] in ACTIONS else "deposit:write"
    others = {"deposit:actions", "deposit:write", "user:email"} - {needed}
    for scopes in ((), ("user:email",), tuple(others)):
        answers = call(alice, things, route, a_token(context, cast, *scopes))
        assert needed in refused(answers[0], 403)["message"]
        for answer in answers:
            assert 400 <= answer.status_code < 500
    assert things.state() == things.before


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_nobody_and_a_stranger_change_nothing(alice: TestClient, cast: Any, route: tuple[str, str, str]) -> None:
    things = Things(alice)
    makes_new = route[0] in {"create_draft", "create_deposition"}
    for headers in ({"Authorization": ""}, *(() if makes_new else (cast.bob.headers,))):
        for answer in call(alice, things, route, dict(headers)):
            refused(answer, 403)
    assert things.state() == things.before


def logged_in(client: TestClient, cast: Any) -> TestClient:
    """A browser in which Alice is logged in."""
    browser = TestClient(client.app, follow_redirects=False)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login").text)
    assert token is not None
    form = {"email": cast.alice.email, "password": cast.alice.password, "csrf_token": token[1]}
    assert browser.post("/login", data=form).status_code == 303
    return browser


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_a_session_cookie_alone_changes_nothing(
    alice: TestClient, client: TestClient, cast: Any, route: tuple[str, str, str]
) -> None:
    things = Things(alice)
    browser = logged_in(client, cast)
    assert browser.get(f"/api/records/{things.draft}/draft").status_code == 200
    proof = browser.cookies["csrftoken"]
    for headers in ({}, {"X-CSRFToken": "forged"}, {"X-CSRFToken": proof[::-1]}, {"Origin": "https://evil.example"}):
        for answer in call(browser, things, route, headers):
            assert "CSRF" in refused(answer)["message"]
    assert things.state() == things.before
    browser.cookies.set("csrftoken", "chosen by another host", domain="testserver.local")
    for answer in call(browser, things, route, {"X-CSRFToken": "chosen by another host"}):
        refused(answer)
    assert things.state() == things.before


def test_a_page_of_ours_may_use_the_api_with_the_header(client: TestClient, cast: Any) -> None:
    browser = logged_in(client, cast)
    headers = {"X-CSRFToken": browser.cookies["csrftoken"]}
    assert browser.post("/api/records", json={}, headers=headers).status_code == 201
