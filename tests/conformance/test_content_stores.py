"""What every content store must do, whatever it is made of."""

import hashlib
import random
import threading
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from baton.storage.content import ContentStore, Stored, Swept
from baton.storage.digests import BATCH
from baton.storage.errors import ContentMissing
from baton.storage.staging import Staging

OTHER = "0" * 64
PAST = datetime.now(UTC) - timedelta(days=10)
FUTURE = datetime.now(UTC) + timedelta(days=10)
NOTHING = Swept(0, 0, 0)


def keep(store: ContentStore, *pieces: bytes) -> Stored:
    with store.writer() as writer:
        for piece in pieces:
            writer.write(piece)
        return writer.finish()


def content_of(store: ContentStore, sha256: str) -> bytes:
    with store.open(sha256) as handle:
        return handle.pread(0, handle.size)


def nobody(_names: list[str]) -> set[str]:
    return set()


class TestContents:
    @pytest.mark.parametrize("size", [0, 1, BATCH - 1, BATCH + 1, 11 * BATCH + 7, 20 * BATCH])
    def test_what_is_written_comes_back_with_its_digests(self, store: ContentStore, size: int) -> None:
        data = random.Random(size).randbytes(size)

        stored = keep(store, *(data[at : at + 300_000] for at in range(0, size, 300_000)))

        assert replace(stored, assembled=False) == Stored(
            hashlib.sha256(data).hexdigest(),
            hashlib.md5(data, usedforsecurity=False).hexdigest(),
            zlib.crc32(data),
            size,
        )
        assert content_of(store, stored.sha256) == data
        assert (store.size(stored.sha256), store.exists(stored.sha256)) == (size, True)

    def test_any_part_is_read_in_any_order(self, store: ContentStore) -> None:
        chance = random.Random(7)
        data = chance.randbytes(5 * BATCH)
        stored = keep(store, data)
        with store.open(stored.sha256) as handle:
            for at in (0, 1000, BATCH, 2 * BATCH, 17, len(data) - 1, *(chance.randrange(len(data)) for _ in range(20))):
                length = min(chance.choice([1, 1000, BATCH]), len(data) - at)
                assert handle.pread(at, length) == data[at : at + length]
            for at in range(0, len(data), 700_000):  # from the beginning to the end, as a download does
                assert handle.pread(at, min(700_000, len(data) - at)) == data[at : at + 700_000]
            assert handle.pread(5, 0) == b""

    def test_the_same_bytes_are_kept_once(self, store: ContentStore) -> None:
        first, second = keep(store, b"same"), keep(store, b"sa", b"me")
        assert replace(second, verified_at=None) == first  # what was there may have been read for it
        assert list(store.walk()) == [(hashlib.sha256(b"same").hexdigest(), 4)]

    def test_bytes_refused_by_the_check_are_not_kept(self, store: ContentStore) -> None:
        def refuse(stored: Stored) -> None:
            raise ValueError(stored.md5)

        with store.writer() as writer:
            writer.write(b"x")
            with pytest.raises(ValueError, match=hashlib.md5(b"x", usedforsecurity=False).hexdigest()):
                writer.finish(refuse)
        assert list(store.walk()) == []
        assert store.sweep(nobody, FUTURE) == NOTHING

    @pytest.mark.parametrize("size", [10, 3 * BATCH, 20 * BATCH])
    def test_what_is_not_finished_is_not_kept(self, store: ContentStore, size: int) -> None:
        with store.writer() as writer:
            writer.write(b"a" * size)
        writer.close()
        assert list(store.walk()) == []
        assert store.sweep(nobody, FUTURE) == NOTHING

    def test_what_is_missing_is_said_to_be_missing(self, store: ContentStore) -> None:
        with pytest.raises(ContentMissing, match="baton doctor"):
            store.open(OTHER)
        assert store.size(OTHER) is None
        assert not store.exists(OTHER)
        store.delete(OTHER)

    def test_what_is_deleted_is_gone(self, store: ContentStore) -> None:
        stored = keep(store, b"going")
        store.delete(stored.sha256)
        assert not store.exists(stored.sha256)
        with pytest.raises(ContentMissing):
            store.open(stored.sha256)

    @pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 63 + "\n"])
    def test_only_digests_are_names(self, store: ContentStore, name: str) -> None:
        with pytest.raises(ValueError, match="no SHA-256"):
            store.open(name)
        with pytest.raises(ValueError, match="no SHA-256"):
            store.put_note("recipes", name, b"")

    def test_walking_names_every_content_in_order(self, store: ContentStore) -> None:
        assert list(store.walk()) == []
        kept = [keep(store, bytes([number])) for number in range(20)]
        store.put_note("recipes", kept[0].sha256, b"is no content")
        assert list(store.walk()) == sorted((stored.sha256, 1) for stored in kept)

    def test_many_uploads_at_once_do_not_mix(self, store: ContentStore) -> None:
        contents = [bytes([number]) * (BATCH + number) for number in range(8)]
        threads = [threading.Thread(target=keep, args=(store, content)) for content in contents]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {name for name, _size in store.walk()} == {hashlib.sha256(content).hexdigest() for content in contents}

    def test_a_file_that_grew_elsewhere_is_taken_over(self, store: ContentStore, tmp_path: Path) -> None:
        staging, data = Staging(tmp_path / "files" / "staged"), b"grown" * 300_000
        for _again in range(2):
            with staging.open("upload") as stage:
                stage.begin(0)
                stage.write(data)
                stage.sync()
                stored = stage.finish()
                with store.adopt(stage.path, stored):
                    assert content_of(store, stored.sha256) == data
                stage.discard()
            assert content_of(store, stored.sha256) == data
        assert list(store.walk()) == [(stored.sha256, len(data))]

    def test_a_check_leaves_nothing(self, store: ContentStore) -> None:
        store.check()
        assert list(store.walk()) == []
        assert store.sweep(nobody, FUTURE) == NOTHING


