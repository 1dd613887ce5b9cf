"""What the keepers of each format say is valid: their own programs or schemas; each raises on what is not.

The schemas in `schemas/` are copies of the published ones: Citation File Format 1.2.0 (CC-BY-4.0), CSL data (MIT),
Data Package 2.0 (public domain), CodeMeta 2.0 (Apache-2.0), RO-Crate 1.1 (CC0).
"""

import csv
import io
import json
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import mlcroissant
import rispy
import yaml
from geojson_pydantic import FeatureCollection
from jsonschema_rs import Draft7Validator
from lxml import etree
from pybtex.database import parse_string
from pyld import jsonld
from rocrate.rocrate import ROCrate

SCHEMAS = Path(__file__).parent / "schemas"
OPENAIRE = Path("tests/schemas/openaire/openaire.xsd")


@cache
def schema(name: str) -> Draft7Validator:
    return Draft7Validator(json.loads((SCHEMAS / name).read_text(encoding="utf-8")), validate_formats=True)


def csl(body: bytes) -> None:
    schema("csl-data.json").validate([json.loads(body)])


def bibtex(body: bytes) -> None:
    assert len(parse_string(body.decode(), "bibtex").entries) == 1


def ris(body: bytes) -> None:
    (entry,) = rispy.loads(body.decode())
    assert entry["type_of_reference"] in rispy.TYPE_OF_REFERENCE_MAPPING
    assert "unknown_tag" not in entry


def cff(body: bytes) -> None:
    schema("cff-1.2.0.json").validate(yaml.safe_load(body))


def datapackage(body: bytes) -> None:
    schema("datapackage-2.0.json").validate(json.loads(body))


def codemeta(body: bytes) -> None:
    """Every term is one of CodeMeta's: JSON-LD silently drops what its context does not know."""
    document = json.loads(body)
    (expanded,) = expand(document, "codemeta.jsonld")
    assert all("://" in kind for kind in expanded["@type"]), expanded["@type"]
    assert len(expanded) == len(document) - 1, sorted(document)


def expand(document: dict[str, Any], context: str) -> list[dict[str, Any]]:
    """The JSON-LD document with its context replaced by the copy in `schemas/`."""
    copy = json.loads((SCHEMAS / context).read_text(encoding="utf-8"))
    return list(jsonld.expand({**document, "@context": copy["@context"]}))


def croissant(body: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of rdflib, which it uses
        dataset = mlcroissant.Dataset(jsonld=json.loads(body))
    assert not dataset.metadata.issues.errors


def ro_crate(body: bytes) -> None:
    document = json.loads(body)
    identified = [one["@id"] for one in document["@graph"]]
    assert len(set(identified)) == len(identified)
    assert set(references(document["@graph"])) <= set(identified) | {"https://w3id.org/ro/crate/1.1"}
    assert {name for one in document["@graph"] for name in one if name[0] != "@"} <= terms_of_crates(document)
    crate = ROCrate(document)
    assert crate.name
    assert crate.description
    assert crate.datePublished
    assert crate.license


def terms_of_crates(document: dict[str, Any]) -> set[str]:
    """What the context of version 1.1 and the document's own addition define."""
    copy = json.loads((SCHEMAS / "ro-crate-1.1.jsonld").read_text(encoding="utf-8"))
    _address, own = document["@context"]
    return {*copy["@context"], *own}


def references(value: Any) -> list[str]:
    """Everything that is referred to."""
    if isinstance(value, list):
        return [found for one in value for found in references(one)]
    if isinstance(value, dict):
        if value.keys() == {"@id"}:
            return [value["@id"]]
        return [found for one in value.values() for found in references(one)]
    return []


def geojson(body: bytes) -> None:
    FeatureCollection.model_validate_json(body)


def table(body: bytes) -> None:
    header, row = csv.reader(io.StringIO(body.decode(), newline=""), strict=True)
    assert len(header) == len(row) == len(set(header))


@cache
def openaire_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(OPENAIRE))


def openaire(body: bytes) -> None:
    """The schema lets everything be missing and be repeated; the guidelines do not."""
    tree = etree.fromstring(body)
    openaire_schema().assertValid(tree)
    names = [etree.QName(one).localname for one in tree]
    for name in ("identifier", "rights", "resourceType", "titles", "creators"):
        assert names.count(name) == 1, name
    assert len(names) == len(set(names)) + sum(names.count(name) - 1 for name in set(names) & REPEATED)
    assert len(tree.xpath("//*[@dateType='Issued']")) <= 1


REPEATED = {"language", "description", "format", "coverage", "file", "licenseCondition"}
VALIDATORS: dict[str, Callable[[bytes], None]] = {
    "csl": csl,
    "bibtex": bibtex,
    "ris": ris,
    "cff": cff,
    "codemeta": codemeta,
    "datapackage": datapackage,
    "croissant": croissant,
    "ro-crate": ro_crate,
    "geojson": geojson,
    "openaire": openaire,
    "csv": table,
    "csv-full": table,
}
