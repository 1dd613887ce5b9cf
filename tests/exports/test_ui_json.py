"""The `ui` member for people."""

from dataclasses import replace
from typing import Any

import pytest
from tests.exports.samples import EVERYBODY, empty_draft, full_record, hostile_record, minimal_record, with_access

from baton.exports.ui_json import rdm_ui_json, ui

FULL = ui(full_record())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("created_date_l10n_long", "May 30, 2024"),
        ("updated_date_l10n_long", "May 31, 2024"),
        ("publication_date_l10n_medium", "May 31, 2024"),
        ("publication_date_l10n_long", "May 31, 2024"),
        ("resource_type", {"id": "publication-article", "title_l10n": "Journal article"}),
        ("languages", [{"id": "eng", "title_l10n": "English"}, {"id": "dan", "title_l10n": "Danish"}]),
        ("description_stripped", "First & last. Second one."),
        ("version", "1.0"),
        ("is_draft", False),
        (
            "rights",
            [
                {"id": "cc0-1.0", "title_l10n": "Creative Commons Zero v1.0 Universal"},
                {"title_l10n": "House rules", "link": "https://example.com/rules"},
            ],
        ),
    ],
)
def test_a_record_shows(field: str, value: object) -> None:
    assert FULL[field] == value


def test_affiliations_are_numbered_once() -> None:
    creators = FULL["creators"]
    assert creators["affiliations"] == [[1, "CERN", "01ggx4157"], [2, "TU Wien", None]]
    assert [one.get("affiliations") for one in creators["creators"]] == [[[1, "CERN"], [2, "TU Wien"]], [[1, "CERN"]]]


def test_roles_are_named() -> None:
    assert FULL["contributors"]["contributors"][0]["role"] == {"id": "datacurator", "title": "Data curator"}


@pytest.mark.parametrize(
    ("access", "shown"),
    [
        ({}, ("open", "Open", None)),
        ({"files": "restricted"}, ("restricted", "Restricted", None)),
        (
            {"files": "restricted", "embargo": {"active": True, "until": "2999-12-01"}},
            ("embargoed", "Embargoed", "December 1, 2999"),
        ),
    ],
)
def test_access_is_explained(access: dict[str, Any], shown: tuple[str, str, str | None]) -> None:
    record = minimal_record()
    status = ui(replace(record, body=with_access(record.body, **access)))["access_status"]
    assert (status["id"], status["title_l10n"], status["embargo_date_l10n"]) == shown
    assert status["description_l10n"].endswith(".")


def test_an_embargo_says_when_it_ends() -> None:
    record = minimal_record()
    body = with_access(record.body, files="restricted", embargo={"active": True, "until": "2999-12-01"})
    shown = ui(replace(record, body=body))["access_status"]["description_l10n"]
    assert shown == "The files will be made publicly available on December 1, 2999."


def test_a_version_without_a_name_has_its_number() -> None:
    assert ui(minimal_record(version_index=3))["version"] == "v3"


def test_an_empty_draft_shows_what_there_is() -> None:
    shown = ui(empty_draft())
    assert shown["is_draft"]
    assert {"resource_type", "creators", "publication_date_l10n_long", "description_stripped"}.isdisjoint(shown)


def test_markup_of_an_attacker_is_stripped() -> None:
    assert "<" not in ui(hostile_record())["description_stripped"]


def test_ui_stands_beside_the_whole_record() -> None:
    shown = rdm_ui_json(full_record(), EVERYBODY)
    assert shown["ui"] == FULL
    assert shown["id"] == "124"
