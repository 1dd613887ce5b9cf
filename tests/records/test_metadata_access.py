"""Access, DOI and file options: what surrounds the metadata."""

from typing import Any

import pytest
from tests.records.metadata_bodies import OWN_PREFIX, check_here, minimal, told


def body(**parts: Any) -> dict[str, Any]:
    return minimal() | parts


def kept_access(**access: Any) -> Any:
    return check_here(body(access=access)).body["access"]


@pytest.mark.parametrize("level", ["open", "", 1, [], {}, True])
@pytest.mark.parametrize("name", ["record", "files"])
def test_a_wrong_level_is_told_and_closes(name: str, level: object) -> None:
    checked = check_here(body(access={name: level}))
    [error] = checked.errors
    assert (error.field, error.code) == (f"access.{name}", "invalid_access")
    assert error.message == f"'{name}' must be either 'public' or 'restricted'"
    assert checked.body["access"][name] == "restricted"


def test_access_of_the_wrong_type_closes() -> None:
    checked = check_here(body(access="public"))
    assert [(error.field, error.code) for error in checked.errors] == [("access", "invalid_access")]
    assert checked.body["access"]["record"] == checked.body["access"]["files"] == "restricted"


def test_a_restricted_record_has_restricted_files() -> None:
    assert kept_access(record="restricted", files="public")["files"] == "restricted"


@pytest.mark.parametrize(
    ("files", "embargo", "field"),
    [
        ("restricted", {"active": True, "until": "2026-11-24"}, None),
        ("restricted", {"active": True, "until": "2026-11-23"}, "until"),  # today is too late
        ("restricted", {"active": True, "until": "1999-01-01"}, "until"),
        ("restricted", {"active": True}, "until"),
        ("restricted", {"active": True, "until": None}, "until"),
        ("restricted", {"active": False, "until": "2030-01-01"}, "until"),
        ("restricted", {"active": False, "until": "1999-01-01"}, None),
        ("restricted", {"active": False, "reason": ""}, None),
        ("public", {"active": True, "until": "2030-01-01"}, "until"),
        ("restricted", {"until": "2030-01-01", "active": "yes"}, "active"),
        ("restricted", {"until": "2030-13-01"}, "until"),
        ("restricted", {"until": 2030}, "until"),
        ("restricted", {"until": "2030-01-01", "why": "x"}, "why"),
        ("restricted", {"until": "2030-01-01", "reason": 1}, "reason"),
        ("restricted", None, None),
        ("restricted", {}, None),
    ],
)
def test_an_embargo_needs_restricted_files_and_a_day_to_come(files: str, embargo: object, field: str | None) -> None:
    errors = told(body(access={"record": "public", "files": files, "embargo": embargo}))
    assert set(errors) == ({f"access.embargo.{field}"} if field else set())


def test_an_embargo_of_the_wrong_type_is_told() -> None:
    assert told(body(access={"embargo": "2030-01-01"})) == {"access.embargo": "Invalid input type."}


def test_an_embargo_until_a_day_to_come_is_active_unless_said() -> None:
    assert kept_access(files="restricted", embargo={"until": "2030-01-01"})["embargo"] == {
        "active": True,
        "reason": None,
        "until": "2030-01-01",
    }


@pytest.mark.parametrize(
    ("doi", "message", "kept"),
    [
        ({"provider": "external", "identifier": "10.1234/a"}, None, "10.1234/a"),
        ({"provider": "external", "identifier": "https://doi.org/10.1234/A"}, None, "10.1234/A"),
        ({"provider": "external", "identifier": ""}, "Missing DOI for required field.", ""),
        ({"provider": "external"}, "Missing DOI for required field.", ""),
        ({"provider": "external", "identifier": "doi"}, "Invalid DOI. It looks like 10.1234/abc.", "doi"),
        (
            {"provider": "datacite", "identifier": f"{OWN_PREFIX}/baton.1", "client": "datacite"},
            None,
            "10.5072/baton.1",
        ),
        ({"provider": "datacite", "identifier": ""}, None, None),
        (
            {"provider": "datacite", "identifier": "x"},
            "Invalid DOI. Leave it out to have one generated for you.",
            None,
        ),
        ({}, None, None),
        (None, None, None),
        ("10.1234/a", "Invalid input type.", None),
    ],
)
def test_a_doi_is_ours_or_somebody_else_s(doi: object, message: str | None, kept: str | None) -> None:
    checked = check_here(body(pids={"doi": doi}))
    assert [(error.field, error.message) for error in checked.errors] == ([("pids.doi", message)] if message else [])
    assert checked.body["pids"].get("doi", {}).get("identifier") == kept


def test_an_external_doi_has_another_s_prefix() -> None:
    for identifier, own in ((f"{OWN_PREFIX}/x", True), (f"{OWN_PREFIX}1/x", False)):
        errors = told(body(pids={"doi": {"provider": "external", "identifier": identifier}}))
        assert ("pids.doi" in errors) is own


@pytest.mark.parametrize(
    ("pids", "field"),
    [
        ({"urn": {}}, "pids.urn"),
        ({"doi": {"provider": "me", "identifier": "10.1234/a"}}, "pids.doi.provider"),
        ({"doi": {"identifier": "10.1234/a"}}, "pids.doi.provider"),
        ({"doi": {"provider": "external", "identifier": "10.1234/a", "extra": 1}}, "pids.doi.extra"),
        ([], "pids"),
    ],
)
def test_other_identifiers_of_the_record_are_told(pids: object, field: str) -> None:
    assert list(told(body(pids=pids))) == [field]


@pytest.mark.parametrize(
    ("files", "field"),
    [
        ({"enabled": "yes"}, "files.enabled"),
        ({"default_preview": 5}, "files.default_preview"),
        ({"default_preview": "a\x00"}, "files.default_preview"),
        ({"order": "a"}, "files.order"),
        ({"order": ["a", 1]}, "files.order"),
        ({"color": "red"}, "files.color"),
        ("all", "files"),
    ],
)
def test_wrong_file_options_are_told_and_the_defaults_stay(files: object, field: str) -> None:
    checked = check_here(body(files=files))
    assert [error.field for error in checked.errors] == [field]
    assert checked.body["files"] == {"enabled": True, "default_preview": None, "order": []}


def test_file_options_are_kept() -> None:
    options = {"enabled": False, "default_preview": "ä b/c.pdf", "order": ["x", "y"]}
    assert check_here(body(files=options)).body["files"] == options
    assert check_here(body(files={"default_preview": ""})).body["files"]["default_preview"] is None
