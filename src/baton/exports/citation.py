"""A record as one entry of a reference list, after the APA style; plain text."""

from collections.abc import Sequence
from typing import Any

from baton.exports.dates import year
from baton.exports.links import doi_url
from baton.exports.people import initialled
from baton.exports.terms import title
from baton.exports.view import View
from baton.records.record import Record

# APA names all authors up to twenty; of more, the first nineteen and the last.
MOST_AUTHORS = 20
# Texts need no label; of all else the reader should know what it is.
LABELS = {"dataset": "Data set", "software": "Computer software"}
UNLABELLED = "publication"


def citation(record: Record, view: View) -> str:
    """As in `Family, G., & Other, A. (2024). Title (Version 1.0) [Data set]. Publisher. https://doi.org/...`."""
    metadata = record.metadata
    authors = _authors(metadata.get("creators") or ())
    published = year(metadata.get("publication_date") or "") or "n.d."
    version = f" (Version {metadata['version']})" if metadata.get("version") else ""
    label = _label((metadata.get("resource_type") or {}).get("id", ""))
    what = f"{record.title or 'Untitled'}{version}{label}"
    address = doi_url(record.doi) if record.doi else f"{view.base_url}/records/{record.id}"
    sentences = (authors, f"({published})", what, metadata.get("publisher") or view.site_name)
    return f"{' '.join(_ended(sentence) for sentence in sentences if sentence)} {address}"


def _authors(creators: Sequence[dict[str, Any]]) -> str:
    names = [name for creator in creators if (name := initialled(creator.get("person_or_org") or {}))]
    if len(names) > MOST_AUTHORS:
        return f"{', '.join(names[: MOST_AUTHORS - 1])}, … {names[-1]}"
    if len(names) > 1:
        return f"{', '.join(names[:-1])}, & {names[-1]}"
    return "".join(names)


def _label(resource_type: str) -> str:
    kind = resource_type.partition("-")[0]
    if not kind or kind == UNLABELLED:
        return ""
    label = LABELS.get(kind) or title("resourcetypes", resource_type)
    return f" [{label}]" if label else ""


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
