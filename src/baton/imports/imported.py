"""What comes of reading a document."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from baton.kernel.errors import FieldError
from baton.records.metadata import limits

NOT_CARRIED = "not_carried"


@dataclass(frozen=True, slots=True)
class Imported:
    """The body of a draft, and what of the document it does not hold: paths in the document, each with the reason."""

    body: dict[str, Any]
    lost: tuple[FieldError, ...] = ()


# A body in the RDM dialect, to be taken by its word, or what was read of a document.
Given = dict[str, Any] | Imported


@dataclass(frozen=True, slots=True)
class Complaints:
    """Everything that is wrong with a document, gathered so that it can be told at once."""

    errors: list[FieldError] = field(default_factory=list)

    def add(self, path: str, message: str, code: str = "invalid") -> None:
        """Note one fault; beyond `limits.ERRORS` nobody reads on."""
        if len(self.errors) < limits.ERRORS:
            self.errors.append(FieldError(path, message, code))

    def lose(self, path: str, reason: str = "A record has no place for this; it was left out.") -> None:
        """Note something that is right in its document and that the draft does not hold."""
        self.add(path, reason, NOT_CARRIED)

    def lose_others(self, given: Mapping[str, Any], known: Collection[str], path: str = "") -> None:
        """Note every member that nobody reads, if it says anything."""
        prefix = f"{path}." if path else ""
        for name, value in given.items():
            if name not in known and value not in (None, "", [], {}):
                self.lose(f"{prefix}{str(name)[:100]}")


def filled(members: Mapping[str, Any]) -> dict[str, Any]:
    """Only what says something."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}


def imported(
    metadata: Mapping[str, Any],
    complaints: Complaints,
    *,
    custom_fields: Mapping[str, Any] | None = None,
    access: Mapping[str, Any] | None = None,
    doi: str | None = None,
    has_files: bool = True,
) -> Imported:
    """The body of a draft out of its parts; a DOI is one that somebody else has minted."""
    parts = {
        "metadata": filled(metadata),
        "custom_fields": filled(custom_fields or {}),
        "access": access,
        "pids": {"doi": {"identifier": doi, "provider": "external"}} if doi else None,
        "files": None if has_files else {"enabled": False},
    }
    return Imported(filled(parts), tuple(complaints.errors))
