"""The metadata formats that can be harvested, by prefix."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from baton.exports import dublin_core, marcxml, openaire_literature
from baton.exports.datacite_words import KERNELS, NEWEST
from baton.exports.datacite_xml import NAMESPACE as DATACITE
from baton.exports.datacite_xml import datacite_resource, schema_location
from baton.exports.dcat import dcat_element
from baton.exports.formats import Format
from baton.exports.view import View
from baton.exports.xml import Xml, element
from baton.records.record import Record

OAI_DATACITE = "http://schema.datacite.org/oai/oai-1.1/"
_OAI_DATACITE_XSD = f"{OAI_DATACITE}oai.xsd"
# The kernel that Zenodo's prefixes without a number stand for.
OLD = KERNELS[0]


@dataclass(frozen=True, slots=True)
class MetadataFormat:
    """One format: where its schema is, the namespace of its root element, and how that is made."""

    schema: str
    namespace: str
    write: Callable[[Record, View], Xml]


def _wrapped(record: Record, view: View, kernel: str) -> Xml:
    """DataCite's own wrapper for OAI-PMH."""
    return element(
        "oai_datacite",
        [
            element("schemaVersion", kernel),
            element("datacentreSymbol", view.site_name),
            element("payload", [datacite_resource(record, view, kernel)]),
        ],
        {
            "xmlns": OAI_DATACITE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": f"{OAI_DATACITE} {_OAI_DATACITE_XSD}",
        },
    )


def _datacite(kernel: str) -> MetadataFormat:
    return MetadataFormat(schema_location(kernel), DATACITE, partial(datacite_resource, kernel=kernel))


def _oai_datacite(kernel: str) -> MetadataFormat:
    return MetadataFormat(_OAI_DATACITE_XSD, OAI_DATACITE, partial(_wrapped, kernel=kernel))


_MARC = MetadataFormat(marcxml.SCHEMA, marcxml.NAMESPACE, marcxml.marcxml_record)

METADATA_FORMATS = {
    "oai_dc": MetadataFormat(dublin_core.SCHEMA, dublin_core.NAMESPACE, dublin_core.dublin_core_element),
    "oai_datacite": _oai_datacite(OLD),
    "datacite": _datacite(OLD),
    "oai_datacite4": _oai_datacite(NEWEST),
    "datacite4": _datacite(NEWEST),
    "oai_openaire": MetadataFormat(
        openaire_literature.SCHEMA, openaire_literature.NAMESPACE, openaire_literature.openaire_resource
    ),
    "marcxml": _MARC,
    "marc21": _MARC,
    "dcat": MetadataFormat(
        "http://www.openarchives.org/OAI/2.0/rdf.xsd", "http://www.w3.org/1999/02/22-rdf-syntax-ns#", dcat_element
    ),
}

# What is harvested most is rendered when a record is published, under the name of its prefix.
HARVESTED = {
    prefix: Format(prefix, "text/xml", METADATA_FORMATS[prefix].write, "xml") for prefix in ("oai_dc", "oai_datacite")
}
