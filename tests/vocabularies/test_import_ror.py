import json
from pathlib import Path

import pytest
from tests.vocabularies.dumps import CERN, DFG, SNSF, organisation, read, write_json, write_zip

from baton.kernel.db import Database
from baton.vocabularies.commands import import_terms
from baton.vocabularies.errors import DumpUnreadable
from baton.vocabularies.importers import IMPORTERS
from baton.vocabularies.queries import list_terms
from baton.vocabularies.term import BadRow


def test_an_organisation_becomes_an_affiliation(tmp_path: Path) -> None:
    [term], bad = read("affiliations", write_json(tmp_path / "ror.json", [CERN]))
    assert bad == []
    assert term.id == "01ggx4157"
    assert term.title == {"en": "European Organization for Nuclear Research"}
    assert term.props == {
        "name": "European Organization for Nuclear Research",
        "acronym": "CERN",
        "aliases": ["Conseil"],
        "country": "CH",
        "country_name": "Switzerland",
        "location_name": "Geneva",
        "types": ["facility"],
        "status": "active",
        "website": "https://home.example",
        "domains": ["home.example"],
        "identifiers": [
            {"scheme": "ror", "identifier": "01ggx4157"},
            {"scheme": "grid", "identifier": "grid.1.2"},
        ],
    }


def test_funders_are_those_that_are_typed_or_registered_so(tmp_path: Path) -> None:
    terms, bad = read("funders", write_json(tmp_path / "ror.json", [CERN, DFG, SNSF]))
    assert bad == []
    assert [term.id for term in terms] == ["018mejw64", "00yjd3n13"]
    assert [known for known in terms[0].props["identifiers"] if known["scheme"] == "doi"] == [
        {"scheme": "doi", "identifier": "10.13039/501100001659"},
        {"scheme": "doi", "identifier": "10.13039/501100000266"},
    ]
    assert "website" not in terms[0].props


def test_names_in_other_languages_are_titles(tmp_path: Path) -> None:
    row = organisation("05a28rw58", "ETH Zurich")
    row["names"].append({"lang": "de", "types": ["label"], "value": "Eidgenössische Technische Hochschule Zürich"})
    [term], _bad = read("affiliations", write_json(tmp_path / "ror.json", [row]))
    assert term.title == {"en": "ETH Zurich", "de": "Eidgenössische Technische Hochschule Zürich"}


def test_the_known_come_before_the_closed_and_the_closed_before_the_withdrawn(tmp_path: Path) -> None:
    rows = [
        organisation("01ggx4157", "A", relationships=[{}] * 20),
        organisation("018mejw64", "B"),
        organisation("00yjd3n13", "C", status="inactive"),
        organisation("05a28rw58", "D", status="withdrawn"),
    ]
    terms, _bad = read("affiliations", write_json(tmp_path / "ror.json", rows))
    weights = [term.weight for term in terms]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == 4


@pytest.mark.parametrize(
    "members",
    [
        {"v2.4-2026-11-01-ror-data.json": [CERN], "v2.4-2026-11-01-ror-data.csv": ["id"]},
        {"v1.60-2025-01-01-ror-data.json": [{"id": "x"}], "v1.60-2025-01-01-ror-data_schema_v2.json": [CERN]},
    ],
)
def test_the_published_archive_is_read_as_it_is(tmp_path: Path, members: dict[str, list[object]]) -> None:
    path = write_zip(tmp_path / "ror.zip", {name: json.dumps(rows) for name, rows in members.items()})
    terms, bad = read("affiliations", path)
    assert ([term.id for term in terms], bad) == (["01ggx4157"], [])


def test_malformed_organisations_are_told_and_passed_over(tmp_path: Path) -> None:
    rows = [
        CERN,
        {**DFG, "id": "https://ror.org/nonsense"},
        {"id": "https://ror.org/00yjd3n13", "name": "Old schema"},
        "text",
        {**SNSF, "names": []},
        {**SNSF, "names": [{"types": ["ror_display"]}]},
        {**SNSF, "names": [{"types": ["ror_display"], "value": "\ud800"}]},
        SNSF,
    ]
    terms, bad = read("affiliations", write_json(tmp_path / "ror.json", rows))
    assert [term.id for term in terms] == ["01ggx4157", "00yjd3n13"]
    assert [row.line for row in bad] == [2, 3, 4, 5, 6, 7]
    assert "not a ROR id" in bad[0].reason
    assert "old schema" in bad[1].reason
    assert "no title" in bad[3].reason
    assert "'value' is missing" in bad[4].reason


def test_a_dump_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    path = write_json(tmp_path / "ror.json", [CERN, DFG, SNSF])
    path.write_bytes(path.read_bytes()[:-600])
    terms, bad = read("affiliations", path)
    assert [term.id for term in terms] == ["01ggx4157", "018mejw64"]
    assert [row.line for row in bad] == [3]
    assert "breaks off" in bad[0].reason


@pytest.mark.parametrize("text", ["", "{}", "not json", '"'])
def test_what_is_no_array_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ror.json"
    path.write_text(text)
    assert read("affiliations", path) == ([], [BadRow(1, "not a JSON array")])


def test_an_empty_array_is_no_fault(tmp_path: Path) -> None:
    assert read("affiliations", write_json(tmp_path / "ror.json", [])) == ([], [])


def test_a_large_array_is_read_across_its_pieces(tmp_path: Path) -> None:
    rows = [organisation("01ggx4157", f"Institute {number} " + "x" * 5_000) for number in range(600)]
    terms, bad = read("affiliations", write_json(tmp_path / "ror.json", rows))
    assert [term.label.split()[1] for term in terms] == [str(number) for number in range(600)]
    assert bad == []


def test_the_bytes_read_are_told(tmp_path: Path) -> None:
    path = write_json(tmp_path / "ror.json", [CERN, DFG] * 100)
    told: list[int] = []
    assert len(list(IMPORTERS["affiliations"](path, told.append))) == 200
    assert sum(told) == path.stat().st_size


@pytest.mark.parametrize("name", ["ror.zip", "missing.json"])
def test_a_file_that_cannot_be_read_is_told_by_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith(".zip"):
        path.write_bytes(b"PK no archive")
    with pytest.raises(DumpUnreadable, match=name):
        list(IMPORTERS["affiliations"](path))


def test_an_archive_without_the_dump_is_told(tmp_path: Path) -> None:
    _terms, bad = read("affiliations", write_zip(tmp_path / "ror.zip", {"readme.txt": "x"}))
    assert "no JSON" in bad[0].reason


def test_what_was_imported_is_suggested(tmp_path: Path, database: Database) -> None:
    path = write_json(tmp_path / "ror.json", [CERN, DFG, SNSF])
    counts = import_terms(database, "funders", IMPORTERS["funders"](path))
    assert counts.added == 2
    with database.read() as connection:
        found, total = list_terms(connection, "funders", suggest="forschungsgem")
    assert ([term.id for term in found], total) == (["018mejw64"], 1)
