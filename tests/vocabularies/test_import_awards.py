from pathlib import Path
from typing import Any

import pytest
from tests.vocabularies.dumps import gzipped, json_lines, read, write_tar, write_zip

from baton.vocabularies.errors import DumpUnreadable

PROJECT = {
    "id": "40|corda_______::0123456789abcdef0123456789abcdef",
    "code": "283595",
    "acronym": "OpenAIREplus",
    "title": "2nd-Generation Open Access Infrastructure for Research in Europe",
    "startDate": "2011-12-01",
    "endDate": "2014-12-31",
    "funding": [{"fundingStream": {"id": "EC::FP7::SP4"}, "shortName": "EC", "jurisdiction": "EU"}],
}
NSF = {
    "id": "nsf_________::1",
    "code": "1234567",
    "title": "Ice cores",
    "websiteurl": "https://nsf.example/1",
    "startdate": "1999-01-01",
}
CORDIS = (
    '"id";"acronym";"status";"title";"startDate";"endDate";"frameworkProgramme";"grantDoi"\r\n'
    '"101094817";"FAIR-IMPACT";"SIGNED";"Expanding ""FAIR"" solutions; across EOSC";"2022-06-01";"2025-05-31";'
    '"HORIZON";"10.3030/101094817"\r\n'
)


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_project_of_openaire_becomes_an_award(tmp_path: Path) -> None:
    [term], bad = read("awards", write(tmp_path / "project.jsonl", json_lines([PROJECT])))
    assert bad == []
    assert term.id == "00k4n6c32::283595"
    assert term.title == {"en": "2nd-Generation Open Access Infrastructure for Research in Europe"}
    assert term.weight == 111
    assert term.props == {
        "number": "283595",
        "acronym": "OpenAIREplus",
        "program": "FP7",
        "funder": {"id": "00k4n6c32", "name": "European Commission"},
        "identifiers": [{"scheme": "url", "identifier": "https://cordis.europa.eu/projects/283595"}],
        "start_date": "2011-12-01",
        "end_date": "2014-12-31",
    }


def test_older_dumps_spell_their_fields_otherwise(tmp_path: Path) -> None:
    older = {**NSF, "funding": [{"funding_stream": {"id": "NSF::GEO"}}]}
    [term], _bad = read("awards", write(tmp_path / "awards.jsonl", json_lines([older])))
    assert term.id == "021nxhr62::1234567"
    assert term.props["program"] == "GEO"
    assert term.props["start_date"] == "1999-01-01"
    assert term.props["identifiers"] == [{"scheme": "url", "identifier": "https://nsf.example/1"}]