class TestNotes:
    def test_a_note_comes_back_and_is_replaced_whole(self, store: ContentStore) -> None:
        assert store.get_note("recipes", OTHER) is None
        store.put_note("recipes", OTHER, b"first, and longer")
        assert store.get_note("recipes", OTHER) == b"first, and longer"
        store.put_note("recipes", OTHER, b"second")
        assert store.get_note("recipes", OTHER) == b"second"
        store.put_note("recipes", OTHER, b"")
        assert store.get_note("recipes", OTHER) == b""

    def test_a_large_note_comes_back(self, store: ContentStore) -> None:
        data = random.Random(1).randbytes(13 * BATCH + 1)
        store.put_note("chunks", OTHER, data)
        assert store.get_note("chunks", OTHER) == data

    def test_kinds_are_apart(self, store: ContentStore) -> None:
        store.put_note("recipes", OTHER, b"r")
        store.put_note("chunks", OTHER, b"c")
        store.delete_note("recipes", OTHER)
        store.delete_note("recipes", OTHER)
        assert (store.get_note("recipes", OTHER), store.get_note("chunks", OTHER)) == (None, b"c")

    def test_walking_names_the_notes_of_one_kind_in_order(self, store: ContentStore) -> None:
        assert list(store.walk_notes("recipes")) == []
        names = [hashlib.sha256(bytes([number])).hexdigest() for number in range(20)]
        for name in names:
            store.put_note("recipes", name, b"r")
        store.put_note("chunks", OTHER, b"c")
        assert list(store.walk_notes("recipes")) == sorted(names)

    def test_no_sweep_takes_a_note(self, store: ContentStore) -> None:
        store.put_note("recipes", OTHER, b"r")
        assert store.sweep(nobody, FUTURE) == NOTHING
        assert store.get_note("recipes", OTHER) == b"r"

    @pytest.mark.parametrize("kind", ["", "objects", "incoming", "lock", "..", "a/b", "A", "a-"])
    def test_only_words_are_kinds(self, store: ContentStore, kind: str) -> None:
        with pytest.raises(ValueError, match="no kind of note"):
            store.put_note(kind, OTHER, b"")


class TestSweeping:
    def test_only_old_contents_without_a_name_go(self, store: ContentStore) -> None:
        named, unnamed = keep(store, b"named").sha256, keep(store, b"unnamed").sha256

        def known(names: list[str]) -> set[str]:
            return {named} & set(names)

        assert store.sweep(known, PAST) == NOTHING
        assert store.sweep(known, FUTURE) == Swept(1, 0, 7)
        assert (store.exists(named), store.exists(unnamed)) == (True, False)

    def test_a_row_committed_between_the_two_questions_saves_its_content(self, store: ContentStore) -> None:
        name = keep(store, b"late row").sha256
        rows: set[str] = set()

        def known(names: list[str]) -> set[str]:
            answer = rows & set(names)
            rows.add(name)  # an upload ends between the first answer and the removal
            return answer

        assert store.sweep(known, FUTURE) == NOTHING
        assert store.exists(name)
