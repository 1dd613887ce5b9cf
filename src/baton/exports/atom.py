"""Records as an Atom feed (RFC 4287; pages of it as in RFC 5005), for readers of feeds."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from baton.exports.links import doi_url
from baton.exports.people import identifiers_of, name_of
from baton.exports.plain_text import plain_text
from baton.exports.view import View
from baton.exports.xml import DECLARATION, Xml, element
from baton.records.record import Record

MEDIA_TYPE = "application/atom+xml"
SUMMARY = 1000  # characters


def atom(records: Iterable[Record], title: str, links: Mapping[str, str], view: View, now: datetime) -> str:
    """The feed. `links`: the addresses of `self`, `alternate` (the page for people), and `next` if there is more."""
    shown = list(records)
    changed = max((record.updated_at for record in shown), default=now)
    head = [
        element("id", links["self"]),
        element("title", title),
        element("updated", _moment(changed)),
        element("author", [element("name", view.site_name)]),
        *(element("link", None, {"rel": rel, "href": href}) for rel, href in links.items()),
    ]
    entries = [_entry(record, view) for record in shown]
    return DECLARATION + element("feed", [*head, *entries], {"xmlns": "http://www.w3.org/2005/Atom"})


def _entry(record: Record, view: View) -> Xml:
    page = f"{view.base_url}/records/{record.id}"
    metadata = record.metadata
    subjects = [one["subject"] for one in metadata.get("subjects") or () if one.get("subject")]
    summary = plain_text(metadata.get("description") or "", SUMMARY)
    return element(
        "entry",
        [
            element("id", doi_url(record.doi) if record.doi else page),
            element("title", record.title),
            element("updated", _moment(record.updated_at)),
            element("published", _moment(record.published_at or record.created_at)),
            element("link", None, {"rel": "alternate", "type": "text/html", "href": page}),
            *(_author(one.get("person_or_org") or {}) for one in metadata.get("creators") or ()),
            *(element("category", None, {"term": subject}) for subject in subjects),
            element("summary", summary) if summary else None,
        ],
    )


def _author(person: Mapping[str, Any]) -> Xml:
    orcid = identifiers_of(person).get("orcid")
    address = element("uri", f"https://orcid.org/{orcid}") if orcid else None
    return element("author", [element("name", name_of(person) or "Unnamed"), address])


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
