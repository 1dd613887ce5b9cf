"""Terms as the vocabulary API of InvenioRDM shows them. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from baton.vocabularies.term import Term

# What each vocabulary with an address of its own shows besides `id`, in this order; absent when there is nothing.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "affiliations": (
        "name",
        "acronym",
        "aliases",
        "country",
        "country_name",
        "location_name",
        "identifiers",
        "types",
        "status",
        "website",
        "domains",
    ),
    "funders": (
        "name",
        "acronym",
        "aliases",
        "country",
        "country_name",
        "location_name",
        "identifiers",
        "types",
        "status",
    ),
    "awards": ("number", "acronym", "program", "funder", "identifiers", "start_date", "end_date"),
    "names": ("name", "given_name", "family_name", "identifiers", "affiliations", "props"),
    "subjects": ("scheme", "subject", "identifiers", "synonyms", "props"),
}
# People have names and no titles.
_UNTITLED = {"names"}


def as_json(term: Term, base_url: str) -> dict[str, Any]:
    """The term as its own address answers. `base_url` is the site's address, without a slash at the end."""
    shape = _own_shape if term.vocabulary in _FIELDS else _vocabulary_shape
    return shape(term) | _upkeep(term) | {"links": {"self": link(term.vocabulary, term.id, base_url)}}


def link(vocabulary: str, term_id: str, base_url: str) -> str:
    """The address of a term."""
    return f"{address(vocabulary, base_url)}/{quote(term_id, safe='')}"


def address(vocabulary: str, base_url: str) -> str:
    """The address of a vocabulary's list: imported ones have one of their own."""
    own = vocabulary if vocabulary in _FIELDS else f"vocabularies/{quote(vocabulary, safe='')}"
    return f"{base_url}/api/{own}"


def _vocabulary_shape(term: Term) -> dict[str, Any]:
    told = {"icon": term.icon, "description": dict(term.description)}
    return {
        "id": term.id,
        "type": term.vocabulary,
        "title": dict(term.title),
        "props": dict(term.props),
        "tags": list(term.tags),
        **{name: value for name, value in told.items() if value},
    }


def _own_shape(term: Term) -> dict[str, Any]:
    title = {} if term.vocabulary in _UNTITLED else {"title": dict(term.title)}
    shown = {name: term.props[name] for name in _FIELDS[term.vocabulary] if name in term.props}
    tags = {"tags": list(term.tags)} if term.tags else {}
    return {"id": term.id, **title, **shown, **tags}


def _upkeep(term: Term) -> dict[str, Any]:
    moments = {"created": term.created_at, "updated": term.updated_at}
    told = {name: moment.isoformat(timespec="microseconds") for name, moment in moments.items() if moment}
    return {"revision_id": term.revision, **told}
