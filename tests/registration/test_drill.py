"""The drill: many publications and edits while the registrar is away; afterwards all are registered, once, as they are.

The suite runs it with few records. With a thousand, and figures:

    BATON_DRILL=1000 pytest -s tests/registration/test_drill.py
"""

import os
import time
from datetime import timedelta

from tests.fakes.datacite import DataCite
from tests.registration.conftest import Depositor, Settle

from baton.context import Context
from baton.identifiers.queries import count_by_state, list_refused
from baton.kernel import clock, outbox
from baton.records.record import Record

RECORDS = int(os.environ.get("BATON_DRILL", "40"))
EVERY = 10  # records between two looks at whether the registrar is back, a minute of the drill's time apart


def publish_many(alice: Depositor, settle: Settle) -> list[Record]:
    """Every third is edited twice after its publication, the last time by another title."""
    records = []
    for number in range(RECORDS):
        record = alice.publish(f"Series {number}")
        if number % 3 == 0:
            alice.edit(record, f"Series {number}, draft of a correction")
            record = alice.edit(record, f"Series {number}, corrected")
        records.append(record)
        if number % EVERY == 0:
            settle()
            clock.freeze(clock.now() + timedelta(minutes=1))
    return records


def test_after_an_outage_everything_is_registered_once_and_as_it_is(
    alice: Depositor, context: Context, registrar: DataCite, settle: Settle
) -> None:
    registrar.is_down = True
    began = time.perf_counter()
    records = publish_many(alice, settle)
    published = time.perf_counter() - began
    in_vain = len(registrar.requests)
    assert registrar.entries == {}
    registrar.is_down = False
    registrar.requests.clear()
    clock.freeze(clock.now() + timedelta(minutes=10))
    began = time.perf_counter()
    settle()
    told = time.perf_counter() - began

    assert len(registrar.entries) == len(registrar.requests) == 2 * RECORDS
    for record in records:
        entry = registrar.entries[str(record.doi)]
        assert (entry.title, entry.state) == (record.title, "findable")
        assert entry.history == [("PUT", "publish")]
        assert registrar.entries[str(record.concept_doi)].title == record.title
    with context.database.read() as connection:
        assert count_by_state(connection) == {"findable": 2 * RECORDS}
        assert list_refused(connection, 10) == []
        assert outbox.backlog(connection, reaction="register dois") == outbox.Backlog(0, 0, 0.0)
    assert in_vain <= 2 + RECORDS // EVERY
    print(  # noqa: T201  the figures of the drill
        f"\n{RECORDS} records published in {published:.1f} s, {in_vain} requests in vain; "
        f"{2 * RECORDS} DOIs told in {told:.1f} s, {2 * RECORDS / told:.0f} a second"
    )
