"""CITATION.cff (Citation File Format 1.x) as the body of a draft: https://citation-file-format.github.io."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from baton.exports.cff import CUSTOM, REFERENCE_TYPES, TYPES
from baton.identifiers.schemes import normalize
from baton.imports.addresses import doi_of, identifier_at
from baton.imports.imported import Complaints, Imported, filled, imported
from baton.imports.licences import licence, licences
from baton.imports.people import identified, organisation, person
from baton.imports.values import as_html, language, listed, objects, publication_date, text
from baton.records.metadata.dates import is_publication_date

_READ = """
cff-version message type title authors abstract version date-released doi url repository repository-code
repository-artifact keywords license license-url identifiers references preferred-citation contact commit
"""
READ = frozenset(_READ.split())
_READ_OF_REFERENCE = """
type title authors abstract version date-released date-published doi url repository-code keywords license year month
publisher editors languages conference institution issue-date
"""
READ_OF_REFERENCE = frozenset([*_READ_OF_REFERENCE.split(), *(name for _field, _member, name in CUSTOM)])
_READ_OF_PERSON = "family-names given-names name name-particle name-suffix affiliation orcid website"
READ_OF_PERSON = frozenset(_READ_OF_PERSON.split())
# Type of reference -> resource type; of several the first.
KINDS = {name: kind for kind, name in reversed(REFERENCE_TYPES.items())} | {
    "article": "publication-article",
    "conference": "publication-conferenceproceeding",
    "data": "dataset",
    "database": "dataset",
    "dataset": "dataset",
    "software": "software",
    "software-code": "software",
    "software-executable": "software",
}
_COMMIT = re.compile(r"[0-9a-f]{40}", re.IGNORECASE)
_ALL_VERSIONS = re.compile(r"all versions|concept", re.IGNORECASE)
_OWN = "A draft gets a DOI of its own. If {} is the DOI of this very version, give it as the draft's own."


def from_cff(given: Mapping[str, Any]) -> Imported:
    """What the file says of the work that it lies in; a DOI in it names the work as a whole, or an earlier version."""
    complaints = Complaints()
    complaints.lose_others(given, READ)
    reference = _own_reference(given)
    complaints.lose_others(reference, READ_OF_REFERENCE, "preferred-citation")
    if given.get("preferred-citation") and not reference:
        complaints.lose("preferred-citation", "This is another work than the one that is being deposited.")
    if doi := text(given.get("doi")):
        complaints.lose("doi", _OWN.format(doi[:100]))
    identifiers, related = _identifiers(given, complaints)
    metadata = {
        "resource_type": {"id": _kind(given, reference)},
        "title": text(given.get("title")),
        "description": as_html(given.get("abstract")),
        "version": text(given.get("version")),
        "publication_date": publication_date(given.get("date-released")) or _date(reference),
        "creators": _people(given.get("authors"), "authors", complaints),
        "contributors": [
            *_in_role(reference.get("editors"), "preferred-citation.editors", "editor", complaints),
            *_in_role(given.get("contact"), "contact", "contactperson", complaints),
        ],
        "publisher": _name(reference.get("publisher")),
        "subjects": [{"subject": word} for keyword in listed(given.get("keywords")) if (word := text(keyword))],
        "languages": [known for code in listed(reference.get("languages")) if (known := language(code))],
        "rights": [*licences(given.get("license")), *_licence_at(given)],
        "identifiers": identifiers,
        "related_identifiers": [*related, *_addresses(given), *_cited(given)],
        "references": list(_references(given)),
    }
    return imported(metadata, complaints, custom_fields=_custom_fields(given, reference))


def _own_reference(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a file that is neither of software nor of a dataset says of its work as the preferred citation."""
    reference = given.get("preferred-citation")
    is_own = isinstance(reference, Mapping) and "type" not in given and reference.get("title") == given.get("title")
    return reference if is_own and isinstance(reference, Mapping) else {}


def _kind(given: Mapping[str, Any], reference: Mapping[str, Any]) -> str:
    if reference:
        return KINDS.get(text(reference.get("type")), "other")
    return TYPES.get(text(given.get("type")), "software")


def _date(reference: Mapping[str, Any]) -> str:
    """The year, and the month where it is one."""
    year, month = text(reference.get("year")).rjust(4, "0"), text(reference.get("month")).rjust(2, "0")
    return next(filter(is_publication_date, (f"{year}-{month}", year)), "")


def _people(value: object, path: str, complaints: Complaints) -> list[dict[str, Any]]:
    return [found for at, one in objects(value, path, complaints) if (found := _person(one, at, complaints))]


