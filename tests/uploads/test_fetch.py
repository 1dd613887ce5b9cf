"""Files that the server fetches by itself (transfer type F): from whom, and how it goes on."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.fakes.origin import Origin, origin
from tests.uploads.conftest import md5

from baton.app import create_app
from baton.context import Context
from baton.kernel import clock
from baton.kernel.settings import Settings
from baton.uploads.addresses import check_url, is_public
from baton.uploads.commands import FETCH
from baton.uploads.errors import FetchRefused
from baton.uploads.fetch import MOST_ATTEMPTS, MOST_BEGUN_ANEW, Fetcher
from baton.uploads.queries import first_in_line

DATA = random.Random(3).randbytes(3_000_000)
SLOW = DATA[::-1]
Fetch = Callable[..., dict[str, Any]]


@pytest.fixture
def source() -> Iterator[Origin]:
    with origin() as server:
        server.files["/data.bin"] = DATA
        yield server


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """Without a worker: the tests say when something is fetched."""
    with TestClient(create_app(settings.model_copy(update={"worker": False})), follow_redirects=False) as client:
        yield client


@pytest.fixture
def announce(alice: TestClient, draft: str) -> Callable[..., None]:
    def announce(url: str, **said: Any) -> None:
        answer = alice.post(f"{draft}/files", json=[{"key": "a.bin", "transfer": {"type": "F", "url": url}, **said}])
        assert answer.status_code == 201, answer.text
        assert answer.json()["entries"][0]["transfer"] == {"type": "F", "url": url}

    return announce


@pytest.fixture
def fetch(alice: TestClient, draft: str, inside: Context) -> Fetch:
    """Fetches what is due and gives the file as it is then."""

    def fetch(times: int = 1, **changes: Any) -> dict[str, Any]:
        fetcher = Fetcher(inside.uploads, **{"private": True, **changes})
        for _time in range(times):
            fetcher.fetch_due(lambda: False)
            clock.freeze(clock.now() + timedelta(hours=2))
        return dict(alice.get(f"{draft}/files/a.bin").json())

    return fetch


@pytest.fixture
def slow(alice: TestClient, draft: str, source: Origin) -> str:
    """The address of a file that takes half a second, announced before one that takes no time."""
    source.files["/slow.bin"], source.slow["/slow.bin"] = SLOW, 0.05
    files = {"a.bin": f"{source.url}/slow.bin", "fast": f"{source.url}/data.bin"}
    announced = [{"key": key, "transfer": {"type": "F", "url": url}} for key, url in files.items()]
    assert alice.post(f"{draft}/files", json=announced).status_code == 201
    return "/slow.bin"


def test_a_file_is_fetched_and_is_like_any_other(
    alice: TestClient, source: Origin, announce: Callable[..., None], fetch: Fetch
) -> None:
    announce(f"{source.url}/data.bin")
    done = fetch()
    assert (done["status"], done["size"], done["checksum"]) == ("completed", len(DATA), md5(DATA))
    assert done["transfer"] == {"type": "L"}
    assert alice.get(done["links"]["content"]).content == DATA


def test_a_fetch_that_breaks_goes_on_where_it_broke(
    source: Origin, announce: Callable[..., None], fetch: Fetch
) -> None:
    source.breaks = [1_000_000, 500_000]
    announce(f"{source.url}/data.bin")
    assert fetch()["status"] == "pending"
    assert fetch(2)["checksum"] == md5(DATA)
    assert [asked for _path, asked in source.asked] == [None, "bytes=1000000-", "bytes=1500000-"]


def test_a_file_that_has_changed_meanwhile_is_fetched_anew(
    source: Origin, announce: Callable[..., None], fetch: Fetch
) -> None:
    source.breaks = [1_000_000]
    announce(f"{source.url}/data.bin")
    fetch()
    source.files["/data.bin"], source.etag = DATA[::-1] + b"!", '"2"'
    assert fetch()["checksum"] == md5(DATA[::-1] + b"!")


def test_a_server_that_has_nothing_more_is_asked_for_the_whole(
    source: Origin, announce: Callable[..., None], fetch: Fetch
) -> None:
    source.breaks, source.statuses = [1_000_000], [200, 416]
    announce(f"{source.url}/data.bin")
    assert fetch(2)["checksum"] == md5(DATA)
    assert [asked for _path, asked in source.asked] == [None, "bytes=1000000-", None]


def test_a_fetch_whose_last_byte_has_come_is_over_though_its_turn_is(source: Origin, slow: str, fetch: Fetch) -> None:
    source.files[slow], source.slow = b"short", {}
    assert fetch(turn_seconds=0)["checksum"] == md5(b"short")


def test_without_a_validator_it_begins_anew(source: Origin, announce: Callable[..., None], fetch: Fetch) -> None:
    source.breaks, source.etag = [1_000_000], None
    announce(f"{source.url}/data.bin")
    assert fetch(2)["checksum"] == md5(DATA)
    assert [asked for _path, asked in source.asked] == [None, None]


def test_a_server_that_is_down_is_tried_again_and_given_up_at_last(
    alice: TestClient, draft: str, source: Origin, announce: Callable[..., None], fetch: Fetch
) -> None:
    source.statuses = [503, 429]
    announce(f"{source.url}/data.bin")
    assert fetch()["status"] == "pending"
    assert fetch(2)["status"] == "completed"
    alice.delete(f"{draft}/files/a.bin")
    source.statuses = [500] * 20
    announce(f"{source.url}/data.bin")
    failed = fetch(MOST_ATTEMPTS)
    assert failed["status"] == "failed"
    assert "500" in failed["transfer"]["error"]
    assert len(source.asked) == 3 + MOST_ATTEMPTS


def test_what_never_works_fails_at_once_with_the_reason(
    alice: TestClient, draft: str, source: Origin, announce: Callable[..., None], fetch: Fetch
) -> None:
    announce(f"{source.url}/nowhere")
    failed = fetch()
    assert failed["status"] == "failed"
    assert "404" in failed["transfer"]["error"]
    alice.delete(f"{draft}/files/a.bin")
    source.headers = {"Content-Encoding": "gzip"}
    announce(f"{source.url}/data.bin")
    assert "compressed" in fetch()["transfer"]["error"]


def test_what_is_too_large_is_refused_before_its_bytes(
    source: Origin, announce: Callable[..., None], fetch: Fetch, inside: Context
) -> None:
    announce(f"{source.url}/data.bin", size=17)
    assert "17 bytes were announced" in fetch()["transfer"]["error"]
    assert list(inside.uploads.staging.root.iterdir()) == []


def test_a_fetch_reserves_the_length_that_its_source_tells(
    alice: TestClient, draft: str, source: Origin, announce: Callable[..., None], fetch: Fetch, cast: Any
) -> None:
    quota = f"/api/records/{draft.split('/')[3]}/quota"
    settled = {"quota_size": 4_000_000}
    assert alice.post(quota, json=settled, headers=cast.root.headers).status_code == 200
    announce(f"{source.url}/data.bin")
    source.breaks = [1_000_000]
    assert fetch()["status"] == "pending"
    assert alice.get(quota).json()["reserved"] == len(DATA)
    assert alice.post(f"{draft}/files", json=[{"key": "b", "size": 1_000_001}]).status_code == 400
    assert fetch()["status"] == "completed"
    assert (alice.get(quota).json()["used"], alice.get(quota).json()["reserved"]) == (len(DATA), 0)


def test_what_does_not_say_how_large_it_is_is_taken_as_far_as_there_is_room(
    alice: TestClient, draft: str, source: Origin, announce: Callable[..., None], fetch: Fetch, cast: Any
) -> None:
    quota = f"/api/records/{draft.split('/')[3]}/quota"
    assert alice.post(quota, json={"quota_size": 1_000_000}, headers=cast.root.headers).status_code == 200
    source.tells_lengths = False
    announce(f"{source.url}/data.bin")
    assert "at most 1,000,000 bytes" in fetch()["transfer"]["error"]
    assert (alice.get(quota).json()["used"], alice.get(quota).json()["reserved"]) == (0, 0)
    alice.delete(f"{draft}/files/a.bin")
    source.files["/data.bin"] = DATA[:999_999]
    announce(f"{source.url}/data.bin")
    assert fetch()["checksum"] == md5(DATA[:999_999])


def test_a_file_that_is_announced_again_is_fetched_once(
    alice: TestClient, draft: str, source: Origin, announce: Callable[..., None], fetch: Fetch
) -> None:
    announce(f"{source.url}/data.bin")
    alice.delete(f"{draft}/files/a.bin")
    announce(f"{source.url}/data.bin")
    assert fetch()["status"] == "completed"
    assert len(source.asked) == 1


def test_a_checksum_that_was_announced_is_held_to(source: Origin, announce: Callable[..., None], fetch: Fetch) -> None:
    announce(f"{source.url}/data.bin", checksum=md5(b"other"))
    assert "md5" in fetch()["transfer"]["error"]


def test_redirects_are_followed_a_few_times(source: Origin, announce: Callable[..., None], fetch: Fetch) -> None:
    source.redirects = {f"/{number}": f"/{number + 1}" for number in range(1, 5)} | {"/5": "/data.bin"}
    announce(f"{source.url}/1")
    assert fetch()["status"] == "completed"


def test_a_circle_of_redirects_ends(source: Origin, announce: Callable[..., None], fetch: Fetch) -> None:
    source.redirects = {"/a": "/b", "/b": "/a"}
    announce(f"{source.url}/a")
    assert "more than 5 times" in fetch()["transfer"]["error"]


def test_only_public_servers_are_asked(source: Origin, announce: Callable[..., None], fetch: Fetch) -> None:
    announce(f"{source.url}/data.bin")
    failed = fetch(private=False)
    assert "no public address" in failed["transfer"]["error"]
    assert source.asked == []


def test_a_name_that_leads_home_is_not_asked(source: Origin, announce: Callable[..., None], fetch: Fetch) -> None:
    announce(f"http://data.example.org:{source.port}/data.bin")
    failed = fetch(private=False, resolve=lambda _host, _port: ["93.184.216.34", "127.0.0.1"])
    assert "no public address" in failed["transfer"]["error"]
    assert source.asked == []


def test_a_name_is_looked_up_once_and_asked_at_that_address(
    source: Origin, announce: Callable[..., None], fetch: Fetch
) -> None:
    looked_up: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    announce(f"http://data.example.org:{source.port}/data.bin")
    assert fetch(resolve=resolve)["status"] == "completed"
    assert looked_up == ["data.example.org"]


def test_a_redirect_is_checked_like_the_first_address(
    source: Origin, announce: Callable[..., None], fetch: Fetch
) -> None:
    for target in ("file:///etc/passwd", "ftp://example.org/x", "gopher://x/1", "http://user:word@127.0.0.1/"):
        source.redirects["/a"] = target
        with pytest.raises(FetchRefused):
            check_url(target)
    announce(f"{source.url}/a")
    assert fetch()["status"] == "failed"


@pytest.mark.parametrize("target", ["http://[::1", "http://a..b/", "http://\x7f/"])
def test_a_redirect_to_what_is_no_address_ends_the_fetch(
    source: Origin, announce: Callable[..., None], fetch: Fetch, target: str
) -> None:
    source.redirects["/a"] = target
    announce(f"{source.url}/a")
    assert fetch()["status"] == "failed"


def test_what_a_server_says_in_control_characters_is_not_kept(
    source: Origin, announce: Callable[..., None], fetch: Fetch
) -> None:
    source.etag, source.breaks = '"\x00"', [1_000_000]
    announce(f"{source.url}/data.bin")
    assert fetch(2)["checksum"] == md5(DATA)
    assert [asked for _path, asked in source.asked] == [None, None]


def test_a_fetch_that_fails_unforeseen_keeps_no_other_one_waiting(
    alice: TestClient, draft: str, source: Origin, fetch: Fetch
) -> None:
    known = {"127.0.0.1": ["127.0.0.1"]}
    addresses = {"broken": "http://broken.example.org/", "a.bin": f"{source.url}/data.bin"}
    announced = [{"key": key, "transfer": {"type": "F", "url": url}} for key, url in addresses.items()]
    assert alice.post(f"{draft}/files", json=announced).status_code == 201
    assert fetch(resolve=lambda host, _port: known[host])["status"] == "completed"
    fetch(MOST_ATTEMPTS, resolve=lambda host, _port: known[host])
    assert "KeyError" in alice.get(f"{draft}/files/broken").json()["transfer"]["error"]


def test_a_slow_server_keeps_others_waiting_for_its_turn_only(
    alice: TestClient, draft: str, source: Origin, slow: str, fetch: Fetch, inside: Context
) -> None:
    assert fetch(turn_seconds=0.1)["status"] == "pending"
    with inside.database.read() as connection:
        _fast, waiting = first_in_line(connection, FETCH, 10)
    assert waiting.offset > 0
    assert "attempts" not in waiting.said
    assert fetch()["checksum"] == md5(SLOW)  # nobody waits any more: to its end
    assert alice.get(f"{draft}/files/fast").json()["checksum"] == md5(DATA)
    assert source.asked == [(slow, None), ("/data.bin", None), (slow, f"bytes={waiting.offset}-")]


def test_many_fetches_of_one_depositor_keep_nobody_else_waiting(
    alice: TestClient, draft: str, source: Origin, fetch: Fetch, cast: Any
) -> None:
    bobs = f"/api/records/{alice.post('/api/records', json={}, headers=cast.bob.headers).json()['id']}/draft"
    names = {draft: [f"{number:03}" for number in range(120)], bobs: ["bob"]}
    for address, person in ((draft, cast.alice), (bobs, cast.bob)):
        source.files |= {f"/{name}": name.encode() for name in names[address]}
        files = [{"key": name, "transfer": {"type": "F", "url": f"{source.url}/{name}"}} for name in names[address]]
        assert alice.post(f"{address}/files", json=files, headers=person.headers).status_code == 201
    fetch(turn_seconds=0)
    assert [path for path, _range in source.asked][1:] == ["/bob"]
    assert alice.get(f"{bobs}/files/bob", headers=cast.bob.headers).json()["status"] == "completed"
    fetch(2)  # no more than a hundred of one draft are looked at each time
    assert {entry["status"] for entry in alice.get(f"{draft}/files").json()["entries"]} == {"completed"}
    assert len(source.asked) == 121


def test_a_server_that_cannot_go_on_gets_longer_turns_and_ends(
    alice: TestClient, draft: str, source: Origin, slow: str, fetch: Fetch
) -> None:
    source.etag = None
    for _time in range(MOST_BEGUN_ANEW):
        if fetch(turn_seconds=0.1)["status"] != "pending":
            break
        announce_again(alice, draft, source)
    assert alice.get(f"{draft}/files/a.bin").json()["checksum"] == md5(SLOW)
    assert 1 < [path for path, _range in source.asked].count(slow) <= 5


def test_a_server_that_cannot_go_on_is_not_begun_anew_for_ever(
    alice: TestClient, draft: str, source: Origin, slow: str, fetch: Fetch
) -> None:
    source.etag = None
    for _time in range(MOST_BEGUN_ANEW + 1):
        assert fetch(turn_seconds=0)["status"] == "pending"
        announce_again(alice, draft, source)
    failed = fetch(turn_seconds=0)
    assert "cannot go on where it stopped" in failed["transfer"]["error"]
    assert [path for path, _range in source.asked].count(slow) == MOST_BEGUN_ANEW + 2


def announce_again(alice: TestClient, draft: str, source: Origin) -> None:
    """So that somebody waits again."""
    assert alice.delete(f"{draft}/files/fast").status_code == 204
    again = [{"key": "fast", "transfer": {"type": "F", "url": f"{source.url}/data.bin"}}]
    assert alice.post(f"{draft}/files", json=again).status_code == 201


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "",
        "data.bin",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "https://",
        "http://:80/",
        "http://user@example.org/",
        "http://example.org:99999/",
        "http://[::1/",
        "http://exämple.org/",
        "http://a..b/",
        "http://" + "x" * 64 + ".org/",
        "http://example.org/a b",
        "http://example.org/\r\nHost: x",
        "http://example.org/" + "x" * 2000,
    ],
)
def test_what_is_no_address_is_refused_at_once(alice: TestClient, draft: str, url: Any) -> None:
    answer = alice.post(f"{draft}/files", json=[{"key": "a.bin", "transfer": {"type": "F", "url": url}}])
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert alice.get(f"{draft}/files").json()["entries"] == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104  looked at, not bound
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.8",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "2001:db8::1",
        "nonsense",
    ],
)
def test_addresses_that_only_we_reach_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_other_addresses_are(address: str) -> None:
    assert is_public(address)
