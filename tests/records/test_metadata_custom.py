"""Custom fields: configured ones by kind, others not at all."""

import pytest
from tests.records.metadata_bodies import check_here, minimal

from baton.records.metadata.custom import VOCABULARIES


def check_field(name: str, value: object) -> tuple[dict[str, str], object]:
    checked = check_here(minimal() | {"custom_fields": {name: value}})
    return {error.field: error.message for error in checked.errors}, checked.body["custom_fields"].get(name)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("dwc:genus", ["Puma "], ["Puma"]),
        ("dwc:decimalLatitude", ["45.5", 3, -1.5], [45.5, 3.0, -1.5]),
        ("gbif:ampliconSize", ["83", 5], [83, 5]),
        ("dwc:eventDate", ["2020-01-01"], ["2020-01-01"]),
        ("ac:digitizationDate", ["1999/2000"], ["1999/2000"]),
        ("journal:journal", {"title": "CR", "issn": "2077-9550"}, {"title": "CR", "issn": "2077-9550"}),
        ("thesis:thesis", {"date_submitted": "1984~"}, {"date_submitted": "1984~"}),
        ("code:programmingLanguage", [{"id": "python", "title": {"en": "Python"}}], [{"id": "python"}]),
        ("no:such", ["x"], None),
        ("dwc:genus", [], None),
    ],
)
def test_configured_fields_are_kept_by_kind(name: str, value: object, kept: object) -> None:
    assert check_field(name, value) == ({}, kept)


@pytest.mark.parametrize(
    ("name", "value", "field", "message"),
    [
        ("dwc:genus", "Puma", "", "Not a valid list."),
        ("dwc:genus", [1], ".0", "Not a valid string."),
        ("dwc:genus", None, "", "Field may not be null."),
        ("dwc:decimalLatitude", ["north"], ".0", "Not a valid number."),
        ("dwc:decimalLatitude", [True], ".0", "Not a valid number."),
        ("dwc:decimalLatitude", ["nan"], ".0", "Not a valid number."),
        ("dwc:decimalLatitude", [10**400], ".0", "Not a valid number."),
        ("gbif:ampliconSize", [1.5], ".0", "Not a valid integer."),
        ("gbif:ampliconSize", [2**64], ".0", "Not a valid integer."),
        ("gbif:ampliconSize", ["9" * 5000], ".0", "Not a valid integer."),
        ("dwc:eventDate", ["2020"], ".0", "Not a valid date. Write it as YYYY-MM-DD."),
        ("journal:journal", {"issn": "2077-9551"}, ".issn", "Please provide a valid ISSN."),
        ("journal:journal", {"colour": "red"}, ".colour", "Unknown field."),
        ("journal:journal", "CR", "", "Invalid input type."),
        ("imprint:imprint", {"isbn": "978-3-905673-82-2"}, ".isbn", "Please provide a valid ISBN."),
        ("meeting:meeting", {"url": "javascript:alert(1)"}, ".url", "Not a valid URL."),
        ("thesis:thesis", {"date_defended": "soon"}, ".date_defended", "Please provide a valid date or interval."),
        ("code:codeRepository", "git@example.org:a.git", "", "Not a valid URL."),
    ],
)
def test_wrong_values_are_told_and_dropped(name: str, value: object, field: str, message: str) -> None:
    errors, kept = check_field(name, value)
    assert errors == {f"custom_fields.{name}{field}": message}
    assert kept is None


def test_custom_fields_of_the_wrong_type_are_told() -> None:
    checked = check_here(minimal() | {"custom_fields": []})
    assert [error.field for error in checked.errors] == ["custom_fields"]


def test_fields_that_refer_to_vocabularies_are_known() -> None:
    assert VOCABULARIES == {
        "code:programmingLanguage": "code:programmingLanguages",
        "code:developmentStatus": "code:developmentStatus",
    }
