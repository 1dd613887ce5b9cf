"""Reads the file that describes a deposit, in any form that drafts are made of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from baton.client.errors import Failure
from baton.client.progress import told
from baton.imports.errors import UnreadableDocument
from baton.imports.files import IN_FOLDER, read_file
from baton.imports.imported import Imported
from baton.imports.terms import mentioned, settle
from baton.vocabularies.builtin import find

LARGEST = 8 << 20  # bytes


def find_metadata(paths: Sequence[Path]) -> Path | None:
    """The file in a deposited folder that describes it, if there is one."""
    for name in IN_FOLDER:
        for folder in paths:
            if (folder / name).is_file():
                return folder / name
    return None


def read_metadata(path: Path) -> dict[str, Any]:
    """The body of a draft; tells what of the file it does not hold. Raises `Failure` for what cannot be read."""
    if path.stat().st_size > LARGEST:
        raise Failure(f"{path} is too large to be metadata.")
    try:
        found = read_file(path.name, path.read_bytes())
    except UnreadableDocument as problem:
        raise Failure(f"{path} cannot be used: {problem.detail}") from None
    if not isinstance(found, Imported):
        return found
    for lost in found.lost:
        told(f"Not taken from {path.name}: {lost.field}: {lost.message}")
    # What other servers have in their lists is not known here.
    settle(found.body, {pair for pair in mentioned(found.body) if find(*pair)})
    return found.body
