"""What OpenAIRE's guidelines for literature repositories ask for, beyond what their schema can say."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree
from tests.exports.samples import (
    BASE,
    EVERYBODY,
    NO_FILES,
    empty_draft,
    file_entry,
    full_record,
    make_body,
    make_record,
    minimal_record,
    with_access,
)
from tests.exports.validators import openaire, openaire_schema

from baton.exports.coar import RESOURCE_TYPES
from baton.exports.formats import DEFAULTS, FORMATS, negotiate
from baton.exports.openaire_literature import NAMESPACE, openaire_literature
from baton.exports.view import View
from baton.records.record import Record
from baton.vocabularies.builtin import vocabulary

NAMES = {
    "oaire": NAMESPACE,
    "datacite": "http://datacite.org/schema/kernel-4",
    "dc": "http://purl.org/dc/elements/1.1/",
}
ARTICLE = full_record()
EMBARGO = {"files": "restricted", "embargo": {"active": True, "until": "2031-02-03", "reason": None}}


def read(record: Record, view: View = EVERYBODY) -> etree._Element:
    body = openaire_literature(record, view).encode()
    openaire(body)
    return etree.fromstring(body)


def texts(record: Record, path: str, view: View = EVERYBODY) -> list[str]:
    return [str(one) for one in read(record, view).xpath(path, namespaces=NAMES)]


def said(**metadata: Any) -> Record:
    return make_record(make_body({**minimal_record().metadata, **metadata}))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (ARTICLE, ["literature", "http://purl.org/coar/resource_type/c_6501", "journal article"]),
        (minimal_record(), ["dataset", "http://purl.org/coar/resource_type/c_ddb1", "dataset"]),
        (empty_draft(), ["other research product", "http://purl.org/coar/resource_type/c_1843", "other"]),
    ],
)
def test_resource_types_are_those_of_coar(record: Record, expected: list[str]) -> None:
    kind = "//oaire:resourceType"
    assert texts(record, f"{kind}/@resourceTypeGeneral | {kind}/@uri | {kind}/text()") == expected


def test_every_resource_type_of_the_vocabulary_has_a_concept_or_none_that_fits() -> None:
    terms = vocabulary("resourcetypes")
    assert terms is not None
    without = {term.id for term in terms.terms} - RESOURCE_TYPES.keys()
    assert without == {"event", "instrument", "model", "other", "physicalobject", "project", "publication-other"}


def test_every_label_of_coar_is_that_of_its_concept() -> None:
    listed = etree.parse("tests/schemas/openaire/oaire-resourceType-v4.xsd").iter("{*}enumeration")
    labels = {
        str(one.get("value")).rpartition("/")[2]: str(comment.text)
        for one in listed
        if (comment := one.getnext()) is not None
    }
    assert {concept: labels[concept] for concept, _label in RESOURCE_TYPES.values()} == dict(RESOURCE_TYPES.values())


@pytest.mark.parametrize(
    ("access", "enabled", "label"),
    [
        ({}, True, "open access"),
        ({"files": "restricted"}, True, "restricted access"),
        (EMBARGO, True, "embargoed access"),
        ({}, False, "metadata only access"),
    ],
)
def test_access_is_said_in_the_words_of_coar(access: dict[str, Any], enabled: bool, label: str) -> None:
    body = with_access(make_body(files={"enabled": enabled}), **access)
    assert texts(make_record(body), "datacite:rights/text()") == [label]


def test_an_embargo_has_one_beginning_and_one_end() -> None:
    dates = [{"date": "2001", "type": {"id": kind}} for kind in ("accepted", "available", "issued", "created")]
    body = with_access(make_body({"publication_date": "2020-05/2020-06", "dates": dates}), **EMBARGO)
    record = make_record(body, published_at=datetime(2030, 1, 2, 3, tzinfo=UTC))
    found = {name: texts(record, f"//datacite:date[@dateType='{name}']/text()") for name in ("Accepted", "Available")}
    assert found == {"Accepted": ["2030-01-02"], "Available": ["2031-02-03"]}
    assert texts(record, "//datacite:date[@dateType='Issued']/text()") == ["2020-05"]
    assert texts(record, "//datacite:date[@dateType='Created']/text()") == ["2001"]


def test_licences_hold_from_publication_or_from_the_end_of_the_embargo() -> None:
    licence = "//oaire:licenseCondition"
    path = f"{licence}/@uri | {licence}/@startDate | {licence}/text()"
    rights = {"rights": [{"id": "cc-by-4.0"}]}
    address = "https://creativecommons.org/licenses/by/4.0/"
    name = "Creative Commons Attribution 4.0 International"
    assert texts(said(**rights), path) == [address, "2024-05-31", name]
    embargoed = make_record(with_access(make_body(rights), **EMBARGO))
    assert texts(embargoed, path) == [address, "2031-02-03", name]


def test_the_identifier_is_a_link() -> None:
    identifier = "datacite:identifier/@identifierType | datacite:identifier/text()"
    assert texts(ARTICLE, identifier) == ["DOI", "https://doi.org/10.5072/baton.124"]
    assert texts(minimal_record(), identifier) == ["URL", f"{BASE}/records/124"]
    others = "//datacite:alternateIdentifier/text()"
    assert texts(ARTICLE, others) == [f"{BASE}/records/124", "2011ApJS..192...18K"]
    assert texts(minimal_record(), others) == []


@pytest.mark.parametrize(
    ("kind", "version", "expected"),
    [
        ("dataset", "1.0.3", ["1.0.3"]),
        ("software", "VoR", ["VoR"]),
        ("publication-article", "1.0.3", []),
        ("publication-article", "Accepted Manuscript", ["http://purl.org/coar/version/c_ab4af688f83e57aa", "AM"]),
        ("publication-preprint", "ao", ["http://purl.org/coar/version/c_b1a7d7d4d402bcce", "AO"]),
        (
            "publication-article",
            "info:eu-repo/semantics/publishedVersion",
            ["http://purl.org/coar/version/c_970fb48d4fbd8a85", "VoR"],
        ),
    ],
)
def test_versions_of_articles_are_stages_of_publication(kind: str, version: str, expected: list[str]) -> None:
    record = said(resource_type={"id": kind}, version=version)
    assert texts(record, "oaire:version/@uri | oaire:version/text()") == expected


def test_files_are_named_to_those_who_may_read_them() -> None:
    types = "oaire:file/@objectType"
    assert texts(ARTICLE, "oaire:file/@mimeType") == ["text/csv", "application/pdf"]
    assert texts(ARTICLE, types) == ["other", "fulltext"]
    assert texts(replace(minimal_record(), files=(file_entry(),)), types) == ["dataset"]
    assert texts(ARTICLE, "oaire:file", NO_FILES) == []
    assert texts(ARTICLE, "dc:format/text()", NO_FILES) == ["application/pdf"]


def test_grants_are_funding_references() -> None:
    award = {
        "number": "42",
        "program": "H2020",
        "title": {"en": "Act"},
        "identifiers": [{"scheme": "url", "identifier": "https://x.org/42"}],
    }
    record = said(
        funding=[{"funder": {"id": "00k4n6c32", "name": "European Commission"}, "award": award}, {"funder": {}}]
    )
    (found,) = read(record).iterfind("oaire:fundingReferences/*", NAMES)
    assert {etree.QName(one).localname: (one.text, *one.values()) for one in found} == {
        "funderName": ("European Commission",),
        "funderIdentifier": ("https://ror.org/00k4n6c32", "ROR"),
        "fundingStream": ("H2020",),
        "awardNumber": ("42", "https://x.org/42"),
        "awardTitle": ("Act",),
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"journal:journal": {"title": "J", "pages": "1\N{EN DASH}2"}, "imprint:imprint": {"title": "B"}},
            ["J", "1", "2"],
        ),
        ({"imprint:imprint": {"title": "B", "pages": "7"}, "meeting:meeting": {"title": "M"}}, ["B", "7"]),
        ({"meeting:meeting": {"title": "M", "place": "Oslo", "dates": "2024-05-01"}}, ["M", "Oslo", "2024-05-01"]),
        ({}, []),
    ],
)
def test_the_citation_is_of_what_it_appeared_in(fields: dict[str, Any], expected: list[str]) -> None:
    record = make_record(make_body(minimal_record().metadata, custom_fields=fields))
    assert texts(record, "*[starts-with(local-name(), 'citation')]/text()") == expected


@pytest.mark.parametrize("field", ["related_identifiers", "contributors", "dates", "additional_titles"])
def test_every_word_is_one_of_the_guidelines(field: str) -> None:
    members: dict[str, tuple[str, str, dict[str, Any]]] = {
        "related_identifiers": ("relationtypes", "relation_type", {"identifier": "w3id.org/x", "scheme": "w3id"}),
        "contributors": ("contributorsroles", "role", {"person_or_org": {"type": "organizational", "name": "A"}}),
        "dates": ("datetypes", "type", {"date": "2020"}),
        "additional_titles": ("titletypes", "type", {"title": "Other"}),
    }
    name, member, example = members[field]
    terms = vocabulary(name)
    assert terms is not None
    openaire_schema().assertValid(read(said(**{field: [{**example, member: {"id": term.id}} for term in terms.terms]})))


def test_it_can_be_asked_for() -> None:
    assert negotiate(f'application/xml; profile="{NAMESPACE}"', DEFAULTS["rdm"]) is FORMATS["openaire"]
