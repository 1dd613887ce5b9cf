"""What a quota can be. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from baton.kernel.errors import FieldError, InvalidInput
from baton.kernel.ids import LARGEST_ID

LONGEST_NOTES = 10_000
_KNOWN = ("quota_size", "max_file_size", "notes")


@dataclass(frozen=True, slots=True)
class Settled:
    """What one record may hold, in bytes; `total_size`: what all records of a person may hold, where it is another."""

    quota_size: int
    max_file_size: int
    notes: str = ""
    total_size: int | None = None


def read_quota(body: object, *, of_person: bool = False) -> Settled:
    """A quota as InvenioRDM writes it; where it names no `max_file_size`, one file may take all of it.

    Raises `InvalidInput` with everything that is wrong.
    """
    if not isinstance(body, Mapping):
        raise InvalidInput("Send a JSON object with `quota_size`, and `max_file_size` and `notes` if you like.")
    known = (*_KNOWN, "total_size") if of_person else _KNOWN
    errors = [FieldError(str(name), "Unknown field.") for name in sorted(map(str, body)) if name not in known]
    sizes = {name: body.get(name) for name in ("quota_size", "max_file_size", "total_size")}
    for name, value in sizes.items():
        if (value is not None or name == "quota_size") and not _is_size(value):
            errors.append(FieldError(name, "A number of bytes, from 1."))
    notes = body.get("notes") or ""
    if not isinstance(notes, str) or len(notes) > LONGEST_NOTES or "\0" in notes:
        errors.append(FieldError("notes", f"A text of at most {LONGEST_NOTES:,} characters."))
    if errors:
        raise InvalidInput("; ".join(f"`{error.field}`: {error.message}" for error in errors), errors=errors)
    quota = int(body["quota_size"])
    return Settled(quota, sizes["max_file_size"] or quota, notes, sizes["total_size"])


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID
