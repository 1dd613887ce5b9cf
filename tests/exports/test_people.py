"""Names."""

from typing import Any

import pytest

from baton.exports.people import identifiers_of, initialled, name_of


@pytest.mark.parametrize(
    ("person", "name", "short"),
    [
        ({"family_name": "Doe", "given_name": "Jane"}, "Doe, Jane", "Doe, J."),
        ({"name": "Doe, Jane", "family_name": "Doe", "given_name": "Jane Q"}, "Doe, Jane", "Doe, J. Q."),
        ({"family_name": "Doe", "given_name": "Anne-Marie"}, "Doe, Anne-Marie", "Doe, A.-M."),
        ({"family_name": "Doe", "given_name": "- J."}, "Doe, - J.", "Doe, J."),
        ({"family_name": "Doe", "given_name": " - "}, "Doe,  - ", "Doe"),
        ({"family_name": "Doe"}, "Doe", "Doe"),
        ({"given_name": "Jane"}, "Jane", "Jane"),
        ({"type": "organizational", "name": "CERN"}, "CERN", "CERN"),
        ({}, "", ""),
    ],
)
def test_names(person: dict[str, Any], name: str, short: str) -> None:
    assert (name_of(person), initialled(person)) == (name, short)


def test_identifiers_are_bare() -> None:
    known = [
        {"scheme": "gnd", "identifier": "gnd:170118215"},
        {"scheme": "orcid", "identifier": "0000-0002-1825-0097"},
        {"scheme": "isni"},
        {"identifier": "?"},
    ]
    assert identifiers_of({"identifiers": known}) == {"gnd": "170118215", "orcid": "0000-0002-1825-0097"}
