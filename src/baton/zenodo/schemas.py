"""The shapes of the legacy dialect, as the API's description tells them."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """A JSON object of which the named members are promised; there may be more."""

    model_config = ConfigDict(extra="allow")


class DepositionInput(BaseModel):
    """A deposition as a depositor writes it; nothing else is taken on the top level."""

    metadata: dict[str, Any] | None = None


class DepositionJson(Shape):
    """A deposition."""

    id: int
    conceptrecid: str
    state: str
    submitted: bool
    metadata: dict[str, Any]
    links: dict[str, str]


class DepositionFileJson(Shape):
    """One file of a deposition; `checksum` is a bare MD5."""

    id: str
    filename: str
    filesize: int
    checksum: str


class BucketFileJson(Shape):
    """One file of a bucket; `checksum` is `md5:` and the digest."""

    key: str
    size: int
    checksum: str


class BucketJson(Shape):
    """The files of a bucket."""

    id: str
    contents: list[BucketFileJson]
