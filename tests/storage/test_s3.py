"""What is special about an object store: no locks, a network in between, and a limit to what is copied at once."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import obstore
import pytest
from tests.radosgw import Gateway

from baton.kernel import clock
from baton.kernel.errors import InvalidInput
from baton.storage.content import Handle, Stored, Swept, Writer, content_path
from baton.storage.errors import ContentDamaged, ContentMissing, StorageFailed
from baton.storage.fixity import State, examine
from baton.storage.s3.address import Address, Keys
from baton.storage.s3.assembly import abort_uploads
from baton.storage.s3.store import S3Store

MB = 1 << 20
FUTURE = datetime.now(UTC) + timedelta(days=10)
NOTHING = Swept(0, 0, 0)
TOO_OLD = timedelta(days=-1)


@pytest.fixture
def address(s3_server: Gateway) -> Address:
    return Address.parse(s3_server.url(s3_server.new_bucket(), "/files"), Keys())


@pytest.fixture
def store(address: Address) -> S3Store:
    """A store in which everything is old enough to be swept."""
    return S3Store(address, grace=TOO_OLD, segment=5 * MB)


@pytest.fixture
def mortal(s3_server: Gateway) -> Iterator[tuple[Gateway, S3Store]]:
    """A server that may be stopped, and a store there."""
    with s3_server.another() as server:
        yield server, S3Store(Address.parse(server.url(server.new_bucket()), Keys()), segment=5 * MB)


def keep(store: S3Store, data: bytes) -> Stored:
    with store.writer() as writer:
        writer.write(data)
        return writer.finish()


def everything_in(store: S3Store) -> list[str]:
    return sorted(found["path"] for found in obstore.list(store.objects.bucket).collect())


def nobody(_names: list[str]) -> set[str]:
    return set()


def test_the_names_are_those_of_a_folder(store: S3Store) -> None:
    large, small = keep(store, b"x" * 12 * MB), keep(store, b"small")
    store.put_note("recipes", small.sha256, b"note")
    names = [content_path(large.sha256), content_path(small.sha256), f"recipes/{small.sha256[:2]}/{small.sha256}"]
    assert everything_in(store) == sorted(f"files/{name}" for name in names)


def test_what_a_large_content_came_as_has_gone_when_it_is_finished(store: S3Store) -> None:
    with store.writer() as writer:
        writer.write(b"x" * 12 * MB)
        stored = writer.finish()
        assert everything_in(store) == [f"files/{content_path(stored.sha256)}"]


def test_nothing_young_is_swept_whatever_our_clock_says(address: Address) -> None:
    store = S3Store(address)
    keep(store, b"its row is on its way")
    assert store.sweep(nobody, FUTURE) == NOTHING


def test_bytes_that_come_again_are_young(address: Address) -> None:
    store = S3Store(address)
    stored = keep(store, b"again")
    key = store.objects.key(content_path(stored.sha256))
    before = obstore.head(store.objects.bucket, key)["last_modified"]
    time.sleep(1.1)  # ages are told in seconds
    keep(store, b"again")
    assert obstore.head(store.objects.bucket, key)["last_modified"] > before


@pytest.mark.parametrize("size", [10, 12 * MB])
def test_a_row_committed_during_the_removal_brings_its_content_back(store: S3Store, size: int) -> None:
    stored = keep(store, b"z" * size)
    answers = iter([set(), set(), {stored.sha256}])

    assert store.sweep(lambda _names: next(answers), FUTURE) == NOTHING
    assert store.size(stored.sha256) == size


def test_a_row_committed_just_after_the_removal_finds_its_content(store: S3Store) -> None:
    stored = keep(store, b"late")
    assert store.sweep(nobody, FUTURE) == Swept(1, 0, 4)
    assert not store.exists(stored.sha256)
    assert everything_in(store) == [f"files/removed/{stored.sha256}"]

    with store.open(stored.sha256) as handle:
        assert handle.pread(0, 4) == b"late"
    assert store.exists(stored.sha256)


def test_who_says_the_size_asks_for_nothing_but_the_bytes(s3_server: Gateway, address: Address) -> None:
    store = S3Store(address)
    stored = keep(store, b"known")
    before = s3_server.requests(address.bucket)
    with store.open(stored.sha256, 5) as handle:
        assert handle.pread(0, 5) == b"known"
    path = f"files/{content_path(stored.sha256)}"
    assert s3_server.requests(address.bucket)[len(before) :] == [f"GET {path}"]


def test_what_the_first_read_does_not_find_may_have_been_set_aside(store: S3Store) -> None:
    stored = keep(store, b"late")
    store.sweep(nobody, FUTURE)
    with store.open(stored.sha256, 4) as handle:
        assert handle.pread(0, 4) == b"late"
    with store.open("0" * 64, 4) as handle, pytest.raises(ContentMissing):
        handle.pread(0, 4)


@pytest.mark.parametrize(("size", "offset"), [(6, 0), (6, 5), (4, 0), (0, 0)])
def test_another_size_than_was_said_is_damage(store: S3Store, size: int, offset: int) -> None:
    stored = keep(store, b"known")
    with pytest.raises(ContentDamaged), store.open(stored.sha256, size) as handle:
        handle.pread(offset, 1)


def test_a_download_is_two_requests_however_long_it_is(s3_server: Gateway, address: Address) -> None:
    store = S3Store(address)
    stored = keep(store, b"x" * 12 * MB)
    before = s3_server.requests(address.bucket)
    with store.open(stored.sha256, stored.size) as handle:
        assert b"".join(handle.pread(at, MB) for at in range(0, 12 * MB, MB)) == b"x" * 12 * MB
    assert len(s3_server.requests(address.bucket)) == len(before) + 2


def test_a_later_sweep_brings_back_what_is_named_and_empties_the_rest(store: S3Store) -> None:
    named, unnamed = keep(store, b"named"), keep(store, b"unnamed")
    store.sweep(nobody, FUTURE)

    store.sweep(lambda names: {named.sha256} & set(names), FUTURE)

    assert (store.exists(named.sha256), store.exists(unnamed.sha256)) == (True, False)
    assert [key for key in everything_in(store) if "removed" in key] == []


@pytest.mark.parametrize("damaged", [b"DAMAGED BYTES", b"cut"])
@pytest.mark.parametrize("door", ["writer", "adopt"])
def test_bytes_that_come_again_replace_damaged_ones(store: S3Store, tmp_path: Path, damaged: bytes, door: str) -> None:
    stored = keep(store, b"damaged bytes")
    obstore.put(store.objects.bucket, store.objects.key(content_path(stored.sha256)), damaged)
    assert examine(store, stored.sha256, stored.size) == State.DAMAGED

    if door == "writer":
        keep(store, b"damaged bytes")
    else:
        (tmp_path / "upload").write_bytes(b"damaged bytes")
        with store.adopt(tmp_path / "upload", stored):
            pass

    assert examine(store, stored.sha256, stored.size) == State.WHOLE


def test_an_upload_that_never_ended_is_given_up_when_it_is_old(address: Address) -> None:
    store, prefix = S3Store(address), address.prefix
    with store.writer() as writer:
        writer.write(b"x" * 9 * MB)
        given_up = 0
        for _attempt in range(100):  # until the first part is there
            time.sleep(0.1)
            assert abort_uploads(address, prefix, datetime.now(UTC) - timedelta(days=7)) == 0
            if given_up := abort_uploads(address, prefix, FUTURE):
                break
        assert (given_up, abort_uploads(address, prefix, FUTURE)) == (1, 0)


@pytest.mark.parametrize("folder", ["incoming", "objects", "removed", "recipes"])
def test_a_sweep_gives_up_what_was_never_put_together(address: Address, folder: str) -> None:
    begin = address.sign("POST", f"{address.prefix}{folder}/broken", clock.real(), query={"uploads": ""})
    with urlopen(Request(begin, method="POST")):  # noqa: S310  our own server
        pass
    assert S3Store(address).sweep(nobody, FUTURE) == NOTHING
    assert S3Store(address, given_up=-timedelta(days=1)).sweep(nobody, FUTURE) == Swept(0, 1, 0)


def test_uploads_whose_bytes_do_not_come_hold_up_nobody(store: S3Store) -> None:
    stalled = [store.writer() for _ in range(12)]
    for writer in stalled:
        writer.write(b"x" * 8 * MB)
    began = time.monotonic()
    assert store.exists(keep(store, b"quick").sha256)
    assert time.monotonic() - began < 20
    for writer in stalled:
        writer.close()


def test_a_server_that_dies_during_an_upload_is_503_and_leaves_no_name(mortal: tuple[Gateway, S3Store]) -> None:
    server, store = mortal

    def send_more(writer: Writer) -> None:
        writer.write(b"y" * 20 * MB)
        writer.finish()

    with store.writer() as writer:
        writer.write(b"x" * 9 * MB)
        server.stop()
        with pytest.raises(StorageFailed) as caught:
            send_more(writer)
    assert caught.value.status == 503
    server.start()
    assert list(store.walk()) == []


def test_a_server_that_dies_during_a_download_is_503_and_comes_back(mortal: tuple[Gateway, S3Store]) -> None:
    server, store = mortal
    stored = keep(store, b"x" * 40 * MB)

    def read_on(handle: Handle) -> None:
        for at in range(MB, handle.size, MB):
            handle.pread(at, MB)

    with store.open(stored.sha256) as handle:
        assert handle.pread(0, MB) == b"x" * MB
        server.stop()
        with pytest.raises(StorageFailed):
            read_on(handle)
    with pytest.raises(StorageFailed):
        store.size(stored.sha256)
    server.start()
    assert store.size(stored.sha256) == 40 * MB


def test_a_signed_address_gives_the_bytes_with_the_name_and_type_that_are_in_it(store: S3Store) -> None:
    stored = keep(store, b"signed")
    said = {
        "response-content-disposition": "attachment; filename*=UTF-8''d%C3%A4ta.csv",
        "response-content-type": "text/csv",
    }
    url = store.objects.address.sign("GET", store.objects.key(content_path(stored.sha256)), clock.real(), query=said)
    with urlopen(url) as answer:  # noqa: S310  our own server
        assert answer.read() == b"signed"
        assert answer.headers["Content-Type"] == "text/csv"
        assert answer.headers["Content-Disposition"] == said["response-content-disposition"]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("s3://bucket", "AWS_ACCESS_KEY_ID"),
        ("s3://k:s@bucket?colour=red", "colour"),
        ("s3://k:s@bucket?endpoint=ftp://x", "http or https"),
        ("s3://k:s@bucket?style=loud", "path or virtual"),
        ("s3:///prefix", "bucket"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(url: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        Address.parse(url, Keys())


def test_an_address_says_where_everything_is() -> None:
    amazon = Address.parse("s3://data/pre/fix?region=eu-central-1", Keys("k", "s"))
    assert (amazon.root, amazon.prefix) == ("https://data.s3.eu-central-1.amazonaws.com", "pre/fix/")
    own = Address.parse("s3://k%2F:s%40@data?endpoint=http://localhost:1/", Keys())
    assert (own.root, own.prefix, own.keys) == ("http://localhost:1/data", "", Keys("k/", "s@"))


def test_many_readers_share_a_store(store: S3Store) -> None:
    stored = keep(store, b"r" * 3 * MB)
    read: list[bytes] = []

    def download() -> None:
        with store.open(stored.sha256) as handle:
            read.append(b"".join(handle.pread(at, MB) for at in range(0, 3 * MB, MB)))

    threads = [threading.Thread(target=download) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [b"r" * 3 * MB] * 8
