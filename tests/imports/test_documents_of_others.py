"""Documents as other programs and people write them, which is not always as we do."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from datacite import schema45
from pybtex.database import BibliographyData, Entry, Person
from rocrate.model.person import Person as CratePerson
from rocrate.rocrate import ROCrate

from baton.imports.errors import UnreadableDocument
from baton.imports.files import read_file
from baton.imports.imported import Imported


def read(name: str, document: str | bytes) -> Imported:
    found = read_file(name, document.encode() if isinstance(document, str) else document)
    assert isinstance(found, Imported)
    return found


def metadata(name: str, document: str | bytes) -> dict[str, Any]:
    found: dict[str, Any] = read(name, document).body["metadata"]
    return found


def person(family: str, given: str) -> dict[str, str]:
    return {"type": "personal", "family_name": family, "given_name": given}


# --- DataCite ---

XML = """<?xml version="1.0" encoding="UTF-8"?>
<oai_datacite xmlns="http://schema.datacite.org/oai/oai-1.1/"><payload>
<resource xmlns="http://datacite.org/schema/kernel-4" xmlns:xml="http://www.w3.org/XML/1998/namespace">
  <identifier identifierType="DOI">10.1234/Ice</identifier>
  <creators>
    <creator><creatorName>Marsh, Ada</creatorName>
      <nameIdentifier nameIdentifierScheme="ORCID" schemeURI="http://orcid.org/">0000-0002-1825-0097</nameIdentifier>
      <affiliation>Brown University</affiliation></creator>
    <creator><creatorName nameType="Organizational">Polar Observatory</creatorName></creator>
  </creators>
  <titles><title xml:lang="en-GB">Ice &amp; snow</title><title titleType="Subtitle" xml:lang="de">Eis</title></titles>
  <publisher>Somebody</publisher><publicationYear>2020</publicationYear>
  <resourceType resourceTypeGeneral="Text">Working paper</resourceType>
  <dates><date dateType="Issued">2020-03-04T05:06:07Z</date><date dateType="Collected">2018/2019</date></dates>
  <rightsList><rights rightsURI="http://creativecommons.org/licenses/by/4.0/legalcode">CC</rights></rightsList>
  <descriptions><description descriptionType="Abstract">First<br/>second &lt; third</description></descriptions>
  <geoLocations><geoLocation><geoLocationBox><westBoundLongitude>170</westBoundLongitude>
    <eastBoundLongitude>-170.5</eastBoundLongitude><southBoundLatitude>-1</southBoundLatitude>
    <northBoundLatitude>1</northBoundLatitude></geoLocationBox></geoLocation></geoLocations>
  <mood>good</mood>
