"""A whole store is taken to another place."""

from pathlib import Path

import pytest
from tests.fakes.faulty_store import FaultyStore
from tests.radosgw import Gateway

from baton.storage.content import ContentStore, Stored
from baton.storage.fixity import State
from baton.storage.folder import FolderStore
from baton.storage.moving import copy_notes, copy_objects
from baton.storage.s3.address import Address, Keys
from baton.storage.s3.store import S3Store


@pytest.fixture
def source(tmp_path: Path) -> FaultyStore:
    return FaultyStore(tmp_path / "source")


@pytest.fixture
def target(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "target")


def keep(store: ContentStore, data: bytes) -> Stored:
    with store.writer() as writer:
        writer.write(data)
        return writer.finish()


def test_everything_arrives_and_a_second_run_brings_what_came_meanwhile(
    source: FaultyStore, target: FolderStore
) -> None:
    first = [keep(source, bytes([number]) * number) for number in range(40)]
    assert {moved.found for moved in copy_objects(source, target)} == {State.LOST}
    late = keep(source, b"late")

    second = list(copy_objects(source, target))

    assert [moved.sha256 for moved in second if moved.found == State.LOST] == [late.sha256]
    assert list(target.walk()) == sorted((stored.sha256, stored.size) for stored in [*first, late])


def test_damaged_contents_are_told_and_left_behind(source: FaultyStore, target: FolderStore) -> None:
    good, bad = keep(source, b"good"), keep(source, b"goes bad")
    source.flip_a_bit(bad.sha256)
    states = {moved.sha256: moved.state for moved in copy_objects(source, target)}
    assert states == {good.sha256: State.WHOLE, bad.sha256: State.DAMAGED}
    assert [name for name, _size in target.walk()] == [good.sha256]


def test_what_is_damaged_in_the_target_is_copied_again(source: FaultyStore, tmp_path: Path) -> None:
    target = FaultyStore(tmp_path / "target")
    whole, flipped, cut = (keep(source, data) for data in (b"whole", b"flipped", b"cut"))
    list(copy_objects(source, target))
    target.flip_a_bit(flipped.sha256)
    target.cut(cut.sha256)

    moved = {moved.sha256: (moved.found, moved.state) for moved in copy_objects(source, target)}

    assert moved == {
        whole.sha256: (State.WHOLE, State.WHOLE),
        flipped.sha256: (State.DAMAGED, State.WHOLE),
        cut.sha256: (State.DAMAGED, State.WHOLE),
    }
    assert {moved.found for moved in copy_objects(source, target)} == {State.WHOLE}


def test_a_damaged_copy_is_not_replaced_by_a_damaged_source(source: FaultyStore, target: FolderStore) -> None:
    bad = keep(source, b"goes bad")
    source.flip_a_bit(bad.sha256)
    damaged = target.path(keep(target, b"goes bad").sha256)
    damaged.write_bytes(b"goes BAD")
    assert [moved.state for moved in copy_objects(source, target)] == [State.DAMAGED]
    assert damaged.read_bytes() == b"goes BAD"


def test_a_place_that_keeps_nothing_is_found_out(source: FaultyStore, tmp_path: Path) -> None:
    keep(source, b"data")
    void = FaultyStore(tmp_path / "void")
    void.lies = void.lose
    assert [moved.state for moved in copy_objects(source, void)] == [State.LOST]


def test_notes_arrive_and_are_brought_up_to_date(source: FaultyStore, target: FolderStore) -> None:
    name = keep(source, b"x").sha256
    source.put_note("recipes", name, b"one")
    assert (copy_notes(source, target, ["recipes"]), copy_notes(source, target, ["recipes"])) == (1, 0)
    source.put_note("recipes", name, b"two")
    assert copy_notes(source, target, ["recipes"]) == 1
    assert target.get_note("recipes", name) == b"two"


def test_notes_of_a_store_that_is_in_use_already_are_newer_and_stay(source: FaultyStore, target: FolderStore) -> None:
    one, other = keep(source, b"x").sha256, keep(source, b"y").sha256
    source.put_note("recipes", one, b"old")
    source.put_note("recipes", other, b"missing")
    target.put_note("recipes", one, b"new")
    assert copy_notes(source, target, ["recipes"], replace=False) == 1
    assert (target.get_note("recipes", one), target.get_note("recipes", other)) == (b"new", b"missing")


def test_a_folder_moves_into_a_bucket_and_back(source: FaultyStore, target: FolderStore, s3_server: Gateway) -> None:
    bucket = S3Store(Address.parse(s3_server.url(s3_server.new_bucket()), Keys()))
    for number in range(3):
        keep(source, bytes([number]) * 9_000_000)
    assert all(moved.state == State.WHOLE for moved in copy_objects(source, bucket))
    assert all(moved.state == State.WHOLE for moved in copy_objects(bucket, target))
    assert list(source.walk()) == list(bucket.walk()) == list(target.walk())
