"""What belongs to a record, as typed links for programs: FAIR Signposting level 2, a link set in JSON (RFC 9264).

A record with more files than are shown with it (`record.files`) has its first ones here and its archive beside them.
"""

from collections.abc import Iterable
from typing import Any

from baton.exports.links import doi_url, file_links, files_url
from baton.exports.schema_org import licence_url, person_url, schema_type
from baton.exports.view import View
from baton.records.record import Record

# Every page of a record is that too: what distinguishes it from the thing that it is about.
PAGE = "https://schema.org/AboutPage"

# What stands behind the address of a record in a `Link` header: the link set is there for who accepts it.
AS_LINKSET = 'rel="linkset"; type="application/linkset+json"'

# Proxies refuse long headers: lists of people and files go there whole when they are short, and else not at all.
MOST_IN_HEADER = 10

Targets = list[dict[str, Any]]


def linkset(record: Record, view: View, documents: Targets) -> dict[str, Any]:
    """The link set of a record that `documents` describe: of its page, of each document and of each file."""
    # Profiles are in the header alone: a link set has them as lists (section 4.2.4.3), and F-UJI 3.5 fails on any list.
    plain = [{"href": one["href"], "type": one["type"]} for one in documents]
    page = _links(record, view, plain, _items(record, view))
    about = [{"href": page["anchor"], "type": "text/html"}]
    described = [{"anchor": one["href"], "describes": about} for one in page.get("describedby", ())]
    files = [{"anchor": one["href"], "collection": about} for one in page.get("item", ())]
    return {"linkset": [page, *described, *files]}


def page_links(record: Record, view: View, documents: Targets) -> dict[str, Any]:
    """The links of the record's page that its header may name: without files where there are many."""
    items = _items(record, view) if record.totals.count <= MOST_IN_HEADER else []
    return _links(record, view, documents, items)


def _links(record: Record, view: View, documents: Targets, items: Targets) -> dict[str, Any]:
    """The links by their relation, and the address of the page as `anchor`; none is there in vain."""
    metadata = record.metadata
    found: dict[str, Targets] = {
        "cite-as": _targets([doi_url(record.doi)] if record.doi else []),
        "author": _targets(filter(None, map(person_url, metadata.get("creators") or ()))),
        "license": _targets(filter(None, map(licence_url, metadata.get("rights") or ()))),
        "type": _targets([PAGE, schema_type(metadata.get("resource_type"))]),
        "describedby": documents,
        "item": items,
    }
    anchor = f"{view.base_url}/records/{record.id}"
    return {"anchor": anchor, **{relation: targets for relation, targets in found.items() if targets}}


def link_header(page: dict[str, Any]) -> str:
    """The links of a page as the value of a `Link` header; not of many authors, for these are in the link set."""
    links = []
    for relation, targets in page.items():
        if relation == "anchor" or (relation == "author" and len(targets) > MOST_IN_HEADER):
            continue
        for one in targets:
            kind = f'; type="{one["type"]}"' if "type" in one else ""
            profile = "".join(f'; profile="{name}"' for name in one.get("profile", ()))
            links.append(f'<{one["href"]}>; rel="{relation}"{kind}{profile}')
    return ", ".join(links)


def link_to_page(relation: str, record_id: int, base_url: str) -> dict[str, str]:
    """The header that leads from a file (`collection`) or a document (`describes`) to the page of its record."""
    return {"Link": f'<{base_url}/records/{record_id}>; rel="{relation}"; type="text/html"'}


def target(href: str, media_type: str) -> dict[str, Any]:
    """A document that is led to. A link's type has no parameters (RFC 8288 section 3.4.1); its profile stands apart."""
    kind, _, _ = media_type.partition(";")
    _, _, profile = media_type.partition(";profile=")
    return {"href": href, "type": kind} | ({"profile": [profile.strip('"')]} if profile else {})


def _targets(addresses: Iterable[str]) -> Targets:
    return [{"href": address} for address in dict.fromkeys(addresses)]


def _items(record: Record, view: View) -> Targets:
    if not view.may_read_files:
        return []
    files = files_url(record, view.base_url)
    items = [
        {"href": file_links(entry, files)["content"], "type": entry.mimetype}
        for entry in record.files
        if entry.sha256 is not None
    ]
    if record.totals.count > len(record.files):
        items.append({"href": f"{files}-archive", "type": "application/zip"})
    return items
