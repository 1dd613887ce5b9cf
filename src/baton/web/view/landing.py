"""The page of one record as data: everything that its template shows, in words. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from markupsafe import Markup

from baton.exports.citation import citation
from baton.exports.citation_meta import citation_meta
from baton.exports.dates import day_in_words, in_words
from baton.exports.formats import FORMATS, signposts
from baton.exports.links import PATH_SAFE, doi_url
from baton.exports.schema_org import in_script, schema_org
from baton.exports.terms import title
from baton.exports.ui_json import access_status
from baton.exports.view import View
from baton.files.folders import FolderPage
from baton.records.record import Record
from baton.web.view import details
from baton.web.view.files import FileRow, Folder, OneFolder, file_row, file_tree, one_folder, summary
from baton.web.view.people import People, people
from baton.web.view.words import Fact, Group, Link

# The styles that most people look for; an address can name any other.
STYLES = (
    Link("APA", "apa"),
    Link("Chicago (author, date)", "chicago-author-date"),
    Link("Harvard", "harvard-cite-them-right"),
    Link("IEEE", "ieee"),
    Link("MLA", "modern-language-association"),
    Link("AMA", "american-medical-association"),
    Link("ACS", "american-chemical-society"),
    Link("Nature", "nature"),
    Link("Science", "science"),
    Link("PLOS", "plos"),
)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the reader should know before anything else; `kind` is good, warn, bad or empty."""

    kind: str
    text: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A longer text with a heading; the HTML was cleaned when it was saved."""

    label: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the list of versions."""

    href: str
    name: str
    date: str
    doi: str | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Badge:
    """A word about the record; `kind` is a class of the style sheet."""

    kind: str
    text: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Landing:
    """The page of a record."""

    id: int
    title: str
    subtitles: tuple[Fact, ...]
    canonical: str
    api_url: str
    meta: tuple[tuple[str, str], ...]
    json_ld: Markup
    notices: tuple[Notice, ...]
    badges: tuple[Badge, ...]
    published: str
    version: str
    creators: People
    contributors: People
    description: Markup
    texts: tuple[Text, ...]
    has_files: bool
    files: Folder | None  # None: there is nothing that the reader may see, or the list is too long for a tree
    folder: OneFolder | None  # what is shown of a long list
    files_summary: str
    why_no_files: str
    previewed: FileRow | None
    archive: str
    crate: str
    doi: Link | None
    concept_doi: Link | None
    versions: tuple[Version, ...]
    licences: tuple[Link, ...]
    keywords: tuple[Link, ...]
    citation: str
    styled: str
    styles: tuple[Link, ...]
    related: tuple[Fact, ...]
    references: tuple[Link, ...]
    funding: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    custom: tuple[Group, ...]
    exports: tuple[Link, ...]
    signposts: dict[str, Any]  # where programs go from here: `signposts` of the formats
    history: str
    may_manage: bool


def landing(record: Record, view: View, versions: Sequence[Record], folder: FolderPage | None = None) -> Landing:
    """The published `record` as `view` lets it be seen; `versions` are those of its work, newest first.

    `folder` is what to show of its files when they are too many for a tree (`LONGEST_TREE`).
    """
    path, canonical = f"/records/{record.id}", f"{view.base_url}/records/{record.id}"
    metadata, shows_files = record.metadata, view.may_read_files and bool(record.files)
    head = replace(record, files=()) if folder else record  # a thousand files would make it longer than the page
    return Landing(
        id=record.id,
        title=record.title,
        subtitles=tuple(_subtitles(metadata)),
        canonical=canonical,
        api_url=f"{view.base_url}/api/records/{record.id}",
        meta=tuple(citation_meta(head, view)),
        json_ld=script_json(schema_org(head, view)),
        notices=tuple(_notices(record, view)),
        badges=tuple(badges(record)),
        published=in_words(metadata.get("publication_date") or ""),
        version=version_name(record),
        creators=people("creators", metadata.get("creators") or ()),
        contributors=people("contributors", metadata.get("contributors") or ()),
        description=Markup(metadata.get("description") or ""),  # noqa: S704  cleaned when it was saved
        texts=tuple(_texts(metadata)),
        has_files=record.body["files"]["enabled"],
        files=file_tree(record.id, record.files) if shows_files and not folder else None,
        folder=one_folder(record.id, folder) if shows_files and folder else None,
        files_summary=summary(record.totals.count, record.totals.bytes),
        why_no_files="There are no files here." if view.may_read_files else "The files of this record are not public.",
        previewed=_previewed(record) if shows_files else None,
        archive=f"/api/records/{record.id}/files-archive",
        crate=f"/api/records/{record.id}/crate-archive",
        doi=doi_link(record.doi, is_own=record.body["pids"].get("doi", {}).get("provider") != "external"),
        concept_doi=doi_link(record.concept_doi),
        versions=tuple(_versions(record, versions)),
        licences=details.licences(metadata),
        keywords=tuple(_keywords(metadata)),
        citation=citation(record, view),
        styled=f"{path}/export/citation",
        styles=STYLES,
        related=details.related_works(metadata),
        references=details.references(metadata),
        funding=details.funding(metadata),
        facts=details.facts(metadata),
        custom=details.custom_groups(record.body["custom_fields"]),
        exports=tuple(Link(form.title, f"{path}/export/{name}") for name, form in FORMATS.items()),
        signposts=signposts(record, view),
        history=_history(record),
        may_manage=view.may_manage,
    )


