"""Documents that mean harm, or are none: a clear 4xx, quickly, and nothing is ever fetched or expanded."""

from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient
from tests.refusals import count_own, refused

from baton.imports.errors import UnreadableDocument
from baton.imports.formats import FORMATS
from baton.imports.parse import MOST_NODES, parse_json, parse_xml, parse_yaml

KERNEL = 'xmlns="http://datacite.org/schema/kernel-4"'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
XML = {
    "nothing": b"",
    "cut": b"<resource><titles>",
    "no XML": b"nonsense",
    "of another kind": b"<html/>",
    "of no namespace": b"<resource/>",
    "of an old kernel": b'<resource xmlns="http://datacite.org/schema/kernel-2.2"/>',
    "a bomb": f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]><resource {KERNEL}><version>&l9;</version></resource>'.encode(),
    "an entity of ten megabytes": f'<!DOCTYPE r [<!ENTITY a "{"x" * 1_000_000}">]><r>{"&a;" * 10}</r>'.encode(),
    "a file of ours": f'<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><r {KERNEL}>&f;</r>'.encode(),
    "a DTD elsewhere": b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/evil.dtd"><r/>',
    "an unknown encoding": b'<?xml version="1.0" encoding="utf-99"?><r/>',
    "a wrong encoding": b"<resource>\xff\xfe</resource>",
    "NUL": b"<resource>\x00</resource>",
    "a hundred thousand levels": b"<a>" * 100_000 + b"</a>" * 100_000,
    "too many elements": b"<a>" + b"<b/>" * (MOST_NODES + 1) + b"</a>",
}
JSON = {
    "nothing": b" ",
    "cut": b'{"titles": [',
    "a list": b"[]",
    "a word": b'"x"',
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "two hundred levels": b'{"a":' * 200 + b"1" + b"}" * 200,
    "a hundred thousand levels": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
}
YAML = {
    "nothing": b"",
    "a list": b"- a",
    "a tab": b"a:\n\t- b",
    "not UTF-8": b"a: \xff",
    "aliases": b"a: &a [x]\nb: *a",
    "a bomb": b"a: &a [x]\n" + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b"*%c," % (97 + n) * 9) for n in range(9)),
    "a mapping as a name": b"{a: 1}: b",
    "a hundred thousand levels": b"[" * 100_000 + b"]" * 100_000,
    "too many values": b"a:\n" + b"- x\n" * (MOST_NODES + 1),
}
WRONG: tuple[Any, ...] = (1, True, "x", "\0", [], {}, [None], [[]], [{}], [1, "x"], {"a": {"b": []}}, [{"name": [{}]}])


@pytest.mark.parametrize("data", XML.values(), ids=XML)
def test_xml_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        FORMATS["datacite-xml"].read(data)


@pytest.mark.parametrize("data", JSON.values(), ids=JSON)
def test_json_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        parse_json(data)


@pytest.mark.parametrize("data", YAML.values(), ids=YAML)
def test_yaml_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        parse_yaml(data)


def test_what_goes_before_a_text_is_no_part_of_it() -> None:
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert parse_yaml(b"\xef\xbb\xbfa: 1.10") == {"a": "1.10"}
    assert parse_xml(b"\xef\xbb\xbf<a/>").tag == "a"
    assert parse_xml('<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")).tag == "a"


SCHEMA_ORG = (
    *("name", "description", "author", "creator", "contributor", "editor", "publisher", "datePublished", "inLanguage"),
    *(
        "version",
        "license",
        "keywords",
        "temporalCoverage",
        "spatialCoverage",
        "funder",
        "funding",
        "identifier",
        "url",
    ),
    *("isPartOf", "hasPart", "sameAs", "citation", "isAccessibleForFree", "@type", "@id", "additionalType", "mentions"),
)
CODEMETA = ("codeRepository", "programmingLanguage", "developmentStatus", "referencePublication", "relatedLink")
MEMBERS = {
    "datacite-json": (
        *("titles", "creators", "contributors", "types", "publisher", "publicationYear", "subjects", "dates", "doi"),
        *(
            "language",
            "alternateIdentifiers",
            "identifiers",
            "relatedIdentifiers",
            "relatedItems",
            "sizes",
            "container",
        ),
        *("formats", "version", "rightsList", "descriptions", "geoLocations", "fundingReferences", "data"),
    ),
    "json-ld": SCHEMA_ORG,
    "codemeta": (*SCHEMA_ORG, *CODEMETA, "embargoEndDate", "@graph"),
    "cff": (
        *("title", "type", "abstract", "version", "date-released", "authors", "contact", "keywords", "license", "doi"),
        *("license-url", "identifiers", "references", "preferred-citation", "repository-code", "url", "commit"),
    ),
    "zenodo": (
        *("title", "creators", "contributors", "upload_type", "access_right", "embargo_date", "license", "keywords"),
        *(
            "grants",
            "communities",
            "subjects",
            "related_identifiers",
            "alternate_identifiers",
            "references",
            "locations",
        ),
        *("dates", "doi", "custom", "notes", "method", "version", "language", "journal", "imprint", "resource_type"),
    ),
}


@pytest.mark.parametrize("name", MEMBERS)
def test_members_of_any_type_are_told_or_passed_over(name: str) -> None:
    """Nothing raises, whatever stands where something else is expected."""
    for member in MEMBERS[name]:
        for value in WRONG:
            FORMATS[name].read(orjson.dumps({member: value}))


def test_members_of_a_crates_root_are_told_or_passed_over() -> None:
    for member in SCHEMA_ORG[:-4]:
        for value in WRONG:
            root = {"@id": "./", "@type": "Dataset", member: value}
            about = {"@id": "ro-crate-metadata.json", "about": {"@id": "./"}}
            FORMATS["ro-crate"].read(orjson.dumps({"@graph": [about, root]}))


def test_a_few_things_that_refer_to_each_other_all_too_often_are_refused() -> None:
    everybody = [{"@id": f"#{n}"} for n in range(640)]
    people = [{"@id": f"#{n}", "@type": "Person", "name": "A", "affiliation": everybody} for n in range(640)]
    root = {"@id": "./", "@type": "Dataset", "author": everybody}
    about = {"@id": "ro-crate-metadata.json", "about": {"@id": "./"}}
    with pytest.raises(UnreadableDocument, match="too often"):
        FORMATS["ro-crate"].read(orjson.dumps({"@graph": [about, root, *people]}))


def test_a_refused_document_leaves_no_draft(client: TestClient, cast: Any) -> None:
    client.headers.update(cast.alice.headers)
    answer = client.post("/api/records", content=XML["a bomb"], headers={"Content-Type": "application/xml"})
    assert "DOCTYPE" in refused(answer)["message"]
    assert count_own(client, 0) == 0


@pytest.mark.parametrize("month", ["13", "0", "-1", "²", "1" * 5000])
def test_a_month_that_is_none_leaves_the_year(month: str) -> None:
    entry = f"@article{{k, title = {{Ice}}, year = 2020, month = {{{month}}}}}"
    assert FORMATS["bibtex"].read(entry.encode()).body["metadata"]["publication_date"] == "2020"
