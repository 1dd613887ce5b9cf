"""One unfinished upload, as everything above sees it. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

OPEN = "open"
COMPLETE = "complete"
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Upload:
    """How far an upload has come. `offset` bytes are on the disk and need not be sent again, whatever happens."""

    id: str
    record_id: int
    key: str | None
    door: str
    state: str
    offset: int
    length: int | None
    digests: Mapping[str, str]
    said: Mapping[str, Any]
    created_at: datetime
    expires_at: datetime

    @property
    def is_whole(self) -> bool:
        """Whether all bytes have come."""
        return self.offset == self.length
