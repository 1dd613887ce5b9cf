from pathlib import Path

import pytest
from tests.vocabularies.dumps import json_lines, read, write_tar

SUMMARY = """<?xml version="1.0" encoding="UTF-8"?>
<record:record path="/0000-0002-1825-0097"
  xmlns:record="http://www.orcid.org/ns/record" xmlns:common="http://www.orcid.org/ns/common"
  xmlns:person="http://www.orcid.org/ns/person" xmlns:details="http://www.orcid.org/ns/personal-details"
  xmlns:activities="http://www.orcid.org/ns/activities" xmlns:employment="http://www.orcid.org/ns/employment">
  <common:orcid-identifier><common:path>{orcid}</common:path></common:orcid-identifier>
  <person:person>{name}</person:person>
  <activities:activities-summary><activities:employments>{jobs}</activities:employments>
  </activities:activities-summary>
</record:record>"""
NAME = """<person:name><details:given-names>Josiah</details:given-names>
  <details:family-name>Carberry</details:family-name></person:name>"""


TABBED = (
    b"id\tgiven_names\tfamily_name\taffiliation\n"
    b"https://orcid.org/0000-0002-1825-0097\tJosiah\tCarberry\tBrown|Wesleyan\n"
)


def job(name: str, *, source: str = "", identifier: str = "", ended: bool = False) -> str:
    known = (
        "<common:disambiguated-organization>"
        f"<common:disambiguated-organization-identifier>{identifier}</common:disambiguated-organization-identifier>"
        f"<common:disambiguation-source>{source}</common:disambiguation-source></common:disambiguated-organization>"
    )
    end = "<common:end-date><common:year>2020</common:year></common:end-date>" if ended else ""
    return (
        f"<activities:affiliation-group><employment:employment-summary>{end}<common:organization>"
        f"<common:name>{name}</common:name>{known if source else ''}</common:organization>"
        "</employment:employment-summary></activities:affiliation-group>"
    )


def summary(orcid: str = "0000-0002-1825-0097", name: str = NAME, jobs: str = "") -> bytes:
    return SUMMARY.format(orcid=orcid, name=name, jobs=jobs).encode()


def test_a_summary_of_orcid_becomes_a_name(tmp_path: Path) -> None:
    jobs = (
        job("Brown University", source="ROR", identifier="https://ror.org/05gq02987")
        + job("Wesleyan University", source="RINGGOLD", identifier="8058")
        + job("Long ago", ended=True)
        + job("Wesleyan University")
    )
    path = write_tar(tmp_path / "ORCID_2026_10_summaries.tar.gz", {"s/097/0000-0002-1825-0097.xml": summary(jobs=jobs)})
    [term], bad = read("names", path)
    assert bad == []
    assert term.id == "0000-0002-1825-0097"
    assert term.title == {"en": "Carberry, Josiah"}
    assert term.props == {
        "name": "Carberry, Josiah",
        "given_name": "Josiah",
        "family_name": "Carberry",
        "identifiers": [{"scheme": "orcid", "identifier": "0000-0002-1825-0097"}],
        "affiliations": [{"id": "05gq02987", "name": "Brown University"}, {"name": "Wesleyan University"}],
    }


def test_people_who_show_no_name_are_passed_over_without_a_word(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "s.tar.gz", {"a.xml": summary(name=""), "b.xml": summary()})
    terms, bad = read("names", path)
    assert (len(terms), bad) == (1, [])


def test_a_person_may_have_one_name_only(tmp_path: Path) -> None:
    given = "<person:name><details:given-names>Madonna</details:given-names></person:name>"
    credit = "<person:name><details:credit-name>The Artist</details:credit-name></person:name>"
    path = write_tar(tmp_path / "s.tar", {"a.xml": summary(name=given), "b.xml": summary(name=credit)})
    terms, _bad = read("names", path)
    assert [term.label for term in terms] == ["Madonna", "The Artist"]


def test_malformed_summaries_are_told_with_their_file(tmp_path: Path) -> None:
    path = write_tar(
        tmp_path / "s.tar.gz",
        {"a.xml": b"<record", "b.xml": summary("0000-0002-1825-0098"), "c.xml": summary(), "d.txt": b"not ours"},
    )
    terms, bad = read("names", path)
    assert len(terms) == 1
    assert [row.reason.split(":", 1)[0] for row in bad] == ["a.xml", "b.xml"]
    assert "'0000-0002-1825-0098' is not an ORCID iD" in bad[1].reason


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("n.csv", b"orcid,given_name,family_name,affiliations\n0000-0002-1825-0097,Josiah,Carberry,Brown; Wesleyan\n"),
        ("n.tsv", TABBED),
        (
            "n.jsonl",
            json_lines(
                [
                    {
                        "id": "0000-0002-1825-0097",
                        "given_name": "Josiah",
                        "family_name": "Carberry",
                        "affiliations": [{"name": "Brown"}, "Wesleyan"],
                    }
                ]
            ),
        ),
        (
            "n.jsonl",
            json_lines(
                [
                    {
                        "identifiers": [{"scheme": "orcid", "identifier": "0000-0002-1825-0097"}],
                        "name": "Carberry, Josiah",
                        "affiliations": [{"name": "Brown"}, {"name": "Wesleyan"}],
                    }
                ]
            ),
        ),
    ],
)
def test_simple_tables_become_names(tmp_path: Path, file: str, content: bytes) -> None:
    path = tmp_path / file
    path.write_bytes(content)
    [term], bad = read("names", path)
    assert bad == []
    assert (term.id, term.label) == ("0000-0002-1825-0097", "Carberry, Josiah")
    assert term.props["affiliations"] == [{"name": "Brown"}, {"name": "Wesleyan"}]


def test_a_row_without_a_name_is_told(tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    path.write_text("orcid,name\n0000-0002-1825-0097,\n")
    terms, [bad] = read("names", path)
    assert (terms, bad.line, bad.reason) == ([], 2, "has no title")
