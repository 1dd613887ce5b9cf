"""A record as Croissant 1.0: a dataset as tools of machine learning read it. Files and description, no record sets."""

from typing import Any
from urllib.parse import quote

from baton.exports.bibtex import bibtex
from baton.exports.links import file_links, files_url
from baton.exports.schema_org import schema_org
from baton.exports.terms import prop
from baton.exports.view import View
from baton.records.record import Record

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
_OWN = """
citeAs column equivalentProperty extract field fileObject fileProperty fileSet format includes isLiveDataset jsonPath
key md5 parentField path recordSet references regex repeated replace samplingRate separator source subField transform
"""
# As the specification prescribes it, so that tools need not ask the net for it.
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    **{name: f"cr:{name}" for name in _OWN.split()},
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
}
# What the specification takes over from schema.org.
_SHARED = """
name description url creator contributor publisher datePublished dateCreated dateModified license keywords
version sameAs isAccessibleForFree funding spatialCoverage temporalCoverage
"""
SHARED = tuple(_SHARED.split())


def croissant(record: Record, view: View) -> dict[str, Any]:
    """One JSON-LD object; whatever the record is, here it is a dataset."""
    shared = schema_org(record, view)
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "@id": shared["@id"],
        "conformsTo": CONFORMS_TO,
        **{name: shared[name] for name in SHARED if name in shared},
        "name": record.title or "Untitled",
        "inLanguage": [
            prop("languages", one["id"], "alpha_2") or one["id"] for one in record.metadata.get("languages") or ()
        ],
        "citeAs": bibtex(record, view),
        "distribution": _files(record, view),
    }


def _files(record: Record, view: View) -> list[dict[str, Any]]:
    if not view.may_read_files:
        return []
    files = files_url(record, view.base_url)
    return [
        {
            "@type": "cr:FileObject",
            "@id": quote(entry.key),
            "name": entry.key,
            "contentUrl": file_links(entry, files)["content"],
            "contentSize": f"{entry.size} B",
            "encodingFormat": entry.mimetype,
            "sha256": entry.sha256,
            "md5": entry.md5,
        }
        for entry in record.files
        if entry.sha256 is not None
    ]
