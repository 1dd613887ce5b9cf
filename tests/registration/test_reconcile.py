"""What the registrar has is compared with what it should have, and put right."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.fakes.datacite import DataCite, Entry
from tests.registration.conftest import Depositor, Settle

from baton.cli import main
from baton.context import Context
from baton.identifiers.commands import doubt
from baton.kernel.settings import Settings

Baton = Callable[..., Result]


@pytest.fixture
def baton(settings: Settings) -> Baton:
    """Runs a command with the settings of the test."""
    given = settings.model_dump(mode="json", exclude_unset=True)
    environment = {f"BATON_{name.upper()}": str(value) for name, value in given.items()}

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, env=environment)

    return run


def test_when_all_is_in_step_nothing_is_said_and_nothing_told(
    alice: Depositor, registrar: DataCite, settle: Settle, baton: Baton
) -> None:
    alice.publish()
    settle()
    registrar.requests.clear()
    done = baton("doi", "reconcile")
    assert (done.exit_code, done.stdout) == (0, "")
    assert {method for method, _path in registrar.requests} == {"GET"}


def test_whatever_is_out_of_step_is_found_page_by_page_and_repaired(
    alice: Depositor, context: Context, registrar: DataCite, settle: Settle, baton: Baton
) -> None:
    registrar.largest_page = 2
    hidden, moved, retitled, lost, changed = (alice.publish(f"Number {number}") for number in range(5))
    settle()
    registrar.entries[str(hidden.doi)].state = "registered"
    registrar.entries[str(moved.doi)].attributes["url"] = "https://elsewhere.example.org/"
    registrar.entries[str(retitled.doi)].attributes["titles"] = [{"title": "Not what we said"}]
    del registrar.entries[str(lost.doi)]
    with context.database.write() as connection:
        doubt(connection, str(changed.doi))
    before = {doi: dict(entry.attributes) for doi, entry in registrar.entries.items()}

    told = baton("doi", "reconcile", "--dry-run")
    assert told.exit_code == 1
    assert sorted(line.split()[0] for line in told.stdout.splitlines()) == sorted(
        str(record.doi) for record in (hidden, moved, retitled, lost, changed)
    )
    assert {doi: entry.attributes for doi, entry in registrar.entries.items()} == before

    done = baton("doi", "reconcile")
    assert (done.exit_code, done.stdout.count("repaired")) == (0, 5)
    for record in (hidden, moved, retitled, lost, changed):
        entry = registrar.entries[str(record.doi)]
        assert (entry.state, entry.title) == ("findable", record.title)
        assert entry.attributes["url"] == f"http://testserver/records/{record.id}"
    assert baton("doi", "reconcile").stdout == ""


def test_what_is_not_ours_is_told_and_left_alone(
    alice: Depositor, registrar: DataCite, settle: Settle, baton: Baton
) -> None:
    alice.publish()
    settle()
    registrar.entries["10.5072/by-hand"] = Entry("findable", {"url": "https://example.org/"})
    done = baton("doi", "reconcile")
    assert done.exit_code == 0
    assert "10.5072/by-hand is findable at the registrar and unknown here: not ours." in done.stdout
    assert registrar.entries["10.5072/by-hand"].attributes == {"url": "https://example.org/"}


def test_everything_is_told_to_a_registrar_that_comes_later(
    alice: Depositor, registrar: DataCite, settle: Settle, baton: Baton
) -> None:
    alice.publish()
    settle()
    registrar.entries.clear()
    assert baton("doi", "reconcile").stdout.count("is missing at the registrar: repaired.") == 2
    assert {entry.state for entry in registrar.entries.values()} == {"findable"}


def test_a_registrar_that_goes_away_ends_it_with_one_line(
    alice: Depositor, registrar: DataCite, settle: Settle, baton: Baton
) -> None:
    alice.publish()
    settle()
    registrar.is_down = True
    done = baton("doi", "reconcile")
    assert done.exit_code == 1
    assert "cannot be reached" in done.stderr
    assert "run it again" in done.stderr


def test_the_status_counts_and_is_content_when_all_is_told(
    alice: Depositor, registrar: DataCite, settle: Settle, baton: Baton
) -> None:
    alice.publish()
    settle()
    done = baton("doi", "status")
    assert done.exit_code == 0, done.output
    assert registrar.url in done.stdout
    assert "findable: 2" in done.stdout


def test_the_status_tells_what_waits_and_what_was_refused(
    alice: Depositor, registrar: DataCite, settle: Settle, baton: Baton
) -> None:
    registrar.scripted.append((422, {}, b'{"errors": [{"source": "url", "title": "is not allowed"}]}'))
    refused = alice.publish()
    settle()
    registrar.is_down = True
    alice.publish()
    settle()
    done = baton("doi", "status")
    assert done.exit_code == 1
    assert f"{refused.doi}: {registrar.url} refuses {refused.doi}: url: is not allowed (422)" in done.stdout
    assert "1 changes wait" in done.stdout
    assert "cannot be reached" in done.stdout


def test_without_a_registrar_there_is_nothing_to_compare(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["doi", "reconcile"], env={"BATON_DATA_DIR": str(tmp_path / "empty")})
    assert done.exit_code == 1
    assert "BATON_DATACITE_URL" in done.stderr
