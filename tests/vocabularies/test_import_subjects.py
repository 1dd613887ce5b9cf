from pathlib import Path

import pytest
from tests.vocabularies.dumps import gzipped, json_lines, read

MESH_XML = b"""<?xml version="1.0"?>
<!DOCTYPE DescriptorRecordSet SYSTEM "https://www.nlm.nih.gov/databases/dtd/nlmdescriptorrecordset_20250101.dtd">
<DescriptorRecordSet LanguageCode="eng">
<DescriptorRecord DescriptorClass="1"><DescriptorUI>D000001</DescriptorUI>
 <DescriptorName><String>Calcimycin</String></DescriptorName>
 <TreeNumberList><TreeNumber>D03.633</TreeNumber><TreeNumber>D03.700</TreeNumber></TreeNumberList>
 <ConceptList><Concept><TermList><Term><String>Calcimycin</String></Term><Term><String>A-23187</String></Term>
 <Term><String>Antibiotic A23187</String></Term></TermList></Concept></ConceptList></DescriptorRecord>
<DescriptorRecord><DescriptorUI>D000002</DescriptorUI></DescriptorRecord>
<DescriptorRecord><DescriptorUI>D000003</DescriptorUI><DescriptorName><String>Abattoirs</String></DescriptorName>
</DescriptorRecord>
</DescriptorRecordSet>"""
MESH_ASCII = b"""*NEWRECORD
RECTYPE = D
MH = Calcimycin
PRINT ENTRY = A-23187|T109|T195|LAB|NRW|NLM (1991)|900308|abbcdef
ENTRY = Antibiotic A23187|T109
MN = D03.633
MN = D03.700
UI = D000001

*NEWRECORD
MH = Nameless
*NEWRECORD
MH = Abattoirs
UI = D000003
"""


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("file", "content", "line"),
    [
        ("desc2025.xml", MESH_XML, 2),
        ("desc2025.xml.gz", gzipped(MESH_XML), 2),
        ("d2025.bin", MESH_ASCII, 10),
        ("d2025.bin.gz", gzipped(MESH_ASCII), 10),
    ],
)
def test_mesh_is_read_as_it_is_published(tmp_path: Path, file: str, content: bytes, line: int) -> None:
    [first, second], [bad] = read("subjects", write(tmp_path / file, content))
    assert bad.line == line
    assert first.id == "mesh:D000001"
    assert first.title == {"en": "Calcimycin"}
    assert first.props == {
        "subject": "Calcimycin",
        "scheme": "MeSH",
        "synonyms": ["A-23187", "Antibiotic A23187"],
        "identifiers": [{"scheme": "url", "identifier": "https://id.nlm.nih.gov/mesh/D000001"}],
        "props": {"tree_numbers": "D03.633,D03.700"},
    }
    assert (second.id, second.label) == ("mesh:D000003", "Abattoirs")


def test_xml_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    terms, bad = read("subjects", write(tmp_path / "desc.xml", MESH_XML[: MESH_XML.index(b"<DescriptorUI>D000003")]))
    assert [term.id for term in terms] == ["mesh:D000001"]
    assert "not XML from here on" in bad[-1].reason


@pytest.mark.parametrize(
    ("text", "term_id", "scheme", "titles"),
    [
        ("id,scheme,subject\nx:1,Own,Birds\n", "x:1", "Own", {"en": "Birds"}),
        (
            "uri;prefLabel@en;prefLabel@de;altLabel\nhttp://data.europa.eu/8mn/euroscivoc/1;birds;Vögel;aves|fowl\n",
            "http://data.europa.eu/8mn/euroscivoc/1",
            "EuroSciVoc",
            {"en": "birds", "de": "Vögel"},
        ),
        (
            "projectID;euroSciVocCode;euroSciVocPath;euroSciVocTitle\n1;/23/45/1717;/a/b/c;ornithology\n",
            "euroscivoc:1717",
            "EuroSciVoc",
            {"en": "ornithology"},
        ),
    ],
)
def test_lists_of_subjects_are_read_whatever_their_columns_are_called(
    tmp_path: Path, text: str, term_id: str, scheme: str, titles: dict[str, str]
) -> None:
    [term], bad = read("subjects", write(tmp_path / "subjects.csv", text.encode()))
    assert bad == []
    assert (term.id, term.props["scheme"], term.title) == (term_id, scheme, titles)
    assert term.props["subject"] == titles["en"]


def test_json_lines_keep_what_they_say(tmp_path: Path) -> None:
    row = {
        "id": "euroscivoc:1717",
        "scheme": "EuroSciVoc",
        "subject": "Satellite radio",
        "title": {"en": "Satellite radio", "it": "Radio satellitare"},
        "props": {"parents": "euroscivoc:1225"},
        "identifiers": [{"scheme": "url", "identifier": "http://data.europa.eu/8mn/euroscivoc/87ff"}],
        "synonyms": ["sat radio"],
    }
    [term], bad = read("subjects", write(tmp_path / "subjects.jsonl", json_lines([row])))
    assert bad == []
    assert term.title == row["title"]
    assert term.props == {name: row[name] for name in ("subject", "scheme", "synonyms", "identifiers", "props")}


def test_a_subject_without_scheme_title_or_id_is_told(tmp_path: Path) -> None:
    text = "id,scheme,subject\nx:1,,Birds\nx:2,Own,\n,Own,Birds\nx:3,Own,Fish\n"
    terms, bad = read("subjects", write(tmp_path / "subjects.csv", text.encode()))
    assert [term.id for term in terms] == ["x:3"]
    assert [row.line for row in bad] == [2, 3, 4]
    assert "no scheme" in bad[0].reason
