"""The public integers of works and their versions."""

from sqlalchemy import BigInteger, Column, Connection, Table, insert

from baton.kernel.db import BIG_ID, metadata

# One series for works (concepts) and their versions, as on Zenodo: a DOI ends in one of them.
record_ids = Table(
    "record_ids",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("work_id", BigInteger, nullable=True),
    sqlite_autoincrement=True,
)


def next_record_id(connection: Connection, work_id: int | None = None) -> int:
    """The next integer of the series; `work_id` is the work it is a version of, `None` for a work itself."""
    new: int = connection.execute(insert(record_ids).values(work_id=work_id).returning(record_ids.c.id)).scalar_one()
    return new
