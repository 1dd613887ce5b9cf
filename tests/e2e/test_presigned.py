"""Downloads that lead to the bucket, which then sends the bytes."""

import hashlib
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from tests.clients.conftest import Depositor
from tests.files.lineages import corrected, table
from tests.radosgw import Gateway
from tests.waiting import until

from baton.kernel.settings import Settings
from baton.storage.s3.address import Address, Keys
from baton.storage.s3.store import S3Store

TIMEOUT = 60
DATA = table()
FILES = {"data set.csv": DATA, "page.html": b"<script>alert(1)</script>", "figure.png": b"\x89PNG", "all.zip": b"PK"}


@pytest.fixture(scope="module")
def url(s3_server: Gateway) -> str:
    return s3_server.url(s3_server.new_bucket())


@pytest.fixture(scope="module")
def server(start_server: Callable[..., Any], url: str) -> Any:
    return start_server(STORAGE_URL=url, DOWNLOADS="presigned")


def publish(alice: Depositor, files: dict[str, bytes], earlier: int | None = None, **metadata: str) -> int:
    draft = alice.begin(**metadata) if earlier is None else alice.post(f"/{earlier}/actions/newversion")
    for key, data in files.items():
        alice.send(draft, key, data)
    return int(alice.post(f"/{draft['id']}/actions/publish")["id"])


@pytest.fixture
def alice(server: Any, cast: Any) -> Depositor:
    return Depositor(server, cast.alice.token)


@pytest.fixture
def content(server: Any, alice: Depositor) -> str:
    """The address of a table's bytes."""
    return f"{server.url}/api/records/{publish(alice, FILES)}/files/data set.csv/content"


def ask(address: str, method: str = "GET", **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, address, headers=named, allow_redirects=False, timeout=TIMEOUT)


def test_a_download_leads_to_the_bucket_for_a_while_and_nobody_may_remember_that(content: str, url: str) -> None:
    answer = ask(content)
    assert (answer.status_code, answer.content) == (302, b"")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert 'rel="collection"' in answer.headers["Link"]
    assert not {"Content-Type", "ETag", "Repr-Digest", "Content-Disposition"} & answer.headers.keys()
    address = urlsplit(answer.headers["Location"])
    assert address.netloc == urlsplit(Address.parse(url, Keys()).endpoint).netloc
    assert parse_qs(address.query)["X-Amz-Expires"] == ["900"]


def test_the_bucket_sends_the_bytes_with_their_name_and_type(content: str) -> None:
    whole = requests.get(content, timeout=TIMEOUT)
    assert (whole.status_code, whole.content) == (200, DATA)
    assert whole.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert whole.headers["Content-Disposition"] == 'inline; filename="data set.csv"'
    assert whole.headers["Cache-Control"] == "private, no-store"
    part = requests.get(content, headers={"Range": "bytes=10-19"}, timeout=TIMEOUT)
    assert (part.status_code, part.content) == (206, DATA[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(DATA)}"


def test_head_and_what_only_we_can_answer_is_answered_by_us(content: str) -> None:
    head = ask(content, "HEAD")
    tag = head.headers["ETag"]
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(DATA)))
    assert ask(content, If_None_Match=tag).status_code == 304
    assert ask(content, If_Match='"another"').status_code == 412
    assert ask(content, Range=f"bytes={len(DATA)}-").status_code == 416
    assert ask(content, Range="bytes=0-1,5-6").status_code == 206
    resumed = ask(content, Range="bytes=5-", If_Range=tag)
    assert (resumed.status_code, resumed.content) == (206, DATA[5:])


def test_the_tag_of_the_bucket_goes_on_with_what_the_bucket_began(content: str) -> None:
    tag = requests.get(content, timeout=TIMEOUT).headers["ETag"]
    part = requests.get(content, headers={"Range": "bytes=5-", "If-Range": tag}, timeout=TIMEOUT)
    assert (part.status_code, part.content) == (206, DATA[5:])
    assert requests.get(content, headers={"If-None-Match": tag}, timeout=TIMEOUT).status_code == 304


def test_a_token_goes_to_nobody_else(server: Any, alice: Depositor, cast: Any) -> None:
    closed = f"{server.url}/api/records/{publish(alice, FILES, access_right='restricted')}/files/all.zip/content"
    assert ask(closed).status_code in {403, 404}
    assert ask(closed, **cast.bob.headers).status_code in {403, 404}

    led = ask(f"{closed}?access_token={cast.alice.token}")
    assert led.status_code == 302
    assert cast.alice.token not in str(led.headers)
    # Programs such as this one take the header of the first request along.
    asked = urllib.request.Request(closed, headers=cast.alice.headers)  # noqa: S310  our own
    with urllib.request.urlopen(asked, timeout=TIMEOUT) as answer:  # noqa: S310
        assert (answer.status, answer.url, answer.read()) == (200, closed, FILES["all.zip"])


def test_what_a_browser_would_run_or_show_stays_locked_in(server: Any, alice: Depositor) -> None:
    number = publish(alice, FILES)
    pages, api = f"{server.url}/records/{number}/files", f"{server.url}/api/records/{number}/files"
    for shown in ("page.html", "figure.png", "data set.csv"):
        answer = ask(f"{pages}/{shown}")
        assert (answer.status_code, answer.content) == (200, FILES[shown])
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    for saved in ("page.html?download=1", "all.zip"):
        assert ask(f"{pages}/{saved}").status_code == 302
    page = requests.get(f"{api}/page.html/content", timeout=TIMEOUT)
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert page.headers["Content-Disposition"] == 'attachment; filename="page.html"'


def test_a_name_too_long_for_an_address_comes_from_us(server: Any, alice: Depositor) -> None:
    key = "ä" * 500
    number = publish(alice, {key: b"long"})
    answer = ask(f"{server.url}/api/records/{number}/files/{key}/content")
    assert (answer.status_code, answer.content) == (200, b"long")


def test_what_is_kept_as_a_recipe_comes_from_us(server: Any, alice: Depositor, url: str) -> None:
    first = publish(alice, {"table.csv": DATA})
    newer = corrected(DATA, 1)
    content = f"{server.url}/api/records/{publish(alice, {'table.csv': newer}, first)}/files/table.csv/content"
    assert ask(content).status_code == 302
    store, name = S3Store(Address.parse(url, Keys())), hashlib.sha256(newer).hexdigest()
    until(lambda: store.get_note("recipes", name))
    store.delete(name)  # as a sweep does, a day later

    answer = ask(content)

    assert (answer.status_code, answer.content) == (200, newer)


def test_our_own_client_and_curl_follow(server: Any, content: str, tmp_path: Path) -> None:
    number = content.split("/")[5]
    program = str(Path(sys.executable).with_name("baton"))
    for command in (
        [program, "get", number, "--from", server.url, "--to", str(tmp_path)],
        ["curl", "-sfL", content.replace(" ", "%20"), "-r", "100-", "-o", str(tmp_path / "rest")],
    ):
        subprocess.run(command, check=True, timeout=TIMEOUT, capture_output=True)
    for key, data in FILES.items():
        assert (tmp_path / key).read_bytes() == data
    assert (tmp_path / "rest").read_bytes() == DATA[100:]


def test_a_folder_cannot_be_led_to(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="s3://"):
        Settings(data_dir=tmp_path, downloads="presigned")