@pytest.mark.parametrize("name", ["awards.jsonl.gz", "project.tar", "project.tar.gz", "project.zip"])
def test_packed_dumps_are_read_as_they_are(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    lines = json_lines([PROJECT, NSF])
    if name.endswith(".jsonl.gz"):
        write(path, gzipped(lines))
    elif name.endswith(".zip"):
        write_zip(path, {"project.jsonl": lines.decode()})
    else:
        write_tar(path, {"project/part-0.json.gz": gzipped(lines), "project/readme.md": b"not json"})
    terms, bad = read("awards", path)
    assert ([term.props["number"] for term in terms], bad) == (["283595", "1234567"], [])


def test_the_table_of_cordis_is_read_as_it_is(tmp_path: Path) -> None:
    [term], bad = read("awards", write(tmp_path / "project.csv", CORDIS.encode()))
    assert bad == []
    assert term.id == "00k4n6c32::101094817"
    assert term.label == 'Expanding "FAIR" solutions; across EOSC'
    assert term.props["program"] == "HORIZON"
    assert {"scheme": "doi", "identifier": "10.3030/101094817"} in term.props["identifiers"]


def test_the_archive_of_cordis_holds_other_tables_too(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "cordis.zip", {"organization.csv": "projectID;name\n1;x\n", "csv/project.csv": CORDIS})
    terms, bad = read("awards", path)
    assert ([term.props["number"] for term in terms], bad) == (["101094817"], [])


@pytest.mark.parametrize(
    ("funder", "ror"),
    [
        ("018mejw64", "018mejw64"),
        ("https://ror.org/018mejw64", "018mejw64"),
        ("10.13039/501100001659", "018mejw64"),
        ("https://doi.org/10.13039/501100000780", "00k4n6c32"),
    ],
)
def test_a_table_names_the_funder_by_ror_id_or_doi(tmp_path: Path, funder: str, ror: str) -> None:
    text = f"\ufeffnumber,acronym,title,programme,funder\nXY 1/2,AC,A title,P1,{funder}\n"
    [term], bad = read("awards", write(tmp_path / "awards.csv", text.encode()))
    assert bad == []
    assert term.id == f"{ror}::XY 1/2"
    assert term.props["program"] == "P1"


def test_an_award_without_a_title_is_called_by_its_acronym_or_number(tmp_path: Path) -> None:
    rows = [{**NSF, "title": "", "acronym": "ICE"}, {**NSF, "title": None}]
    terms, _bad = read("awards", write(tmp_path / "awards.jsonl", json_lines(rows)))
    assert [term.label for term in terms] == ["ICE", "1234567"]


def test_malformed_lines_are_told_with_their_number_and_passed_over(tmp_path: Path) -> None:
    rows: list[Any] = [
        PROJECT,
        {**PROJECT, "id": "40|who_knows___::1"},
        {**PROJECT, "code": ""},
        {**PROJECT, "code": "unidentified"},
        {"code": "1"},
        [1, 2],
        {**PROJECT, "funding": "none"},
        {**PROJECT, "code": "a\u0007b"},
        {**PROJECT, "code": "x" * 500},
    ]
    content = json_lines(rows[:2]) + b"\n{broken\n" + json_lines(rows[2:]) + json_lines([NSF]).strip()
    terms, bad = read("awards", write(tmp_path / "awards.jsonl", content))
    assert [term.props["number"] for term in terms] == ["283595", "1234567"]
    assert [row.line for row in bad] == [2, 4, 5, 6, 7, 8, 9, 10, 11]
    assert "'who_knows___' is unknown" in bad[0].reason
    assert "not JSON" in bad[1].reason
    assert "'id' is missing" in bad[4].reason


def test_malformed_rows_of_a_table_are_told_with_their_line(tmp_path: Path) -> None:
    text = (
        "number,title,funder\n"
        "1,Good,018mejw64\n"
        "2,Too few\n"
        "3,Too,many,fields\n"
        "\n"
        '4,"Over\ntwo lines",018mejw64\n'
        "5,Nobody pays,\n"
        "6,Nonsense pays,nonsense\n"
        "7,Bad \udc80 bytes,018mejw64\n"
        "8,Good,018mejw64\n"
    )
    path = write(tmp_path / "awards.csv", text.encode(errors="surrogateescape"))
    terms, bad = read("awards", path)
    assert [term.props["number"] for term in terms] == ["1", "4", "8"]
    assert [row.line for row in bad] == [3, 4, 8, 9, 10]
    assert "has 2 fields; the header has 3" in bad[0].reason
    assert "UTF-8" in bad[-1].reason


def test_a_bad_row_in_an_archive_says_in_which_file(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "project.tar", {"a/one.json": json_lines([PROJECT]), "a/two.json": b"{\n"})
    _terms, [bad] = read("awards", path)
    assert bad.reason.startswith("a/two.json: not JSON")
    assert bad.line == 1


@pytest.mark.parametrize("name", ["awards.jsonl.gz", "project.tar", "project.tar.gz"])
def test_a_damaged_archive_is_told(tmp_path: Path, name: str) -> None:
    whole = write_tar(tmp_path / f"whole-{name}", {"one.json": json_lines([PROJECT] * 5_000)}).read_bytes()
    content = gzipped(whole) if name.endswith(".jsonl.gz") else whole
    path = write(tmp_path / name, content[: len(content) // 2])
    with pytest.raises(DumpUnreadable, match=name):
        read("awards", path)
