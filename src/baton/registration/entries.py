"""From a record, or the versions of a work, to what the registrar should know of its DOI. Pure."""

from collections.abc import Sequence
from typing import Any

from baton.access.rules import Action, may
from baton.accounts.actor import ANONYMOUS
from baton.exports.datacite import SCHEMA_VERSION, datacite_json
from baton.exports.view import View, as_anybody_sees
from baton.identifiers.registrar import DoiState, Entry, Held
from baton.records.record import Record

UNALLOWED = "(:unal)"  # DataCite's word for what is withheld on purpose (metadata schema, appendix on unknown values)


def promised(doi: str, number: int, view: View) -> Entry:
    """Of a draft's DOI: that it is ours."""
    return Entry(doi, DoiState.DRAFT, _page(number, view), {})


def of_version(doi: str, record: Record, view: View) -> Entry:
    """Of a published version: everything, if everybody may read it; else only that it exists."""
    if not may(ANONYMOUS, Action.READ, record):
        return _withheld(doi, record, record.id, view)
    return Entry(doi, DoiState.FINDABLE, _page(record.id, view), _described(record, view))


def of_work(doi: str, newest: Record, version_dois: Sequence[str], view: View) -> Entry:
    """Of a work: what its newest version says, where it leads, and which versions there are."""
    if not may(ANONYMOUS, Action.READ, newest):
        return _withheld(doi, newest, newest.work_id, view)
    attributes = _described(newest, view)
    attributes.pop("version", None)
    related = [item for item in attributes.get("relatedIdentifiers", ()) if item.get("relationType") not in _VERSIONING]
    attributes["relatedIdentifiers"] = related + [_related("HasVersion", other) for other in version_dois]
    return Entry(doi, DoiState.FINDABLE, _page(newest.work_id, view), attributes)


# Said of one version and not true of all of them together.
_VERSIONING = {"IsVersionOf", "HasVersion", "IsNewVersionOf", "IsPreviousVersionOf"}


def _related(relation: str, doi: str) -> dict[str, str]:
    return {"relatedIdentifier": doi, "relatedIdentifierType": "DOI", "relationType": relation}


def _described(record: Record, view: View) -> dict[str, Any]:
    return datacite_json(record, as_anybody_sees(view, record))


def _withheld(doi: str, record: Record, number: int, view: View) -> Entry:
    """A DOI that was promised leads somewhere for ever; what only some may know is told to no registrar."""
    published = record.published_at or record.created_at
    attributes = {
        "creators": [{"name": UNALLOWED}],
        "titles": [{"title": UNALLOWED}],
        "publisher": {"name": view.site_name},
        "publicationYear": str(published.year),
        "types": {"resourceTypeGeneral": "Other"},
        "schemaVersion": SCHEMA_VERSION,
    }
    return Entry(doi, DoiState.REGISTERED, _page(number, view), attributes)


def _page(number: int, view: View) -> str:
    return f"{view.base_url}/records/{number}"


def out_of_step(entry: Entry, held: Held) -> str | None:
    """How what the registrar has differs from what it should know, if it does."""
    if held.state != entry.state:
        return f"is {held.state} at the registrar and should be {entry.state}"
    if held.url != entry.url:
        return f"leads to {held.url or 'nowhere'} and should lead to {entry.url}"
    titles = entry.attributes.get("titles")
    if titles and held.title.split() != str(titles[0]["title"]).split():
        return "has another title at the registrar"
    return None
