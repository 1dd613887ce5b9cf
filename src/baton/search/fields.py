"""Which names may be asked for, and where in the index their values are.

Three kinds of names lead to one place: those of InvenioRDM (`metadata.title`), those of the old Zenodo (`title`), and
any further path of the metadata or custom fields, which needs no entry here. A name that is none of these is no field:
`query` takes it for a word of the text.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache


class Kind(Enum):
    """How values of a field are compared."""

    TEXT = "text"  # words in a field of the index of their own
    WORDS = "words"  # words in the shared field `words`, each behind its path
    KEYWORD = "keyword"  # whole values in a field of their own
    PATH = "path"  # whole values in the shared field `exact`, each behind its path
    NUMBER = "number"
    DAY = "day"  # first and last day, as in `dates`
    MOMENT = "moment"  # a sort key: milliseconds, then bits that make it unique


@dataclass(frozen=True, slots=True)
class Field:
    """A place in the index: `path` is its name in InvenioRDM, `engine` the index's own field."""

    path: str
    kind: Kind
    engine: str


_KNOWN = (
    Field("metadata.title", Kind.TEXT, "title"),
    Field("metadata.description", Kind.TEXT, "description"),
    Field("metadata.creators.person_or_org.name", Kind.TEXT, "creators"),
    Field("metadata.creators.person_or_org.family_name", Kind.TEXT, "creators"),
    Field("metadata.creators.person_or_org.given_name", Kind.TEXT, "creators"),
    Field("metadata.subjects.subject", Kind.TEXT, "subjects"),
    Field("metadata.publication_date", Kind.DAY, "published"),
    Field("metadata.publication_date_range", Kind.DAY, "published"),
    Field("metadata.resource_type.props.type", Kind.KEYWORD, "type"),
    Field("access.status", Kind.KEYWORD, "access_status"),
    Field("access.embargo.until", Kind.DAY, "embargo"),
    Field("files.types", Kind.KEYWORD, "file_type"),
    Field("files.count", Kind.NUMBER, "file_count"),
    Field("files.totalbytes", Kind.NUMBER, "total_bytes"),
    Field("files.entries.key", Kind.WORDS, "words"),
    Field("id", Kind.NUMBER, "record_id"),
    Field("parent.id", Kind.NUMBER, "work_id"),
    Field("parent.access.owned_by.user", Kind.NUMBER, "owner_id"),
    Field("versions.index", Kind.NUMBER, "version_index"),
    Field("is_published", Kind.KEYWORD, "is_published"),
    Field("created", Kind.MOMENT, "created"),
    Field("updated", Kind.MOMENT, "updated"),
)
KNOWN = {field.path: field for field in _KNOWN}

# Zenodo's old names, and short ones that people type.
LEGACY = {
    "recid": "id",
    "conceptrecid": "parent.id",
    "doi": "pids.doi.identifier",
    "conceptdoi": "parent.pids.doi.identifier",
    "title": "metadata.title",
    "description": "metadata.description",
    "notes": "metadata.additional_descriptions.description",
    "keywords": "metadata.subjects.subject",
    "subjects": "metadata.subjects.subject",
    "creators": "metadata.creators.person_or_org.name",
    "creators.name": "metadata.creators.person_or_org.name",
    "creators.affiliation": "metadata.creators.affiliations.name",
    "creators.orcid": "metadata.creators.person_or_org.identifiers.identifier",
    "creators.gnd": "metadata.creators.person_or_org.identifiers.identifier",
    "contributors": "metadata.contributors.person_or_org.name",
    "contributors.name": "metadata.contributors.person_or_org.name",
    "contributors.affiliation": "metadata.contributors.affiliations.name",
    "contributors.orcid": "metadata.contributors.person_or_org.identifiers.identifier",
    "contributors.gnd": "metadata.contributors.person_or_org.identifiers.identifier",
    "contributors.type": "metadata.contributors.role.id",
    "type": "metadata.resource_type.props.type",
    "subtype": "metadata.resource_type.props.subtype",
    "resource_type": "metadata.resource_type.id",
    "resource_type.id": "metadata.resource_type.id",
    "resource_type.type": "metadata.resource_type.props.type",
    "resource_type.subtype": "metadata.resource_type.props.subtype",
    "publication_date": "metadata.publication_date",
    "publicationdate": "metadata.publication_date",
    "publisher": "metadata.publisher",
    "access_right": "access.status",
    "access_status": "access.status",
    "embargo_date": "access.embargo.until",
    "embargodate": "access.embargo.until",
    "license": "metadata.rights.id",
    "license.id": "metadata.rights.id",
    "license.identifier": "metadata.rights.id",
    "license.url": "metadata.rights.props.url",
    "communities": "parent.communities.ids",
    "owners": "parent.access.owned_by.user",
    "user": "parent.access.owned_by.user",
    "version": "versions.index",
    "language": "metadata.languages.id",
    "languages": "metadata.languages.id",
    "grants.code": "metadata.funding.award.number",
    "grants.acronym": "metadata.funding.award.acronym",
    "grants.program": "metadata.funding.award.program",
    "grants.title": "metadata.funding.award.title.en",
    "grants.funder.doi": "metadata.funding.funder.identifiers.identifier",
    "grants.funder.name": "metadata.funding.funder.name",
    "alternate.identifier": "metadata.identifiers.identifier",
    "alternate.scheme": "metadata.identifiers.scheme",
    "alternate_identifiers.identifier": "metadata.identifiers.identifier",
    "related.identifier": "metadata.related_identifiers.identifier",
    "related.scheme": "metadata.related_identifiers.scheme",
    "related.relation": "metadata.related_identifiers.relation_type.id",
    "related_identifiers.identifier": "metadata.related_identifiers.identifier",
    "related_identifiers.relation": "metadata.related_identifiers.relation_type.id",
    "references": "metadata.references.reference",
    "journal.title": "custom_fields.journal:journal.title",
    "journal.volume": "custom_fields.journal:journal.volume",
    "journal.issue": "custom_fields.journal:journal.issue",
    "journal.pages": "custom_fields.journal:journal.pages",
    "journal.issn": "custom_fields.journal:journal.issn",
    "meeting.title": "custom_fields.meeting:meeting.title",
    "meeting.acronym": "custom_fields.meeting:meeting.acronym",
    "meeting.dates": "custom_fields.meeting:meeting.dates",
    "meeting.place": "custom_fields.meeting:meeting.place",
    "meeting.url": "custom_fields.meeting:meeting.url",
    "meeting.session": "custom_fields.meeting:meeting.session",
    "meeting.session_part": "custom_fields.meeting:meeting.session_part",
    "part_of.title": "custom_fields.imprint:imprint.title",
    "part_of.pages": "custom_fields.imprint:imprint.pages",
    "imprint.isbn": "custom_fields.imprint:imprint.isbn",
    "imprint.place": "custom_fields.imprint:imprint.place",
    "imprint.publisher": "metadata.publisher",
    "thesis.university": "custom_fields.thesis:thesis.university",
    "filecount": "files.count",
    "filename": "files.entries.key",
    "filetype": "files.types",
    "filesize": "files.totalbytes",
    "size": "files.totalbytes",
    "_files.key": "files.entries.key",
    "_files.checksum": "files.entries.checksum",
}

