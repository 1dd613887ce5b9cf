"""A record as the rest of the program sees it: one version of a work, or the open draft of one. Plain data."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict

from baton.files.entry import FileEntry, Totals


class Body(TypedDict):
    """What a depositor writes, in the shape of the RDM dialect; stored as JSON with exactly these keys.

    `access`: {record, files: "public"|"restricted", embargo: {active, until, reason}}; `pids`: {doi: {identifier,
    provider}}; `files`: {enabled, default_preview, order}.
    """

    metadata: dict[str, Any]
    custom_fields: dict[str, Any]
    access: dict[str, Any]
    pids: dict[str, Any]
    files: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One version (or its draft) with everything that a page or an export of it needs."""

    id: int
    work_id: int
    owner_id: int
    bucket_id: str
    version_index: int
    revision: int
    is_draft: bool  # this object shows the open draft, not the published state
    is_published: bool  # some state of this version is public
    is_latest: bool  # newest published version of its work
    latest_id: int | None
    concept_doi: str | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    body: Body
    files: tuple[FileEntry, ...]  # all, or of a long list the first
    totals: Totals  # of all files

    @property
    def lists_all_files(self) -> bool:
        return self.totals.count == len(self.files)

    @property
    def metadata(self) -> dict[str, Any]:
        return self.body["metadata"]

    @property
    def title(self) -> str:
        return str(self.metadata.get("title", ""))

    @property
    def doi(self) -> str | None:
        """The version's DOI: minted, reserved or given by the depositor."""
        value = self.body["pids"].get("doi", {}).get("identifier")
        return str(value) if value else None

    @property
    def record_access(self) -> str:
        return str(self.body["access"]["record"])

    @property
    def files_access(self) -> str:
        return str(self.body["access"]["files"])

    @property
    def embargo_until(self) -> date | None:
        """The day on which an active embargo ends, else `None`."""
        embargo = self.body["access"].get("embargo") or {}
        return date.fromisoformat(embargo["until"]) if embargo.get("active") and embargo.get("until") else None

    @property
    def access_status(self) -> str:
        """Open | embargoed | restricted | metadata-only, as InvenioRDM names them."""
        if self.embargo_until is not None:
            return "embargoed"
        if self.record_access == "restricted" or self.files_access == "restricted":
            return "restricted"
        return "open" if self.body["files"]["enabled"] else "metadata-only"
