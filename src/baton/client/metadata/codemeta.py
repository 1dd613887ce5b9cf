"""codemeta.json (CodeMeta 2 and 3, schema.org in JSON-LD) as RDM metadata: https://codemeta.github.io. Pure."""

from collections.abc import Mapping
from typing import Any

from baton.client.metadata.people import organisation, person
from baton.client.metadata.words import licences, listed, text


def from_codemeta(given: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of a parsed file; what it does not say is left out."""
    keywords = given.get("keywords")
    words = keywords.split(",") if isinstance(keywords, str) else listed(keywords)
    code = text(given.get("codeRepository"))
    related = [{"identifier": code, "scheme": "url", "relation_type": {"id": "issupplementto"}}] if code else []
    metadata = {
        "resource_type": {"id": "dataset" if given.get("@type") == "Dataset" else "software"},
        "title": text(given.get("name")),
        "description": text(given.get("description")),
        "version": text(given.get("version") or given.get("softwareVersion")),
        "publication_date": text(given.get("datePublished") or given.get("dateModified")),
        "creators": [_author(author) for author in listed(given.get("author") or given.get("creator"))],
        "subjects": [{"subject": word} for keyword in words if (word := text(keyword))],
        "rights": licences(given.get("license")),
        "related_identifiers": related,
    }
    return {name: value for name, value in metadata.items() if value}


def _author(author: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    if not isinstance(author, Mapping):
        return organisation(text(author))
    family, given = text(author.get("familyName")), text(author.get("givenName"))
    if not family and not given:
        return organisation(text(author.get("name")))
    affiliations = [_name(one) for one in listed(author.get("affiliation"))]
    return person(
        family or given,
        given if family else "",
        orcid=text(author.get("@id")),
        affiliations=[*filter(None, affiliations)],
    )


def _name(thing: Any) -> str:  # noqa: ANN401  any JSON value
    return text(thing.get("name")) if isinstance(thing, Mapping) else text(thing)
