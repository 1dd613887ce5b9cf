"""CITATION.cff (Citation File Format 1.2) as RDM metadata: https://citation-file-format.github.io. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from baton.client.metadata.people import organisation, person
from baton.client.metadata.words import licences, listed, text


def from_citation_cff(given: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of a parsed file; what it does not say is left out."""
    metadata = {
        "resource_type": {"id": "dataset" if given.get("type") == "dataset" else "software"},
        "title": text(given.get("title")),
        "description": text(given.get("abstract")),
        "version": text(given.get("version")),
        "publication_date": text(given.get("date-released")),
        "creators": [_author(author) for author in listed(given.get("authors"))],
        "subjects": [{"subject": word} for keyword in listed(given.get("keywords")) if (word := text(keyword))],
        "rights": licences(given.get("license")),
        "related_identifiers": list(_related(given)),
    }
    return {name: value for name, value in metadata.items() if value}


def _author(author: Any) -> dict[str, Any]:  # noqa: ANN401  any YAML value
    if not isinstance(author, Mapping):
        return organisation(text(author))
    if author.get("name"):
        return organisation(text(author["name"]))
    family = " ".join(filter(None, (text(author.get("name-particle")), text(author.get("family-names")))))
    given = " ".join(filter(None, (text(author.get("given-names")), text(author.get("name-suffix")))))
    affiliation = text(author.get("affiliation"))
    affiliations = [affiliation] if affiliation else []
    return person(family or given, given if family else "", orcid=text(author.get("orcid")), affiliations=affiliations)


def _related(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Where the source code is; the DOI that the file names is that of the work, which this is a version of."""
    code = text(given.get("repository-code"))
    if code:
        yield {"identifier": code, "scheme": "url", "relation_type": {"id": "issupplementto"}}
    for reference in listed(given.get("references")):
        doi = text(reference.get("doi")) if isinstance(reference, Mapping) else ""
        if doi:
            yield {"identifier": doi, "scheme": "doi", "relation_type": {"id": "references"}}