def _in_role(value: object, path: str, role: str, complaints: Complaints) -> list[dict[str, Any]]:
    return [{**one, "role": {"id": role}} for one in _people(value, path, complaints)]


def _person(one: Mapping[str, Any], at: str, complaints: Complaints) -> dict[str, Any]:
    complaints.lose_others(one, READ_OF_PERSON, at)
    identifiers = identified([text(one.get("orcid"))], f"{at}.orcid", complaints)
    affiliations = text(one.get("affiliation")).split("; ")
    if one.get("name"):
        return organisation(text(one["name"]), identifiers=identifiers, affiliations=affiliations)
    family = " ".join(filter(None, (text(one.get("name-particle")), text(one.get("family-names")))))
    given = " ".join(filter(None, (text(one.get("given-names")), text(one.get("name-suffix")))))
    if not family and not given:
        complaints.lose(at, "Nobody is named here.")
        return {}
    return person(family or given, given if family else "", identifiers=identifiers, affiliations=affiliations)


def _name(value: object) -> str:
    return text(value.get("name")) if isinstance(value, Mapping) else text(value)


def _licence_at(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    address = text(given.get("license-url"))
    return [licence(address)] if address and not given.get("license") else []


def _identifiers(given: Mapping[str, Any], complaints: Complaints) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Other names of the work, and the DOI of all versions, of which it is one."""
    found, related = [], []
    for at, one in objects(given.get("identifiers"), "identifiers", complaints):
        value, about = text(one.get("value")), text(one.get("description"))
        doi = doi_of(value)
        if doi and _ALL_VERSIONS.search(about):
            related.append({"identifier": doi, "scheme": "doi", "relation_type": {"id": "isversionof"}})
        elif about == "DOI of this version":
            complaints.lose(at, _OWN.format(value[:100]))
        elif value:
            found.append(_identifier(text(one.get("type")), value))
            complaints.lose_others(one, ("type", "value"), at)
    commit = text(given.get("commit"))
    if _COMMIT.fullmatch(commit):
        found.append({"identifier": f"swh:1:rev:{commit.lower()}", "scheme": "swhid"})
    return found, related


def _identifier(kind: str, value: str) -> dict[str, str]:
    """Only what the format knows by its type, or is written as its scheme writes it, is taken for one of a scheme."""
    scheme = {"doi": "doi", "swh": "swhid", "url": "url"}.get(kind, "")
    normal = normalize(scheme, value) if scheme else None
    if normal:
        return {"identifier": normal, "scheme": scheme}
    known = identifier_at(value)
    return known if known and known["identifier"] == value else {"identifier": value, "scheme": "other"}


# Where it can be found, beside its source code.
_PLACES = {"url": "isdescribedby", "repository": "isidenticalto", "repository-artifact": "isvariantformof"}


def _addresses(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, relation in _PLACES.items():
        found = identifier_at(text(given.get(name)))
        if found and found["identifier"] != doi_of(text(given.get("doi"))):
            yield {**found, "relation_type": {"id": relation}}


def _cited(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The works that it refers to by DOI."""
    for reference in listed(given.get("references")):
        doi = doi_of(text(reference.get("doi"))) if isinstance(reference, Mapping) else ""
        if doi:
            yield {"identifier": doi, "scheme": "doi", "relation_type": {"id": "references"}}


def _references(given: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Those without, as one writes them below a text."""
    for one in listed(given.get("references")):
        if not isinstance(one, Mapping) or doi_of(text(one.get("doi"))) or not text(one.get("title")):
            continue
        authors = [_cited_name(each) for each in listed(one.get("authors")) if isinstance(each, Mapping)]
        year = text(one.get("year") or one.get("date-released"))[:4]
        parts = ("; ".join(filter(None, authors)), f"({year})" if year else "", text(one.get("title")))
        address = text(one.get("url") or one.get("repository-code"))
        yield {"reference": ". ".join(filter(None, [" ".join(filter(None, parts)), address]))}


def _cited_name(author: Mapping[str, Any]) -> str:
    names = (text(author.get(name)) for name in ("family-names", "given-names"))
    return text(author.get("name")) or ", ".join(filter(None, names))


def _custom_fields(given: Mapping[str, Any], reference: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"code:codeRepository": text(given.get("repository-code"))}
    taken = set()
    for field, member, name in CUSTOM:
        value = text(reference.get(name))
        if value and name not in taken:
            taken.add(name)
            found.setdefault(field, {})[member] = value
    conference, institution = _name(reference.get("conference")), _name(reference.get("institution"))
    if conference:
        found["meeting:meeting"] = {"title": conference}
    if institution:
        found.setdefault("thesis:thesis", {})["university"] = institution
    return filled(found)
