"""Contents become recipes in the background: nothing is lost on the way, and nothing goes that a recipe needs."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from tests.files.lineages import GRACE, MOST_INFLATED, Lineage, corrected, table
from tests.storage.versions.packed import gzipped

from baton.files import models
from baton.files.compact import compact_versions
from baton.files.compactions import (
    LEASE,
    MOST_ATTEMPTS,
    SMALLEST,
    claim_compaction,
    list_failed,
    list_objects,
    list_recipes,
    objects_to_stay,
    retry_failed,
)
from baton.files.jobs import sweep_contents
from baton.kernel import clock
from baton.kernel.db import Database
from baton.storage import chunking
from baton.storage.errors import StorageFailed, StorageFull
from baton.storage.folder import FolderStore
from baton.storage.versions import recipe as recipes

FIRST = table()


@pytest.fixture
def lineage(database: Database, store: FolderStore, new_draft: Callable[[], int]) -> Lineage:
    return Lineage(database, store, new_draft)


def three_versions(lineage: Lineage) -> list[str]:
    """Three versions of a file; the later two have become recipes, and the sweep has been."""
    data = FIRST
    record, names = None, []
    for number in range(3):
        record, (stored,) = lineage.publish(data, base=record)
        names.append(stored.sha256)
        data = corrected(data, number)
    lineage.compact()
    lineage.sweep_later()
    return names


def test_a_later_version_becomes_a_recipe_and_its_own_object_goes_after_the_grace(lineage: Lineage) -> None:
    first, (v1,) = lineage.publish(FIRST)
    _second, (v2,) = lineage.publish(corrected(FIRST, 1), base=first)

    assert lineage.compact() == 1
    assert lineage.are_recipes() == {v2.sha256}
    assert {v1.sha256, v2.sha256} <= lineage.stored_objects()
    sweep_contents(lineage.database, lineage.store, GRACE)
    assert v2.sha256 in lineage.stored_objects()

    lineage.sweep_later()
    lineage.check()
    assert v2.sha256 not in lineage.stored_objects()
    packs = {name: size for name, size in lineage.objects.walk() if name != v1.sha256}
    assert sum(packs.values()) < 5000
    assert lineage.store.size(v2.sha256) == v2.size
    with lineage.database.read() as connection:
        assert dict(list_objects(connection)) == dict(lineage.objects.walk())
        assert dict(list_recipes(connection)) == {v2.sha256: v2.size}


def test_a_database_that_was_restored_takes_back_the_recipes_that_it_does_not_know(lineage: Lineage) -> None:
    names = three_versions(lineage)
    lineage.compact()
    lineage.sweep_later()
    with lineage.database.write() as connection:
        connection.execute(delete(models.recipe_objects))
        connection.execute(delete(models.recipes))

    lineage.sweep_later()
    lineage.sweep_later()

    lineage.check()
    assert lineage.are_recipes() == set(names[1:])


def test_versions_of_versions_are_made_from_objects_only(lineage: Lineage) -> None:
    names = three_versions(lineage)

    lineage.check()
    assert lineage.are_recipes() == set(names[1:])
    assert len(lineage.stored_objects()) == 3  # the first version and two packs
    assert len(lineage.store.recipe(names[2]).objects) <= 3  # type: ignore[union-attr]


def test_versions_of_gzip_files_are_kept_as_what_changed_in_them(lineage: Lineage) -> None:
    data, record, names = FIRST, None, []
    for number in range(4):
        record, (stored,) = lineage.publish(gzipped(data), base=record)
        names.append(stored.sha256)
        data = corrected(data, number)

    assert lineage.compact() == 3
    lineage.sweep_later()

    lineage.check()
    packs = {name: size for name, size in lineage.objects.walk() if name != names[0]}
    assert len(packs) == 3
    assert sum(packs.values()) < 15_000
    for name in names[1:]:
        recipe = lineage.store.recipe(name)
        assert recipe is not None
        assert recipe.deflated
        assert {used.sha256 for used in recipe.objects} <= {names[0], *packs}
    with lineage.database.read() as connection:
        assert dict(list_objects(connection)) == dict(lineage.objects.walk())


def test_what_is_not_to_be_inflated_stays_as_it_is(lineage: Lineage) -> None:
    first, _ = lineage.publish(gzipped(FIRST))
    lineage.publish(gzipped(corrected(FIRST, 1)), base=first)

    assert compact_versions(lineage.database, lineage.store, 0) == 0
    lineage.check()


@pytest.mark.parametrize("packed", [bytes, gzipped])
def test_what_a_recipe_needs_stays_when_nothing_names_it_any_more(
    lineage: Lineage, packed: Callable[[bytes], bytes]
) -> None:
    first, (v1,) = lineage.publish(packed(FIRST))
    lineage.publish(packed(corrected(FIRST, 1)), base=first)
    lineage.compact()
    lineage.withdraw(first, "0.csv")

    lineage.sweep_later()
    lineage.sweep_later()

    lineage.check()
    assert v1.sha256 in lineage.stored_objects()


def test_everything_goes_when_the_last_version_does(lineage: Lineage) -> None:
    first, _ = lineage.publish(FIRST)
    second, _ = lineage.publish(corrected(FIRST, 1), base=first)
    lineage.compact()
    lineage.sweep_later()
    for record in (first, second):
        lineage.withdraw(record, "0.csv")

    lineage.sweep_later()

    assert lineage.stored_objects() == set()
    for kind in (recipes.NOTES, chunking.NOTES):
        assert list(lineage.objects.walk_notes(kind)) == []


def test_a_file_that_has_another_name_now_is_found_too(lineage: Lineage) -> None:
    first, _ = lineage.publish(random.Random(1).randbytes(300_000), FIRST)
    _, (moved, _) = lineage.publish(corrected(FIRST, 1), random.Random(2).randbytes(300_000), base=first)

    assert lineage.compact() == 1
    assert lineage.are_recipes() == {moved.sha256}


def test_only_what_is_new_and_not_small_is_compared(lineage: Lineage) -> None:
    same, small = FIRST, bytes(SMALLEST - 1)
    first, _ = lineage.publish(same, b"x" * SMALLEST)
    lineage.publish(same, small, corrected(FIRST, 1), base=first)

    assert len(lineage.outcomes()) == 1
    empty, _ = lineage.publish()
    lineage.publish(corrected(FIRST, 2), base=empty)
    assert len(lineage.outcomes()) == 1


def test_what_shares_nothing_stays_as_it_is_and_is_not_compared_again(lineage: Lineage) -> None:
    first, _ = lineage.publish(FIRST)
    second, (noise,) = lineage.publish(random.Random(1).randbytes(2 << 20), base=first)

    assert lineage.compact() == 0
    assert lineage.outcomes() == {noise.sha256: "too new"}
    clock.freeze(clock.now() + timedelta(days=30))
    lineage.publish(lineage.contents[noise.sha256], base=second)
    assert lineage.compact() == 0
    lineage.check()


def test_a_version_that_goes_back_to_an_earlier_one_is_not_made_from_itself(lineage: Lineage) -> None:
    first, (v1,) = lineage.publish(FIRST)
    second, _ = lineage.publish(corrected(FIRST, 1), base=first)
    lineage.compact()
    lineage.sweep_later()
    lineage.publish(FIRST, base=second)

    assert lineage.compact() == 0
    assert lineage.outcomes()[v1.sha256] == "other versions are made from it"
    lineage.sweep_later()
    lineage.check()


def test_the_contents_of_the_version_before_are_compared_first(lineage: Lineage) -> None:
    """Two versions published at once."""
    first, (_v1,) = lineage.publish(FIRST)
    second, (v2,) = lineage.publish(corrected(FIRST, 1), base=first)
    lineage.publish(corrected(FIRST, 2), base=second)

    with lineage.database.write() as connection:
        claim = claim_compaction(connection)
        assert claim is not None
        assert claim.sha256 == v2.sha256
        assert claim_compaction(connection) is None  # it waits until the other is settled

    clock.freeze(clock.now() + 2 * LEASE)
    assert lineage.compact() == 2
    clock.freeze(None)
    lineage.sweep_later()
    lineage.check()


def test_two_versions_made_from_the_same_one_at_the_same_time(lineage: Lineage) -> None:
    first, _ = lineage.publish(FIRST)
    for seed in (1, 2):
        lineage.publish(corrected(FIRST, seed), base=first)

    assert lineage.compact() == 2
    lineage.sweep_later()
    lineage.check()


def test_the_same_bytes_uploaded_again_go_again(lineage: Lineage) -> None:
    names = three_versions(lineage)
    lineage.publish(lineage.contents[names[1]])
    assert names[1] in lineage.stored_objects()

    lineage.check()
    lineage.sweep_later()

    assert names[1] not in lineage.stored_objects()
    lineage.check()


def test_work_that_is_interrupted_is_left_to_the_next(lineage: Lineage) -> None:
    first, _ = lineage.publish(FIRST)
    lineage.publish(corrected(FIRST, 1), base=first)
    answers = iter([False, False, True])

    assert compact_versions(lineage.database, lineage.store, MOST_INFLATED, lambda: next(answers, True)) == 0
    assert lineage.are_recipes() == set()
    assert lineage.compact() == 1
    lineage.check()


def test_who_has_lost_the_claim_keeps_nothing(lineage: Lineage) -> None:
    first, _ = lineage.publish(FIRST)
    lineage.publish(corrected(FIRST, 1), base=first)
    calls = 0

    def overtaken() -> bool:
        nonlocal calls
        calls += 1
        if calls == 3:  # the process slept for so long that another one has begun
            clock.freeze(clock.now() + 2 * LEASE)
            with lineage.database.write() as connection:
                assert claim_compaction(connection) is not None
        return False

    assert compact_versions(lineage.database, lineage.store, MOST_INFLATED, overtaken) == 0
    assert lineage.are_recipes() == set()
    assert list(lineage.objects.walk_notes(recipes.NOTES)) == []
    lineage.check()


class Failing(FolderStore):
    """A store in which the n-th call that writes or reads fails."""

    def __init__(self, root: Path, error: Exception) -> None:
        super().__init__(root)
        self.error = error
        self.countdown = -1

    def trip(self) -> None:
        self.countdown -= 1
        if self.countdown == 0:
            raise self.error

    def writer(self) -> Any:
        self.trip()
        return super().writer()

    def open(self, sha256: str, size: int | None = None) -> Any:
        self.trip()
        return super().open(sha256, size)

    def put_note(self, kind: str, sha256: str, data: bytes) -> None:
        self.trip()
        super().put_note(kind, sha256, data)

    def get_note(self, kind: str, sha256: str) -> bytes | None:
        self.trip()
        return super().get_note(kind, sha256)


@pytest.mark.parametrize("error", [StorageFull("no room"), StorageFailed("no disk")])
def test_a_store_that_fails_at_any_step_loses_nothing_and_it_is_tried_again(
    database: Database, new_draft: Callable[[], int], tmp_path: Path, error: Exception
) -> None:
    for step in range(1, 20):
        store = Failing(tmp_path / f"{step}", error)
        lineage = Lineage(database, store, new_draft)
        first, _ = lineage.publish(table(seed=step))
        lineage.publish(corrected(table(seed=step), 1), base=first)
        store.countdown = step
        kept = lineage.compact()
        is_over = store.countdown > 0
        store.countdown = -1
        lineage.check()
        assert kept == is_over
        clock.freeze(clock.now() + timedelta(hours=2))
        assert lineage.compact() == (not is_over)
        clock.freeze(None)
        lineage.sweep_later()
        lineage.check()
        if is_over:
            assert step > 5
            return
    pytest.fail("there are more steps than were tried")


def test_what_fails_again_and_again_is_given_up_shown_and_can_be_retried(lineage: Lineage) -> None:
    first, (v1,) = lineage.publish(FIRST)
    _, (v2,) = lineage.publish(corrected(FIRST, 1), base=first)
    data = lineage.objects.path(v1.sha256).read_bytes()  # type: ignore[attr-defined]
    lineage.objects.delete(v1.sha256)

    for _attempt in range(MOST_ATTEMPTS + 3):
        lineage.compact()
        clock.freeze(clock.now() + timedelta(hours=2))
    with lineage.database.read() as connection:
        ((name, why),) = list_failed(connection)
    assert name == v2.sha256
    assert "ContentMissing" in why

    lineage.publish(data)
    with lineage.database.write() as connection:
        assert retry_failed(connection) == 1
    assert lineage.compact() == 1
    lineage.check()


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_an_object_stays_when_the_recipe_that_should_replace_it_cannot(lineage: Lineage, damage: str) -> None:
    first, _ = lineage.publish(FIRST)
    _, (v2,) = lineage.publish(corrected(FIRST, 1), base=first)
    lineage.compact()
    if damage == "missing":
        lineage.objects.delete_note(recipes.NOTES, v2.sha256)
    else:
        lineage.objects.put_note(recipes.NOTES, v2.sha256, b"baton recipe 1\n")

    lineage.sweep_later()

    assert v2.sha256 in lineage.stored_objects()
    lineage.check()


def test_a_damaged_chunk_list_is_made_anew(lineage: Lineage) -> None:
    first, (v1,) = lineage.publish(FIRST)
    lineage.objects.put_note(chunking.NOTES, v1.sha256, b"no list")
    lineage.publish(corrected(FIRST, 1), base=first)

    assert lineage.compact() == 1
    assert chunking.decode(lineage.objects.get_note(chunking.NOTES, v1.sha256) or b"").size == v1.size


def test_only_named_and_needed_objects_stay(lineage: Lineage) -> None:
    names = three_versions(lineage)

    with lineage.database.read() as connection:
        stored = lineage.stored_objects()
        assert objects_to_stay(connection, [*stored, *names, "0" * 64]) == stored


def test_a_reader_is_not_disturbed(lineage: Lineage) -> None:
    first, _ = lineage.publish(FIRST)
    second = corrected(FIRST, 1)
    _, (v2,) = lineage.publish(second, base=first)
    with lineage.store.open(v2.sha256) as handle:
        before = handle.pread(0, 1000)
        lineage.compact()
        lineage.sweep_later()
        assert before + handle.pread(1000, handle.size - 1000) == second


def test_a_young_recipe_does_not_replace_an_old_object(lineage: Lineage) -> None:
    """A back-up of the database that does not know of it may be on its way."""
    first, _ = lineage.publish(FIRST)
    _, (v2,) = lineage.publish(corrected(FIRST, 1), base=first)
    clock.freeze(clock.now() + 10 * GRACE)
    lineage.compact()
    sweep_contents(lineage.database, lineage.store, GRACE)
    assert v2.sha256 in lineage.stored_objects()

    clock.freeze(clock.now() + 2 * GRACE)
    sweep_contents(lineage.database, lineage.store, GRACE)
    assert v2.sha256 not in lineage.stored_objects()
    lineage.check()
