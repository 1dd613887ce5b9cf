"""Reads the file that describes a deposit, in any form that drafts are made of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from baton.client.errors import Failure
from baton.client.progress import told
from baton.exports.crate_preview import PREVIEW, is_preview_as_written
from baton.exports.ro_crate import METADATA_FILE, is_as_written
from baton.imports.errors import UnreadableDocument
from baton.imports.files import IN_FOLDER, read_file
from baton.imports.imported import Imported
from baton.imports.parse import parse_json
from baton.imports.terms import mentioned, settle
from baton.imports.values import listed
from baton.vocabularies.builtin import find

LARGEST = 64 << 20  # bytes: a crate tells of each file, and a record may have a hundred thousand


def find_metadata(paths: Sequence[Path]) -> Path | None:
    """The file in a deposited folder that describes it, if there is one.

    A crate as a repository wrote it is a record, whatever describes something among its files.
    """
    found = [folder / name for name in IN_FOLDER for folder in paths if (folder / name).is_file()]
    return next((path for path in found if made_for_crate(path)), found[0] if found else None)


def made_for_crate(metadata: Path) -> set[Path]:
    """The files beside a crate's metadata that a repository made with it of a record, and it itself.

    None of them is a file of the record, and they would soon say what is no longer true.
    """
    if metadata.name != METADATA_FILE or metadata.stat().st_size > LARGEST:
        return set()
    try:
        graph = parse_json(metadata.read_bytes()).get("@graph")
    except UnreadableDocument:
        return set()
    if not is_as_written(listed(graph)):
        return set()
    preview = metadata.with_name(PREVIEW)
    return {metadata, preview} if preview.is_file() and is_preview_as_written(preview.read_bytes()) else {metadata}


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
