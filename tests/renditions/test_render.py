"""Renditions: what is kept is what would be made, and it is served only while that is true."""

import time
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient
from tests.rdm.test_lifecycle import BODY, METADATA, RDM, make_draft, make_record, publish, upload

from baton.exports.formats import DEFAULTS, FORMATS
from baton.exports.view import View
from baton.kernel.outbox import pending
from baton.kernel.worker import run_until_idle
from baton.reactions import REACTIONS, complete_renditions
from baton.renditions.models import renditions
from baton.renditions.queries import find_rendition

NOBODY = {"Authorization": "", "Accept": "*/*"}


def _view(context: Any) -> View:
    return View(context.site.base_url, context.site.name, may_read_files=True, may_manage=False)


def _settle(context: Any) -> None:
    """The program's own worker may be at it already, and is waited for."""
    for _attempt in range(500):
        run_until_idle(context.database, context, REACTIONS, ())
        with context.database.read() as connection:
            if not pending(connection, "render"):
                return
        time.sleep(0.01)
    pytest.fail("there is no end to rendering")


def _kept(context: Any, number: int) -> list[str]:
    with context.database.read() as connection:
        return sorted(connection.execute(select(renditions.c.format).where(renditions.c.record_id == number)).scalars())


def _alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client


def test_a_rendition_is_byte_for_byte_what_the_route_would_answer(client: TestClient, context: Any, cast: Any) -> None:
    number = int(make_record(_alice(client, cast)))
    _settle(context)
    for name, form in {"": DEFAULTS["zenodo"], FORMATS["rdm"].media_type: FORMATS["rdm"]}.items():
        found = find_rendition(context.database, number, name, _view(context))
        assert found is not None
        # Another origin goes by the route, everybody else by the rendition.
        live = client.get(
            f"/api/records/{number}",
            headers={"Authorization": "", "Accept": form.media_type, "Origin": "https://x.org"},
        )
        stored = client.get(f"/api/records/{number}", headers={"Authorization": "", "Accept": form.media_type})
        assert live.content == stored.content == found.body
        assert live.headers["etag"] == stored.headers["etag"] == found.etag
        assert live.headers["link"] == stored.headers["link"]
        assert live.headers["content-type"] == stored.headers["content-type"]


def test_a_rendition_of_an_old_revision_is_not_served(client: TestClient, context: Any, cast: Any) -> None:
    alice = _alice(client, cast)
    number = make_record(alice)
    _settle(context)
    alice.post(f"/api/records/{number}/draft")
    alice.put(f"/api/records/{number}/draft", json={**BODY, "metadata": {**METADATA, "title": "Newer"}})
    publish(alice, number)
    assert alice.get(f"/api/records/{number}", headers=NOBODY).json()["title"] == "Newer"


def test_a_replaced_version_says_so_at_once(client: TestClient, context: Any, cast: Any) -> None:
    alice = _alice(client, cast)
    number = make_record(alice)
    _settle(context)
    draft = alice.post(f"/api/records/{number}/versions").json()["id"]
    upload(alice, draft)
    publish(alice, draft)
    versions = alice.get(f"/api/records/{number}", headers=NOBODY).json()["metadata"]["relations"]["version"]
    assert versions[0]["is_last"] is False


def test_restricted_records_have_no_rendition_and_restricted_files_are_not_in_one(
    client: TestClient, context: Any, cast: Any
) -> None:
    alice = _alice(client, cast)
    numbers = []
    for access in ({"record": "restricted", "files": "restricted"}, {"record": "public", "files": "restricted"}):
        number = make_draft(alice, {**BODY, "access": access})
        upload(alice, number, key="secret-name.txt")
        publish(alice, number)
        numbers.append(int(number))
    _settle(context)
    assert find_rendition(context.database, numbers[0], "", _view(context)) is None
    half = find_rendition(context.database, numbers[1], "", _view(context))
    assert half is not None
    assert b"secret-name" not in half.body


def test_another_address_of_the_site_makes_renditions_worthless(client: TestClient, context: Any, cast: Any) -> None:
    number = int(make_record(_alice(client, cast)))
    _settle(context)
    moved = View("https://elsewhere.example", context.site.name, may_read_files=True, may_manage=False)
    assert find_rendition(context.database, number, "", moved) is None


def test_a_known_rendition_is_answered_with_304(client: TestClient, context: Any, cast: Any) -> None:
    number = make_record(_alice(client, cast))
    _settle(context)
    etag = client.get(f"/api/records/{number}", headers=NOBODY).headers["etag"]
    known = client.get(f"/api/records/{number}", headers={**NOBODY, "If-None-Match": etag})
    assert (known.status_code, known.content) == (304, b"")


def test_what_an_older_program_has_rendered_or_none_is_rendered_in_time(
    client: TestClient, context: Any, cast: Any
) -> None:
    alice = _alice(client, cast)
    older, emptied, closed = int(make_record(alice)), int(make_record(alice)), make_draft(alice, _CLOSED)
    upload(alice, closed)
    publish(alice, closed)
    _settle(context)
    whole = _kept(context, older)
    with context.database.write() as connection:
        connection.execute(update(renditions).where(renditions.c.record_id == older).values(made_for="0.0.1"))
        connection.execute(delete(renditions).where(renditions.c.record_id == emptied))
    assert find_rendition(context.database, older, "", _view(context)) is None
    complete_renditions(context, lambda: False)
    assert find_rendition(context.database, older, "", _view(context)) is not None
    assert (_kept(context, emptied), _kept(context, int(closed))) == (whole, [])


def test_what_is_whole_is_not_rendered_again(client: TestClient, context: Any, cast: Any) -> None:
    number = int(make_record(_alice(client, cast)))
    _settle(context)
    with context.database.write() as connection:
        connection.execute(update(renditions).where(renditions.c.record_id == number).values(etag="kept"))
    complete_renditions(context, lambda: False)
    found = find_rendition(context.database, number, "", _view(context))
    assert found is not None
    assert found.etag == "kept"


_CLOSED = {**BODY, "access": {"record": "restricted", "files": "restricted"}}
