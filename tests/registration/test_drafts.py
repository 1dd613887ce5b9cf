"""Where the operator wants it, the registrar keeps reserved DOIs as drafts."""

import pytest
from tests.fakes.datacite import DataCite
from tests.registration.conftest import Depositor, Settle

from baton.kernel.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"datacite_drafts": True})


def test_a_reserved_doi_is_a_draft_there_and_becomes_findable_at_publication(
    alice: Depositor, registrar: DataCite, settle: Settle
) -> None:
    draft = alice.draft("Not yet told to anybody")
    doi = alice.reserve(draft)
    settle()
    assert registrar.entries[doi].state == "draft"
    assert "told" not in str(registrar.entries[doi].attributes)
    alice.publish_draft(draft)
    settle()
    assert registrar.entries[doi].state == "findable"


def test_a_released_doi_is_forgotten_there(alice: Depositor, registrar: DataCite, settle: Settle) -> None:
    draft = alice.draft()
    alice.reserve(draft)
    settle()
    alice.release(draft)
    settle()
    assert registrar.entries == {}


def test_a_doi_that_was_released_and_reserved_again_stays(
    alice: Depositor, registrar: DataCite, settle: Settle
) -> None:
    draft = alice.draft()
    doi = alice.reserve(draft)
    settle()
    alice.release(draft)
    alice.reserve(draft)
    settle()
    assert registrar.entries[doi].state == "draft"
