"""The files of a dump: compressed JSON Lines, and Parquet. Both are written in pieces, with flat memory."""

import gzip
import hashlib
import io
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import orjson

from baton.exports.people import name_of
from baton.feeds.dumps import DumpFile
from baton.kernel.libraries import library

ROWS = 2000  # of a group in the Parquet file


class _Hashed(io.RawIOBase):
    """A new file that knows the checksums of what was written into it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self.size = 0
        self.sha256 = hashlib.sha256()
        self.md5 = hashlib.md5(usedforsecurity=False)

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:  # noqa: ANN401  whatever has bytes
        content = memoryview(piece).cast("B")
        self._file.write(content)
        self.sha256.update(content)
        self.md5.update(content)
        self.size += len(content)
        return len(content)

    def tell(self) -> int:
        return self.size

    def close(self) -> None:
        if not self.closed:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        super().close()

    def described(self, key: str, media_type: str) -> DumpFile:
        return DumpFile(key, media_type, self.size, self.sha256.hexdigest(), self.md5.hexdigest())


class Writer(Protocol):
    """One file of a dump."""

    def add(self, documents: Sequence[dict[str, Any]]) -> None:
        """Write these records, in InvenioRDM's JSON."""

    def close(self) -> None:
        """Have all that was added on the disk. May be called again."""

    def described(self) -> DumpFile:
        """What the closed file is."""


class JsonLines:
    """One record on a line, in the JSON in which InvenioRDM answers it."""

    key, media_type = "records.jsonl.gz", "application/gzip"

    def __init__(self, folder: Path) -> None:
        self._hashed = _Hashed(folder / self.key)
        self._packed = gzip.GzipFile(fileobj=self._hashed, mode="wb", compresslevel=6, mtime=0, filename="")

    def add(self, documents: Sequence[dict[str, Any]]) -> None:
        self._packed.write(b"".join(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE) for document in documents))

    def close(self) -> None:
        self._packed.close()
        self._hashed.close()

    def described(self) -> DumpFile:
        return self._hashed.described(self.key, self.media_type)


class Parquet:
    """One record in a row: what is counted and joined by in columns, and the whole record as JSON."""

    key, media_type = "records.parquet", "application/vnd.apache.parquet"

    def __init__(self, folder: Path) -> None:
        self._arrow, parquet = library("pyarrow"), library("pyarrow.parquet")
        self._schema = _schema(self._arrow)
        self._hashed = _Hashed(folder / self.key)
        self._writer = parquet.ParquetWriter(self._hashed, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def add(self, documents: Sequence[dict[str, Any]]) -> None:
        self._rows += map(_row, documents)
        if len(self._rows) >= ROWS:
            self._flush()

    def _flush(self) -> None:
        self._writer.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
        self._rows = []

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()
        self._hashed.close()

    def described(self) -> DumpFile:
        return self._hashed.described(self.key, self.media_type)


def _schema(arrow: Any) -> Any:  # noqa: ANN401  of a library that is imported at first use
    texts = arrow.list_(arrow.string())
    creator = arrow.struct([("name", arrow.string()), ("orcid", arrow.string())])
    moment = arrow.timestamp("us", tz="UTC")
    return arrow.schema(
        [
            ("id", arrow.int64()),
            ("concept_id", arrow.int64()),
            ("doi", arrow.string()),
            ("concept_doi", arrow.string()),
            ("version_index", arrow.int32()),
            ("is_latest", arrow.bool_()),
            ("revision", arrow.int32()),
            ("created", moment),
            ("updated", moment),
            ("title", arrow.string()),
            ("publication_date", arrow.string()),
            ("publisher", arrow.string()),
            ("resource_type", arrow.string()),
            ("creators", arrow.list_(creator)),
            ("subjects", texts),
            ("licences", texts),
            ("languages", texts),
            ("access_status", arrow.string()),
            ("file_count", arrow.int32()),
            ("total_bytes", arrow.int64()),
            ("json", arrow.string()),
        ]
    )


def _row(document: dict[str, Any]) -> dict[str, Any]:
    metadata, files = document["metadata"], document["files"]
    return {
        "id": int(document["id"]),
        "concept_id": int(document["parent"]["id"]),
        "doi": document["pids"].get("doi", {}).get("identifier"),
        "concept_doi": document["parent"]["pids"].get("doi", {}).get("identifier"),
        "version_index": document["versions"]["index"],
        "is_latest": document["versions"]["is_latest"],
        "revision": document["revision_id"],
        "created": _moment(document["created"]),
        "updated": _moment(document["updated"]),
        "title": metadata.get("title"),
        "publication_date": metadata.get("publication_date"),
        "publisher": metadata.get("publisher"),
        "resource_type": (metadata.get("resource_type") or {}).get("id"),
        "creators": [_creator(one.get("person_or_org") or {}) for one in metadata.get("creators") or ()],
        "subjects": [one["subject"] for one in metadata.get("subjects") or () if one.get("subject")],
        "licences": [one["id"] for one in metadata.get("rights") or () if one.get("id")],
        "languages": [one["id"] for one in metadata.get("languages") or () if one.get("id")],
        "access_status": document["access"]["status"],
        "file_count": files.get("count"),
        "total_bytes": files.get("total_bytes"),
        "json": orjson.dumps(document).decode(),
    }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _creator(person: dict[str, Any]) -> dict[str, Any]:
    orcid = next((one["identifier"] for one in person.get("identifiers") or () if one.get("scheme") == "orcid"), None)
    return {"name": name_of(person), "orcid": orcid}
