"""What is published is registered, what changes is told, and the registrar never learns what only some may know."""

import threading
from typing import Any

from tests.fakes.datacite import DataCite
from tests.registration.conftest import Depositor, Settle
from tests.waiting import until

from baton.context import Context
from baton.kernel.outbox import emit
from baton.records.events import RecordPublished
from baton.registration.commands import tell

RESTRICTED = {"record": "restricted", "files": "restricted"}


def puts(registrar: DataCite) -> int:
    return sum(method == "PUT" for method, _path in registrar.requests)


def test_a_publication_makes_its_doi_and_that_of_its_work_findable(
    alice: Depositor, registrar: DataCite, settle: Settle
) -> None:
    record = alice.publish("Water levels")
    settle()
    version, work = registrar.entries[str(record.doi)], registrar.entries[str(record.concept_doi)]
    assert (version.state, version.title) == ("findable", "Water levels")
    assert version.attributes["url"] == f"http://testserver/records/{record.id}"
    assert version.attributes["version"] == "1.0"
    assert version.related("IsVersionOf") == {record.concept_doi}
    assert (work.state, work.title) == ("findable", "Water levels")
    assert work.attributes["url"] == f"http://testserver/records/{record.work_id}"
    assert work.related("HasVersion") == {record.doi}
    assert work.related("IsVersionOf") == set()
    assert "version" not in work.attributes


def test_the_doi_of_a_work_says_what_its_newest_version_says_and_names_all(
    alice: Depositor, registrar: DataCite, settle: Settle
) -> None:
    first = alice.publish("Levels of 2023")
    second = alice.next_version(first, "Levels of 2024")
    settle()
    work = registrar.entries[str(first.concept_doi)]
    assert work.title == "Levels of 2024"
    assert work.related("HasVersion") == {first.doi, second.doi}
    assert registrar.entries[str(first.doi)].title == "Levels of 2023"
    alice.edit(first, "Levels of 2023, corrected")
    settle()
    assert registrar.entries[str(first.doi)].title == "Levels of 2023, corrected"
    assert registrar.entries[str(first.concept_doi)].title == "Levels of 2024"


def test_nothing_is_told_twice_however_often_the_event_comes(
    alice: Depositor, context: Context, registrar: DataCite, settle: Settle
) -> None:
    record = alice.publish()
    settle()
    before = puts(registrar)
    with context.database.write() as connection:
        emit(connection, RecordPublished(record.id, record.work_id, record.revision, None))
    settle()
    assert puts(registrar) == before == 2


def test_what_was_public_and_is_restricted_now_is_hidden_and_its_metadata_withheld(
    alice: Depositor, registrar: DataCite, settle: Settle
) -> None:
    record = alice.publish("Where the orchids grow")
    settle()
    alice.edit(record, "Where the orchids grow", RESTRICTED)
    settle()
    for doi in (record.doi, record.concept_doi):
        entry = registrar.entries[str(doi)]
        assert entry.state == "registered"
        assert "orchids" not in str(entry.attributes)
    alice.edit(record, "Where the orchids grow")
    settle()
    assert registrar.entries[str(record.doi)].title == "Where the orchids grow"
    assert {entry.state for entry in registrar.entries.values()} == {"findable"}


def test_what_was_hidden_before_the_registrar_heard_of_it_is_registered_and_not_findable(
    alice: Depositor, registrar: DataCite, settle: Settle
) -> None:
    record = alice.publish("Where the orchids grow")
    alice.edit(record, "Where the orchids grow", RESTRICTED)
    settle()
    assert {entry.state for entry in registrar.entries.values()} == {"registered"}
    assert "orchids" not in str(registrar.entries)


def test_of_a_record_that_was_never_public_the_registrar_hears_nothing(
    alice: Depositor, registrar: DataCite, settle: Settle
) -> None:
    alice.publish("Where the orchids grow", RESTRICTED)
    settle()
    assert registrar.requests == []


def test_a_reserved_doi_is_kept_to_ourselves(alice: Depositor, registrar: DataCite, settle: Settle) -> None:
    draft = alice.draft()
    alice.reserve(draft)
    alice.release(draft)
    settle()
    assert registrar.requests == []


def test_what_changes_while_the_registrar_is_told_is_told_last(
    alice: Depositor, context: Context, registrar: DataCite, settle: Settle
) -> None:
    record = alice.publish("First")
    settle()
    assert context.registrar is not None
    arguments: Any = (context.database, context.registrar, context.site.public_view, record.doi)
    alice.edit(record, "Second")
    registrar.may_answer.clear()
    slow = threading.Thread(target=tell, args=arguments)
    slow.start()
    until(lambda: puts(registrar) == 3)
    alice.edit(record, "Third")
    tell(*arguments)  # finds the other one at it, and leaves it to them
    assert puts(registrar) == 3
    registrar.may_answer.set()
    slow.join()
    assert registrar.entries[str(record.doi)].title == "Third"
    assert puts(registrar) == 4