</resource></payload></oai_datacite>"""


def test_datacite_xml_out_of_a_harvest() -> None:
    found = read("record.xml", XML)
    said = found.body["metadata"]
    assert [(lost.field, lost.code) for lost in found.lost] == [("mood", "not_carried")]
    assert found.body["pids"] == {"doi": {"identifier": "10.1234/Ice", "provider": "external"}}
    assert said["resource_type"] == {"id": "publication-workingpaper"}
    assert said["title"] == "Ice & snow"
    assert said["additional_titles"] == [{"title": "Eis", "type": {"id": "subtitle"}, "lang": {"id": "deu"}}]
    assert said["creators"] == [
        {
            "person_or_org": {
                **person("Marsh", "Ada"),
                "identifiers": [{"scheme": "orcid", "identifier": "0000-0002-1825-0097"}],
            },
            "affiliations": [{"name": "Brown University"}],
        },
        {"person_or_org": {"type": "organizational", "name": "Polar Observatory"}},
    ]
    assert said["publication_date"] == "2020-03-04"
    assert said["dates"] == [{"date": "2018/2019", "type": {"id": "collected"}}]
    assert said["rights"] == [{"id": "cc-by-4.0"}]
    assert said["description"] == "<p>First<br>second &lt; third</p>"
    assert said["locations"]["features"][0]["geometry"]["type"] == "MultiPolygon"


def test_xml_that_the_datacite_library_has_written_says_what_its_json_says() -> None:
    attributes = {
        "doi": "10.1234/ice",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Table"},
        "creators": [
            {
                "name": "Marsh, Ada",
                "nameType": "Personal",
                "nameIdentifiers": [{"nameIdentifier": "0000-0002-1825-0097", "nameIdentifierScheme": "ORCID"}],
                "affiliation": [{"name": "Brown", "affiliationIdentifier": "https://ror.org/05gq02987"}],
            }
        ],
        "titles": [{"title": "Ice"}],
        "publisher": {"name": "Somebody"},
        "publicationYear": "2020",
        "dates": [{"date": "2018/2019", "dateType": "Collected"}],
        "rightsList": [{"rights": "CC BY", "rightsUri": "https://creativecommons.org/licenses/by/4.0/"}],
        "geoLocations": [
            {"geoLocationPlace": "Fram", "geoLocationPoint": {"pointLongitude": -3.5, "pointLatitude": 79}}
        ],
        "fundingReferences": [{"funderName": "EC", "awardNumber": "1", "awardTitle": "Cold"}],
        "relatedIdentifiers": [
            {"relatedIdentifier": "10.1/x", "relatedIdentifierType": "DOI", "relationType": "Cites"}
        ],
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
    of_xml, of_json = read("x.xml", schema45.tostring(attributes)), read("x.json", orjson.dumps(attributes))
    assert of_xml == of_json
    assert len(of_xml.body["metadata"]) == 10


def test_the_answer_of_datacites_interface_is_read_out_of_its_envelope() -> None:
    document = """{"data": {"id": "10.1234/x", "type": "dois", "attributes": {"doi": "10.1234/x", "state": "findable",
      "titles": [{"title": "Ice"}],
      "descriptions": [{"description": "<p>A <em>b</em></p>", "descriptionType": "Abstract"}],
      "container": {"type": "Journal", "title": "J", "firstPage": "1", "lastPage": "2"}, "viewCount": 3}}}"""
    found = read("x.json", document)
    assert found.body["metadata"] == {"title": "Ice", "description": "<p>A <em>b</em></p>"}
    assert found.body["custom_fields"] == {"journal:journal": {"title": "J", "pages": "1-2"}}
    assert found.lost == ()


@pytest.mark.parametrize(
    ("address", "status"),
    [("openAccess", None), ("restrictedAccess", "restricted"), ("embargoedAccess", "restricted")],
)
def test_what_openaire_calls_closed_stays_closed(address: str, status: str | None) -> None:
    rights = f"info:eu-repo/semantics/{address}"
    document = f'{{"titles": [{{"title": "Ice"}}], "rightsList": [{{"rightsUri": "{rights}"}}]}}'
    assert read("x.json", document).body.get("access", {}).get("files") == status


# --- CITATION.cff ---

CFF = """
cff-version: 1.2.0
message: Please cite
title: Ice flow
version: 1.10
date-released: 2024-05-06
doi: 10.5281/zenodo.1234
commit: 0123456789012345678901234567890123456789
license: [MIT, Apache-2.0]
repository-code: https://github.com/example/ice
url: https://ice.example.org
identifiers:
  - {type: doi, value: 10.5281/zenodo.1, description: The concept DOI of the work.}
authors:
  - {family-names: Humboldt, name-particle: von, given-names: Alexander, orcid: "https://orcid.org/0000-0002-1825-0097",
     affiliation: Berlin, email: a@example.org}
  - {name: The Ice Team}
references:
  - {type: article, title: Cited, doi: 10.1234/cited, authors: [{name: X}]}
  - {type: book, title: A book, year: 1999, authors: [{family-names: Doe, given-names: Jo}]}
