"""Facets as the RDM dialect writes them: buckets with labels that people can read."""

from collections.abc import Mapping, Sequence
from typing import Any

from baton.search.backend import Bucket, Facet
from baton.search.facets import LEVELS
from baton.vocabularies.queries import find

LABELS = {
    "publication_date": "Publication date",
    "access_status": "Access status",
    "resource_type": "Resource types",
    "subject": "Subjects",
    "file_type": "File type",
    "is_published": "Status",
    "status": "Status",
}
# What values mean, where the value itself is no word for people.
NAMES = {
    "access_status": {
        "open": "Open",
        "embargoed": "Embargoed",
        "restricted": "Restricted",
        "metadata-only": "Metadata-only",
    },
    "is_published": {"true": "Published", "false": "New"},
    "status": {"published": "Published", "draft": "New"},
}


def aggregations(facets: Sequence[Facet], chosen: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The `aggregations` member of a page of results; `chosen` are the values that the caller filters by."""
    return {
        facet.name: {
            "label": LABELS[facet.name],
            "buckets": [_bucket(facet.name, bucket, chosen.get(facet.name, ())) for bucket in facet.buckets],
        }
        for facet in facets
    }


def _bucket(name: str, bucket: Bucket, chosen: Sequence[str], outer: str = "") -> dict[str, Any]:
    value = f"{outer}{LEVELS}{bucket.key}" if outer else bucket.key
    shown: dict[str, Any] = {
        "key": bucket.key,
        "doc_count": bucket.doc_count,
        "label": label(name, bucket.key),
        "is_selected": value in chosen,
    }
    if bucket.inner:
        shown["inner"] = {"buckets": [_bucket(name, inner, chosen, bucket.key) for inner in bucket.inner]}
    return shown


def label(name: str, key: str) -> str:
    """What a value of the facet `name` is called."""
    if name == "resource_type" and (term := find("resourcetypes", key)):
        return term.title["en"]
    return NAMES.get(name, {}).get(key, key)