# Every document has these, and these are there when another is.
ALWAYS = frozenset(
    {
        "id",
        "parent",
        "parent.id",
        "parent.access.owned_by.user",
        "created",
        "updated",
        "versions",
        "versions.index",
        "versions.is_latest",
        "is_published",
        "access",
        "access.record",
        "access.files",
        "access.status",
    }
)
DERIVED = {
    "metadata.publication_date_range": "metadata.publication_date",
    "files.count": "files.entries.key",
    "files.totalbytes": "files.entries.key",
    "files.types": "files.entries.key",
}

# Zenodo asks `version` of the number of a version; what is no number can only be the depositor's own label.
OTHERWISE = {"versions.index": "metadata.version"}

# Values that have another name today: those of a vocabulary it knows itself.
LICENCE = "metadata.rights.id"
VOCABULARIES = {
    "metadata.languages.id": "languages",
    "metadata.resource_type.id": "resourcetypes",
    "metadata.resource_type.props.subtype": "resourcetypes",
    "metadata.related_identifiers.resource_type.id": "resourcetypes",
}
RENAMED = {("access.status", "closed"): "restricted"}

_ROOTS = ("metadata.", "custom_fields.", "pids.", "access.", "files.", "parent.", "versions.", "stats.")
# Last parts of paths whose values are compared as a whole; all other values are split into words.
_WHOLE = frozenset(
    {
        "active",
        "checksum",
        "client",
        "date",
        "default_preview",
        "enabled",
        "files",
        "id",
        "identifier",
        "ids",
        "is_latest",
        "lang",
        "link",
        "mimetype",
        "number",
        "provider",
        "record",
        "relation",
        "scheme",
        "subtype",
        "type",
        "until",
        "url",
        "user",
        "version",
    }
)
LONGEST_PATH = 200
_SUFFIX = re.compile(r"\.(?:keyword|text|original)$")


def resolve(name: str) -> Field | None:
    """The field that `name` means, in whatever case and with or without backslashes; `None` when it is no field."""
    unescaped = name.replace("\\", "")
    return _lookup(unescaped) or _lookup(unescaped.lower())


def _lookup(name: str) -> Field | None:
    path = _SUFFIX.sub("", LEGACY.get(name, name))
    return KNOWN.get(path) or (at_path(path) if path.startswith(_ROOTS) and len(path) <= LONGEST_PATH else None)


@lru_cache(maxsize=10_000)
def at_path(path: str) -> Field:
    """The field for the values at `path` of a record's body; documents and queries ask the same."""
    known = KNOWN.get(path)
    if known is not None:
        return known
    root, _, rest = path.partition(".")
    if root != "custom_fields" and rest.rpartition(".")[2] in _WHOLE:
        return Field(path, Kind.PATH, "exact")
    return Field(path, Kind.WORDS, "words")
