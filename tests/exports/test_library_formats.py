"""Dublin Core, MARCXML and DCAT-AP, validated against the schemas of their keepers."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree
from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef
from tests.exports.generated import crowded, records
from tests.exports.samples import (
    BASE,
    EVERYBODY,
    NO_FILES,
    empty_draft,
    full_record,
    hostile_record,
    make_record,
    minimal_record,
    with_access,
)

from baton.exports.dcat import dcat
from baton.exports.dublin_core import dublin_core
from baton.exports.formats import by_name
from baton.exports.marcxml import marcxml
from baton.exports.view import View
from baton.records.record import Record
from baton.vocabularies.builtin import vocabulary

SCHEMAS = Path("tests/schemas")
DC = "{http://purl.org/dc/elements/1.1/}"
MARC = "{http://www.loc.gov/MARC21/slim}"
TYPES = [term.id for term in vocabulary("resourcetypes").terms]  # type: ignore[union-attr]
DATASET = URIRef("https://doi.org/10.5072/baton.124")


@cache
def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / name))


def valid_dublin_core(record: Record, view: View = EVERYBODY) -> etree._Element:
    tree = etree.fromstring(dublin_core(record, view).encode())
    schema("oai/oai_dc.xsd").assertValid(tree)
    return tree


def valid_marc(record: Record, view: View = EVERYBODY) -> etree._Element:
    tree = etree.fromstring(marcxml(record, view).encode())
    schema("MARC21slim.xsd").assertValid(tree)
    return tree


def valid_dcat(record: Record, view: View = EVERYBODY) -> Graph:
    """What DCAT-AP 3 calls mandatory is there, and each value is of the kind that it asks for."""
    graph = Graph().parse(data=dcat(record, view), format="xml")
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    for mandatory in (DCTERMS.title, DCTERMS.description):
        assert list(graph.objects(dataset, mandatory)), mandatory
    for single in (DCTERMS.publisher, DCTERMS.accessRights, DCTERMS.issued):
        assert len(list(graph.objects(dataset, single))) == 1, single
    distributions = list(graph.objects(dataset, DCAT.distribution))
    assert distributions
    for distribution in distributions:
        assert isinstance(graph.value(distribution, DCAT.accessURL), URIRef)
    return graph


VALIDATORS: list[Callable[[Record], object]] = [valid_dublin_core, valid_marc, valid_dcat]
every_format = pytest.mark.parametrize("valid", VALIDATORS)


def marc_fields(tree: etree._Element, tag: str) -> list[dict[str, str]]:
    found = tree.findall(f"{MARC}datafield[@tag='{tag}']")
    return [{str(one.get("code")): str(one.text) for one in field} for field in found]


@every_format
@pytest.mark.parametrize("resource_type", TYPES)
def test_every_resource_type_is_valid(resource_type: str, valid: Callable[[Record], object]) -> None:
    full = full_record()
    valid(make_record({**full.body, "metadata": {**full.metadata, "resource_type": {"id": resource_type}}}))


@every_format
@pytest.mark.parametrize("record", [minimal_record(), full_record()], ids=["minimal", "full"])
def test_rich_and_poor_records_are_valid(record: Record, valid: Callable[[Record], object]) -> None:
    valid(record)


@pytest.mark.parametrize("valid", VALIDATORS[:2])
def test_any_text_is_borne(valid: Callable[[Record], object]) -> None:
    valid(hostile_record())
    valid(empty_draft())


def test_ten_thousand_creators_are_all_named() -> None:
    record = crowded()
    assert len(valid_dublin_core(record).findall(f"{DC}creator")) == 10_000
    assert len(marc_fields(valid_marc(record), "700")) >= 9_999
    assert dcat(record, EVERYBODY).count("<dct:creator>") == 10_000


@settings(max_examples=60, deadline=None)
@given(records())
def test_whatever_can_be_published_is_valid(record: Record) -> None:
    valid_dublin_core(record)
    valid_marc(record)
    etree.fromstring(dcat(record, EVERYBODY).encode())


@settings(max_examples=15, deadline=None)
@given(records().filter(lambda record: bool(record.title)))
def test_whatever_can_be_published_is_a_dataset(record: Record) -> None:
    valid_dcat(record)


@pytest.mark.parametrize(
    ("element", "texts"),
    [
        ("title", ["A study of everything", "Zweiter"]),
        ("creator", ["Nielsen, Lars Holm", "Data and Sons"]),
        ("contributor", ["Doe, Jo", "Roe"]),
        ("subject", ["physics", "Astronomy", "Astronaut"]),
        ("description", ["First & last. Second one.", "Some notes", "Our method"]),
        ("publisher", ["Example Press"]),
        ("date", ["2024-05-31"]),
        ("type", ["info:eu-repo/semantics/article", "Journal article"]),
        ("format", ["application/pdf", "11 pages"]),
        (
            "identifier",
            [
                "https://doi.org/10.5072/baton.124",
                f"{BASE}/records/124",
                "oai:data.example.org:124",
                "https://ui.adsabs.harvard.edu/abs/2011ApJS..192...18K",
            ],
        ),
        ("language", ["eng", "dan"]),
        ("source", ["Journal of All, 7(2), 10-20"]),
        (
            "relation",
            [
                "info:eu-repo/grantAgreement/EC//755021//PERSIST/P",
                "https://doi.org/10.5072/baton.123",
                "https://doi.org/10.1234/foo",
                "https://example.com/part",
                "Nielsen et al. (2014)",
            ],
        ),
        ("coverage", ["London", "Somewhere", "2018-03-21/2018-03-25", "2020"]),
        (
            "rights",
            [
                "info:eu-repo/semantics/openAccess",
                "Creative Commons Zero v1.0 Universal",
                "https://creativecommons.org/publicdomain/zero/1.0/",
                "House rules",
                "https://example.com/rules",
            ],
        ),
    ],
)
def test_dublin_core_says(element: str, texts: list[str]) -> None:
    assert [one.text for one in valid_dublin_core(full_record()).findall(f"{DC}{element}")] == texts


def test_an_embargo_is_told_as_openaire_asks_for_it() -> None:
    embargoed = with_access(
        full_record().body, files="restricted", embargo={"active": True, "until": "2030-01-01", "reason": None}
    )
    tree = valid_dublin_core(make_record(embargoed), NO_FILES)
    assert "info:eu-repo/date/embargoEnd/2030-01-01" in [one.text for one in tree.findall(f"{DC}date")]
    assert "info:eu-repo/semantics/embargoedAccess" in [one.text for one in tree.findall(f"{DC}rights")]


@pytest.mark.parametrize(
    ("tag", "fields"),
    [
        ("024", [{"a": "10.5072/baton.124", "2": "doi"}, {"a": "2011ApJS..192...18K", "2": "ads"}]),
        ("035", [{"a": "oai:data.example.org:124"}]),
        ("245", [{"a": "A study of everything"}]),
        ("260", [{"a": "Berlin", "b": "Example Press", "c": "2024-05-31"}]),
        ("502", [{"c": "Uni of Life"}]),
        ("536", [{"a": "PERSIST", "b": "European Commission", "c": "755021"}]),
        ("653", [{"a": "physics"}]),
        ("711", [{"a": "Great Meeting", "c": "Geneva", "g": "GM'24"}]),
        ("909", [{"o": "oai:data.example.org:124", "p": "user-c2"}]),
        ("980", [{"a": "publication", "b": "article"}]),
        ("999", [{"x": "Nielsen et al. (2014)", "a": "10.1/x"}]),
    ],
)
def test_marc_says(tag: str, fields: list[dict[str, str]]) -> None:
    assert marc_fields(valid_marc(full_record()), tag) == fields


def test_a_dataset_has_a_distribution_for_each_file() -> None:
    graph = valid_dcat(full_record())
    downloads = {str(address) for address in graph.objects(None, DCAT.downloadURL)}
    files = f"{BASE}/api/records/124/files"
    assert downloads == {f"{files}/data/table%201.csv/content", f"{files}/paper.pdf/content"}
    assert graph.value(DATASET, DCTERMS.accessRights) == URIRef(
        "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
    )


@pytest.mark.parametrize("name", ["marcxml", "dcat-ap", "dublincore", "datacite-xml", "datacite-json"])
def test_files_are_not_named_to_those_who_may_not_read_them(name: str) -> None:
    assert b"paper.pdf" not in by_name(name).render(full_record(), NO_FILES)


@pytest.mark.parametrize(("name", "root"), [("marcxml", f"{MARC}collection"), ("dublincore", "collection")])
def test_several_records_are_one_document(name: str, root: str) -> None:
    form = by_name(name)
    texts = [form.render(record, EVERYBODY).decode() for record in (full_record(), minimal_record())]
    tree = etree.fromstring(form.join(texts).encode())
    assert (tree.tag, len(tree)) == (root, 2)
    if name == "marcxml":
        schema("MARC21slim.xsd").assertValid(tree)