"""


def test_a_citation_file() -> None:
    found = read("CITATION.cff", CFF)
    said = found.body["metadata"]
    assert said["version"] == "1.10"
    assert said["publication_date"] == "2024-05-06"
    assert [one["id"] for one in said["rights"]] == ["mit", "apache-2.0"]
    assert said["creators"][0]["person_or_org"]["family_name"] == "von Humboldt"
    assert said["creators"][1]["person_or_org"] == {"type": "organizational", "name": "The Ice Team"}
    assert said["identifiers"] == [{"identifier": f"swh:1:rev:{'0123456789' * 4}", "scheme": "swhid"}]
    assert [(one["identifier"], one["relation_type"]["id"]) for one in said["related_identifiers"]] == [
        ("10.5281/zenodo.1", "isversionof"),
        ("https://ice.example.org", "isdescribedby"),
        ("10.1234/cited", "references"),
    ]
    assert said["references"] == [{"reference": "Doe, Jo (1999) A book"}]
    assert found.body["custom_fields"] == {"code:codeRepository": "https://github.com/example/ice"}
    assert [lost.field for lost in found.lost] == ["doi", "authors.0.email"]
    assert "pids" not in found.body


# --- CodeMeta ---


def test_codemeta_as_package_managers_write_it() -> None:
    document = """{"@context": "https://doi.org/10.5063/schema/codemeta-2.0", "@type": "SoftwareSourceCode",
      "name": "ice", "softwareVersion": "2.0", "keywords": "ice, snow", "license": "https://spdx.org/licenses/MIT",
      "author": {"@type": "Person", "givenName": "Ada", "familyName": "Marsh", "email": "a@example.org"},
      "codeRepository": "git+https://github.com/example/ice", "programmingLanguage": {"name": "Python"},
      "developmentStatus": "active", "identifier": "https://doi.org/10.5281/zenodo.1",
      "funder": {"@type": "Organization", "name": "NSF"}, "funding": "1549758; 2", "readme": "https://example.org"}"""
    found = read("codemeta.json", document)
    said = found.body["metadata"]
    assert said["subjects"] == [{"subject": "ice"}, {"subject": "snow"}]
    assert said["rights"] == [{"id": "mit"}]
    assert said["creators"] == [{"person_or_org": person("Marsh", "Ada")}]
    assert said["funding"] == [
        {"funder": {"name": "NSF"}, "award": {"number": "1549758"}},
        {"funder": {"name": "NSF"}, "award": {"number": "2"}},
    ]
    assert found.body["custom_fields"] == {
        "code:codeRepository": "https://github.com/example/ice",
        "code:programmingLanguage": [{"id": "python"}],
        "code:developmentStatus": {"id": "active"},
    }
    assert {lost.field for lost in found.lost} == {"readme", "author.email", "identifier"}


# --- RO-Crate ---


def test_a_crate_that_the_rocrate_library_has_written(tmp_path: Path) -> None:
    crate = ROCrate()
    crate.name, crate.description, crate.license = "Ice", "Cold", "https://spdx.org/licenses/CC-BY-4.0"
    crate.datePublished = "2024-05-06T07:08:09+00:00"
    ada = CratePerson(crate, "https://orcid.org/0000-0002-1825-0097", {"name": "Ada Marsh", "givenName": "Ada"})
    crate.creator = crate.add(ada)
    crate.write(tmp_path)
    said = metadata("ro-crate-metadata.json", (tmp_path / "ro-crate-metadata.json").read_bytes())
    assert said["resource_type"] == {"id": "dataset"}
    assert (said["title"], said["publication_date"], said["rights"]) == ("Ice", "2024-05-06", [{"id": "cc-by-4.0"}])
    assert said["creators"][0]["person_or_org"]["identifiers"][0]["identifier"] == "0000-0002-1825-0097"


def test_things_that_refer_to_each_other_in_a_circle_are_no_danger() -> None:
    graph = (
        '{"@id": "ro-crate-metadata.json", "about": {"@id": "./"}},'
        '{"@id": "./", "@type": "Dataset", "name": "Ice", "author": {"@id": "#a"}, "isPartOf": {"@id": "./"}},'
        '{"@id": "#a", "@type": "Person", "name": "Ada", "affiliation": {"@id": "#a"}, "funder": {"@id": "./"}}'
    )
    said = metadata("x.json", f'{{"@context": "http://127.0.0.1:9/never-fetched", "@graph": [{graph}]}}')
    assert said["creators"] == [
        {"person_or_org": {"type": "personal", "family_name": "Ada"}, "affiliations": [{"name": "Ada"}]}
    ]


@pytest.mark.parametrize("graph", ["[]", '[{"@id": "x"}]', '"x"', "[[]]", "[null]"])
def test_a_crate_without_a_root_is_told(graph: str) -> None:
    with pytest.raises(UnreadableDocument, match="root"):
        read("ro-crate-metadata.json", f'{{"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": {graph}}}')


# --- BibTeX ---

BIB = r"""
% a comment
@string{jgr = "Journal of Ice"}
@article{marsh2020,
  author = {Marsh, Ada and Erd{\H o}s, Paul and {The \emph{Ice} Team} and van der Berg, Jan and others},
  title = {{ICE} -- a 100% cold {\it thing} \& $\alpha$},
  journal = jgr # " B", year = 2020, month = mar, number = {3}, pages = {10--20},
  doi = {https://doi.org/10.1234/ice}, url = {https://example.org/ice}, keywords = {ice; snow},
  abstract = "It costs 5\$.", eprint = {2001.01234}, archivePrefix = {arXiv}, mood = {good}
}
"""


def test_an_entry_as_people_write_them() -> None:
    found = read("ice.bib", BIB)
    said = found.body["metadata"]
    assert said["title"] == "ICE \N{EN DASH} a 100% cold thing & \N{GREEK SMALL LETTER ALPHA}"
    assert [one["person_or_org"] for one in said["creators"]] == [
        person("Marsh", "Ada"),
        person("Erdős", "Paul"),
        {"type": "organizational", "name": "The Ice Team"},
        person("van der Berg", "Jan"),
    ]
    assert said["publication_date"] == "2020-03"
    assert said["identifiers"] == [
        {"identifier": "https://example.org/ice", "scheme": "url"},
        {"identifier": "arXiv:2001.01234", "scheme": "arxiv"},
    ]
    assert said["description"] == "<p>It costs 5$.</p>"
    assert found.body["pids"]["doi"]["identifier"] == "10.1234/ice"
    assert found.body["custom_fields"]["journal:journal"] == {
        "title": "Journal of Ice B",
        "issue": "3",
        "pages": "10-20",
    }
    assert [lost.field for lost in found.lost] == ["mood"]


def test_an_entry_that_pybtex_has_written() -> None:
    entry = Entry("book", {"title": "Ice", "publisher": "P & Q", "year": "2020"}, {"author": [Person("Marsh, Ada")]})
    said = metadata("x.bib", BibliographyData({"k": entry}).to_string("bibtex"))
    assert (said["title"], said["publisher"], said["resource_type"]) == ("Ice", "P & Q", {"id": "publication-book"})


MANY = b"@misc{a, title = {x}}\n" * 10_000
BAD_BIB = {
    "nothing": b"",
    "no entry": b"@comment{x}",
    "many entries": MANY,
    "no end": b"@misc{a, title = {x",
    "braces": b"@misc{a, title = " + b"{" * 10_000 + b"}" * 10_000 + b"}",
    "an unknown abbreviation": b"@misc{a, title = nobody}",
    "a bomb": b'@string{a0 = "ha"}\n'
    + b"".join(b"@string{a%d = %s}\n" % (n, b" # ".join([b"a%d" % (n - 1)] * 10)) for n in range(1, 12))
    + b"@misc{k, title = a11}",
    "too long": b"@misc{a, title = {" + b"x" * 1_000_000 + b"}}",
    "not UTF-8": b"@misc{a, title = {\xff}}",
}


@pytest.mark.parametrize("data", BAD_BIB.values(), ids=BAD_BIB)
def test_what_is_not_one_entry_is_told(data: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        read("x.bib", data)
    if data is MANY:
        with pytest.raises(UnreadableDocument, match="several entries"):
            read("x.bib", data)


@pytest.mark.parametrize(
    "title",
    ["{", "}", "\\", "\\begin{x}" * 9_000, "$", "$$$", "%", "\\%", "~", "\\begin{x}", "\\frac", "\\verb|", "^_&#"],
)
def test_broken_tex_breaks_nothing(title: str) -> None:
    if title not in "{}":
        read("x.bib", f"@misc{{a, title = {{ab {title} cd}}, author = {{{title} and X, {title}, Y, Z}}}}")


# --- Zenodo ---


def test_a_zenodo_file_lies_beside_software() -> None:
    found = read(".zenodo.json", '{"title": "Ice", "creators": [{"name": "Marsh, Ada"}], "grants": [{"id": "777541"}]}')
    said = found.body["metadata"]
    assert said["resource_type"] == {"id": "software"}
    assert said["funding"] == [
        {"funder": {"id": "00k4n6c32"}, "award": {"id": "00k4n6c32::777541", "number": "777541"}}
    ]
    assert "rights" not in said


def test_faults_of_a_zenodo_file_are_told_and_the_rest_is_kept() -> None:
    found = read("x.json", '{"metadata": {"title": "Ice", "upload_type": "dataset", "license": "none", "mood": 1}}')
    assert found.body["metadata"]["title"] == "Ice"
    assert [lost.field for lost in found.lost] == ["metadata.mood", "metadata.license"]


# --- the RDM dialect ---


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("x.json", '{"metadata": {"title": "Ice", "resource_type": {"id": "dataset"}}}'),
        ("x.yaml", "title: Ice\nresource_type: {id: dataset}\n"),
    ],
)
def test_the_rdm_dialect_is_taken_by_its_word(name: str, document: str) -> None:
    assert read_file(name, document.encode()) == {"metadata": {"title": "Ice", "resource_type": {"id": "dataset"}}}
