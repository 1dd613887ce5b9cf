"""Turns the field's own dumps into terms, a row at a time: one importer for each vocabulary that is imported."""

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from baton.vocabularies.errors import DumpUnreadable
from baton.vocabularies.importers.awards import awards
from baton.vocabularies.importers.names import names
from baton.vocabularies.importers.ror import affiliations, funders
from baton.vocabularies.importers.sources import OnBytes
from baton.vocabularies.importers.subjects import subjects
from baton.vocabularies.term import BadRow, Term


class Importer(Protocol):
    """Reads a dump. `on_bytes` is told, for a progress bar, how many more bytes of the file were read.

    Raises `DumpUnreadable` when the file as a whole cannot be read on.
    """

    def __call__(self, path: Path, on_bytes: OnBytes = ..., /) -> Iterator[Term | BadRow]: ...


def _guarded(read: Callable[[Path, OnBytes], Iterator[Term | BadRow]]) -> Importer:
    def importer(path: Path, on_bytes: OnBytes = lambda _count: None, /) -> Iterator[Term | BadRow]:
        try:
            yield from read(path, on_bytes)
        except (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, zlib.error) as error:
            raise DumpUnreadable(f"{path} cannot be read (on): {error}") from error

    return importer


IMPORTERS: Mapping[str, Importer] = {
    "affiliations": _guarded(affiliations),
    "funders": _guarded(funders),
    "awards": _guarded(awards),
    "names": _guarded(names),
    "subjects": _guarded(subjects),
}
