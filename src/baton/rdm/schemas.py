"""The shapes of the RDM dialect, as the API's description tells them. Handlers check bodies themselves, leniently."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """A JSON object of which the named members are promised; there may be more."""

    model_config = ConfigDict(extra="allow")


class DraftInput(Shape):
    """A draft as a depositor writes it. Anything may be missing or wrong: saving keeps what is right, and tells."""

    metadata: Any = Field(None, description="An object: `title`, `creators`, `resource_type`, `publication_date`, ...")
    custom_fields: Any = Field(None, description="An object: `journal:journal`, `code:codeRepository`, ...")
    access: Any = Field(None, description="An object: `record` and `files`, each public or restricted, and `embargo`.")
    files: Any = Field(None, description="An object: `enabled`, `default_preview`, `order`.")
    pids: Any = Field(None, description="An object: `doi` with `identifier` and `provider`.")


class RecordJson(Shape):
    """A record or draft. The example of every member is in the guide; `Accept` chooses the dialect."""

    id: str | int
    created: str
    updated: str
    links: dict[str, Any]
    metadata: dict[str, Any]


class SearchHits(Shape):
    """One page of hits and how many there are in all."""

    hits: list[RecordJson]
    total: int


class SearchJson(Shape):
    """A page of search results."""

    hits: SearchHits
    aggregations: dict[str, Any]
    links: dict[str, str] = Field(default_factory=dict)


class ChangeJson(Shape):
    """A version that was published or edited, or that is public no more (`gone`)."""

    id: str
    status: Literal["public", "gone"]
    changed: str


class ChangesJson(Shape):
    """A part of the order of changes, and where it goes on."""

    changes: list[ChangeJson]
    cursor: str
    links: dict[str, str]


class TransferInput(Shape):
    """How the content will come: in one piece (L), or in parts (M), for which the file's size must be given too."""

    type: Literal["L", "M"] = "L"
    parts: int | None = None
    part_size: int | None = None


class FileInput(Shape):
    """A file that is about to be uploaded."""

    key: Annotated[str, Field(min_length=1, max_length=1024)]
    size: int | None = None
    checksum: str | None = None
    transfer: TransferInput | None = None


class FileJson(Shape):
    """One file of a record or draft."""

    key: str
    status: str | None = None
    size: int | None = None
    checksum: str | None = None
    sha256: str | None = None
    last_verified: str | None = None
    verification: Literal["verified", "pending", "damaged", "lost"] | None = None
    links: dict[str, Any] = Field(default_factory=dict)


class FilesJson(Shape):
    """The file list of a record or draft."""

    enabled: bool
    entries: list[FileJson]


class UploadJson(Shape):
    """An upload to a draft: `offset` bytes are safe, and `links.self` is where it goes on."""

    id: str
    key: str | None
    state: Literal["open", "complete", "cancelled"]
    offset: int
    length: int | None
    created: str
    expires: str
    links: dict[str, str]


class UploadsJson(Shape):
    """The uploads to a draft that are not finished."""

    entries: list[UploadJson]
    total: int


class QuotaInput(Shape):
    """What a record may hold, in bytes. Left out, `max_file_size` is as much."""

    quota_size: int = Field(ge=1)
    max_file_size: int | None = Field(None, ge=1)
    notes: str | None = Field(None, description="Why; for administrators.")


class UserQuotaInput(QuotaInput):
    """What each record of a person may hold, and with `total_size` what all of them may hold together."""

    total_size: int | None = Field(None, ge=1)


class QuotaJson(Shape):
    """What a record may hold, and what is taken of that: `used` by files, `reserved` for those that are to come."""

    quota_size: int
    max_file_size: int
    max_files: int
    total_size: int | None
    used: int
    reserved: int
    files: int


class TermJson(Shape):
    """One term of a vocabulary."""

    id: str


class TermHits(Shape):
    """One page of terms."""

    hits: list[TermJson]
    total: int


class TermsJson(Shape):
    """A page of a vocabulary."""

    hits: TermHits
    links: dict[str, str] = Field(default_factory=dict)


class MovedJson(Shape):
    """Where the thing is that was asked for."""

    status: int
    message: str
    location: str


class HealthJson(Shape):
    """`ok` or what is wrong, for each part."""

    status: str
    database: str
    storage: str
    search: str
    worker: str
