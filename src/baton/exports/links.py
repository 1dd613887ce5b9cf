"""Where everything about a record is found: tables of addresses, each value an absolute URL.

Only addresses that this server answers are given, and no nested maps: clients parse every value as a URL.
"""

from urllib.parse import quote

from baton.files.entry import FileEntry
from baton.records.record import Record

# What may stand unescaped in a path: `/` so that folders stay folders, the rest as RFC 3986 has it.
PATH_SAFE = "/!$&'()*+,;=:@"

# Below `/api/records/{id}`; only what this release serves, for programs follow what they find.
RECORD_API = {
    "self": "",
    "reserve_doi": "/draft/pids/doi",
    "files": "/files",
    "archive": "/files-archive",
    "latest": "/versions/latest",
    "versions": "/versions",
    "draft": "/draft",
}
DRAFT_API = {
    "self": "/draft",
    "reserve_doi": "/draft/pids/doi",
    "files": "/draft/files",
    "archive": "/draft/files-archive",
    "versions": "/versions",
    "record": "",
    "publish": "/draft/actions/publish",
}

# Below `/records/{id}`.
RECORD_PAGES = {"self_html": "", "preview_html": "?preview=1", "latest_html": "/latest"}
DRAFT_PAGES = {"preview_html": "?preview=1", "record_html": ""}


def doi_url(doi: str) -> str:
    """Where the world resolves this DOI."""
    return f"https://doi.org/{quote(doi, safe=PATH_SAFE)}"


def links(record: Record, base_url: str) -> dict[str, str]:
    """The links of a published record, or of a draft."""
    api = f"{base_url}/api/records/{record.id}"
    page = f"{base_url}/records/{record.id}"
    api_links, page_links = (DRAFT_API, DRAFT_PAGES) if record.is_draft else (RECORD_API, RECORD_PAGES)
    found = {name: api + path for name, path in api_links.items()}
    for name, path in page_links.items():
        found[name] = page + path
    if record.is_draft:
        found["self_html"] = f"{base_url}/uploads/{record.id}"
    else:
        found["parent"] = f"{base_url}/api/records/{record.work_id}"
        found["parent_html"] = f"{base_url}/records/{record.work_id}"
    if record.doi:
        found["doi"] = found["self_doi"] = doi_url(record.doi)
        found["self_doi_html"] = _doi_page(base_url, record.doi)
    if record.concept_doi:
        found["parent_doi"] = doi_url(record.concept_doi)
        found["parent_doi_html"] = _doi_page(base_url, record.concept_doi)
    return found


def _doi_page(base_url: str, doi: str) -> str:
    return f"{base_url}/doi/{quote(doi, safe=PATH_SAFE)}"


def files_url(record: Record, base_url: str) -> str:
    """The list of the record's files, or of the draft's."""
    draft = "/draft" if record.is_draft else ""
    return f"{base_url}/api/records/{record.id}{draft}/files"


def file_links(entry: FileEntry, files: str) -> dict[str, str]:
    """The links of one file; `files` is the address of the list that it stands in."""
    own = f"{files}/{quote(entry.key, safe=PATH_SAFE)}"
    return {"self": own, "content": f"{own}/content"}


def cited_at(record: Record, base_url: str) -> str:
    """The address that a citation gives: the DOI's, or the page's of a record without one."""
    return doi_url(record.doi) if record.doi else f"{base_url}/records/{record.id}"