def script_json(data: dict[str, Any]) -> Markup:
    """JSON that can stand inside a `script` element."""
    return Markup(in_script(orjson.dumps(data)).decode())  # noqa: S704  what could end the element is escaped


def badges(record: Record) -> Iterator[Badge]:
    """How open it is, what it is, which version."""
    access = access_status(record)
    yield Badge(access["id"], access["title_l10n"], access["description_l10n"])
    kind = title("resourcetypes", (record.metadata.get("resource_type") or {}).get("id", ""))
    if kind:
        yield Badge("", kind, "Kind of resource")


def version_name(record: Record) -> str:
    """The depositor's own label, or the version's place in the row."""
    return f"Version {record.metadata.get('version') or record.version_index}"


def doi_link(doi: str | None, *, is_own: bool = True) -> Link | None:
    """A DOI and where it leads: ours resolve here too, whether or not the world's resolver knows them already."""
    if not doi:
        return None
    return Link(doi, f"/doi/{quote(doi, safe=PATH_SAFE)}" if is_own else doi_url(doi))


def _notices(record: Record, view: View) -> Iterator[Notice]:
    if not record.is_latest and record.latest_id is not None:
        newest = Link("See the newest version", f"/records/{record.latest_id}")
        yield Notice("warn", "This is not the newest version of this work.", newest)
    if record.record_access == "restricted":
        yield Notice("bad", "This record is restricted: nobody sees it but you and those you share it with.")
    until = record.embargo_until
    if until is not None:
        reason = (record.body["access"]["embargo"].get("reason") or "").strip()
        why = f" Reason: {reason}" if reason else ""
        yield Notice("warn", f"The files are under embargo. They will be open from {day_in_words(until)}.{why}")
    elif record.files_access == "restricted" and not view.may_read_files:
        yield Notice("bad", "The files of this record are restricted. Everything else about it is public.")


def _subtitles(metadata: dict[str, Any]) -> Iterator[Fact]:
    for one in metadata.get("additional_titles") or ():
        label = title("titletypes", (one.get("type") or {}).get("id", "")) or "Other title"
        yield Fact(label, (Link(one.get("title", "")),))


def _texts(metadata: dict[str, Any]) -> Iterator[Text]:
    for one in metadata.get("additional_descriptions") or ():
        label = title("descriptiontypes", (one.get("type") or {}).get("id", "")) or "Further description"
        yield Text(label, Markup(one.get("description") or ""))  # noqa: S704  cleaned when it was saved


def _previewed(record: Record) -> FileRow | None:
    """The file that the depositor wants to be looked at first."""
    wanted = record.body["files"].get("default_preview")
    found = next((entry for entry in record.files if entry.key == wanted), None)
    row = file_row(record.id, found) if found else None
    return row if row and row.preview else None


def _versions(record: Record, versions: Sequence[Record]) -> Iterator[Version]:
    for one in versions:
        date = in_words(one.metadata.get("publication_date") or "", 3)
        yield Version(f"/records/{one.id}", version_name(one), date, one.doi, one.id == record.id)


def _keywords(metadata: dict[str, Any]) -> Iterator[Link]:
    for one in metadata.get("subjects") or ():
        text = one.get("subject") or one.get("id") or ""
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        query = urlencode({"q": f'metadata.subjects.subject:"{quoted}"'})
        yield Link(text, f"/search?{query}")


def _history(record: Record) -> str:
    made = f"Created {day_in_words(record.created_at)}"
    if record.updated_at.date() == record.created_at.date():
        return made
    return f"{made}, last changed {day_in_words(record.updated_at)}"
