"""Parquet, written again with and without pages whose ends the content decides; pyarrow does the work."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from baton.client.packing.cost import Cost, cost_of
from baton.client.packing.edits import ADDED, CORRECTIONS
from baton.kernel.libraries import library

# Bytes of a table in memory that are written again. In much less there is hardly a page that stays as it is.
SAMPLE = 32 << 20
ROWS_AT_ONCE = 10_000


def costs_of_parquet(path: Path) -> tuple[Mapping[str, Cost], Mapping[str, Cost]]:
    """What edits cost as pyarrow writes by default, and with content-defined pages. Raises `ValueError`, `OSError`."""
    try:
        return _costs(path)
    except library("pyarrow").ArrowException as error:
        raise ValueError(str(error)) from None


def _costs(path: Path) -> tuple[Mapping[str, Cost], Mapping[str, Cost]]:
    with library("pyarrow.parquet").ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
        if not file.metadata.num_rows:
            return {}, {}
        table = _sample(file)
        rows = file.metadata.row_group(0).num_rows
        codec = file.metadata.row_group(0).column(0).compression if file.metadata.num_columns else "NONE"
    size = path.stat().st_size
    found: list[dict[str, Cost]] = []
    for is_defined_by_content in (False, True):
        options = {
            "compression": "NONE" if codec == "UNCOMPRESSED" else codec,
            "row_group_size": rows,
            "use_content_defined_chunking": is_defined_by_content,
        }
        before = _written(table, options)
        found.append(
            {
                name: cost_of(before, _written(table.take(order), options)).scaled(size / len(before))
                for name, order in _edits(table.num_rows).items()
            }
        )
    return found[0], found[1]


def _sample(file: Any) -> Any:  # noqa: ANN401  pyarrow has no types
    """The first rows."""
    batches, size = [], 0
    for batch in file.iter_batches(ROWS_AT_ONCE):
        batches.append(batch)
        size += batch.nbytes
        if size >= SAMPLE:
            break
    return library("pyarrow").Table.from_batches(batches).combine_chunks()


def _edits(rows: int) -> Mapping[str, Sequence[int]]:
    """The same edits as `edits.py` makes, as which old row stands where."""
    places = random.Random(2)  # noqa: S311  no secret
    corrected = list(range(rows))
    for _value in range(CORRECTIONS):
        corrected[places.randrange(rows)] = places.randrange(rows)
    return {
        "inserted": [*range(rows // 2), rows // 3, *range(rows // 2, rows)],
        "corrected": corrected,
        "appended": [*range(rows), *(places.randrange(rows) for _row in range(rows // ADDED))],
    }


def _written(table: Any, options: Mapping[str, Any]) -> bytes:  # noqa: ANN401  pyarrow has no types
    sink = library("pyarrow").BufferOutputStream()
    library("pyarrow.parquet").write_table(table, sink, **options)
    data: bytes = sink.getvalue().to_pybytes()
    return data
