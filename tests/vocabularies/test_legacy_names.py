import pytest

from baton.vocabularies import legacy
from baton.vocabularies.lists import rows
from baton.vocabularies.queries import find


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ("CC-BY-4.0", "cc-by-4.0"),
        ("cc-by", "cc-by-4.0"),
        ("cc-by-sa", "cc-by-sa-4.0"),
        ("cc-zero", "cc0-1.0"),
        ("CC0-1.0", "cc0-1.0"),
        ("gpl-3.0", "gpl-3.0-only"),
        ("GPL-3.0+", "gpl-3.0-or-later"),
        ("mit-license", "mit"),
        ("MIT", "mit"),
        ("Apache-2.0", "apache-2.0"),
        ("apache2.0", "apache-2.0"),
        (" agpl-v3 ", "agpl-3.0-only"),
        ("other-open", "other-open"),
        ("odc-odbl", "odbl-1.0"),
        ("no-such-licence", None),
        ("", None),
    ],
)
def test_licences_are_found_by_every_name_they_ever_had(old: str, now: str | None) -> None:
    assert legacy.licence_of_legacy(old) == now


@pytest.mark.parametrize(
    ("licence", "shown"),
    [
        ("cc-by-4.0", "cc-by-4.0"),
        ("cc0-1.0", "cc-zero"),
        ("mit", "mit-license"),
        ("apache-2.0", "apache2.0"),
        ("gpl-3.0-only", "gpl-3.0"),
        ("cc-by-1.0", "cc-by-1.0"),
        ("bsd-2-clause", "bsd-2-clause"),
    ],
)
def test_licences_are_shown_as_zenodo_shows_them(licence: str, shown: str) -> None:
    assert legacy.legacy_of_licence(licence) == shown


def test_what_the_old_api_shows_leads_back_to_the_same_licence() -> None:
    licences = [row["id"] for row in rows("legacy_licences")] + [row["id"] for row in rows("licences_spdx")]
    assert [name for name in licences if legacy.licence_of_legacy(legacy.legacy_of_licence(name)) != name] == []


@pytest.mark.parametrize("row", list(rows("legacy_licences")), ids=lambda row: row["old"])
def test_old_names_lead_to_licences_that_exist(row: dict[str, str]) -> None:
    term = find("licenses", row["id"])
    assert term is not None
    assert term.id == row["id"]


@pytest.mark.parametrize("row", list(rows("legacy_funders")), ids=lambda row: row["acronym"])
def test_the_funders_of_old_grants_are_built_in(row: dict[str, str]) -> None:
    assert legacy.funder_of_legacy(row["doi"]) == row["ror"]
    assert find("funders", row["ror"]) is not None
    assert legacy.legacy_acronym(row["doi"]) == row["acronym"]


def test_a_funder_that_succeeded_another_is_named_by_its_own_doi() -> None:
    assert legacy.funder_of_legacy("10.13039/501100000690") == "001aqnf71"
    assert legacy.legacy_of_funder("001aqnf71") == "10.13039/100014013"


def test_any_built_in_funder_is_found_by_its_doi() -> None:
    assert legacy.funder_of_legacy("10.13039/501100001659") == "018mejw64"
    assert legacy.legacy_of_funder("018mejw64") == "10.13039/501100001659"
    assert legacy.funder_of_legacy("10.13039/1") is None
    assert legacy.legacy_of_funder("05svhj534") is None
