"""Which limits hold for a record, and how much of them is taken."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, text

from baton.files.models import contents, file_totals, files
from baton.files.queries import Others
from baton.files.rules import Limits, Room
from baton.kernel import clock
from baton.kernel.ids import LARGEST_ID
from baton.quotas.models import record_quotas, user_quotas
from baton.records.models import records, works
from baton.uploads.entry import OPEN
from baton.uploads.models import uploads

_SETTLED = (
    select(
        works.c.owner_id,
        func.coalesce(record_quotas.c.quota_size, user_quotas.c.quota_size).label("quota_size"),
        func.coalesce(record_quotas.c.max_file_size, user_quotas.c.max_file_size).label("max_file_size"),
        user_quotas.c.total_size,
    )
    .select_from(
        records.join(works)
        .outerjoin(record_quotas, record_quotas.c.work_id == works.c.id)
        .outerjoin(user_quotas, user_quotas.c.user_id == works.c.owner_id)
    )
    .where(records.c.id == bindparam("record_id"))
)
# Beside the locks of records, whose numbers are positive.
_OWNER_ALONE = text("SELECT pg_advisory_xact_lock(-:owner_id)")


@dataclass(frozen=True, slots=True)
class Quotas:
    """The limits that hold for all, and what was settled otherwise for single records and people."""

    default: Limits

    def limits(self, connection: Connection, record_id: int) -> Limits:
        """The limits of one record: its work's, else its owner's, else those for all."""
        return self._settled(connection, record_id)[0]

    def room(
        self, connection: Connection, record_id: int, others: Others, key: str | None, but: Collection[str] = ()
    ) -> Room:
        """What the file `key`, or with `None` a piece of one, has to fit into beside those `others`.

        Uploads on their way to other files count as far as they were announced, `but` not those with these ids.
        """
        limits, owner_id = self._settled(connection, record_id)
        elsewhere = 0
        if limits.max_user_bytes is not None and owner_id is not None:
            if connection.dialect.name == "postgresql":  # else two records could take the same room at once
                connection.execute(_OWNER_ALONE, {"owner_id": owner_id})
            elsewhere = bytes_of_owner(connection, owner_id, but=record_id)
        here = and_(uploads.c.record_id == record_id, uploads.c.id.not_in(but))
        if key is not None:
            here = and_(here, or_(uploads.c.key.is_(None), uploads.c.key != key))
        reserved = others.reserved + _under_way(connection, here)
        return Room(limits, others.count, others.bytes, reserved, elsewhere)

    def _settled(self, connection: Connection, record_id: int) -> tuple[Limits, int | None]:
        row = None
        if 0 < record_id <= LARGEST_ID:
            row = connection.execute(_SETTLED, {"record_id": record_id}).first()
        if row is None:
            return self.default, None
        limits = self.default
        if row.quota_size is not None:
            limits = replace(limits, max_record_bytes=row.quota_size, max_file_bytes=row.max_file_size)
        if row.total_size is not None:
            limits = replace(limits, max_user_bytes=row.total_size)
        return limits, row.owner_id


def bytes_of_owner(connection: Connection, owner_id: int, *, but: int | None = None) -> int:
    """The bytes of all versions and drafts of one person, announced ones included, `but` for one record."""
    owned = select(records.c.id).join(works).where(works.c.owner_id == owner_id)
    if but is not None:
        owned = owned.where(records.c.id != but)
    held = select(func.coalesce(func.sum(file_totals.c.byte_count + file_totals.c.reserved_bytes), 0))
    there = int(connection.execute(held.where(file_totals.c.record_id.in_(owned))).scalar_one())
    return there + _under_way(connection, uploads.c.record_id.in_(owned))


def _under_way(connection: Connection, which: ColumnElement[bool]) -> int:
    """The bytes of unfinished uploads: their length, or what has come; beyond what their files take already."""
    rows = connection.execute(
        select(
            uploads.c.record_id,
            uploads.c.key,
            uploads.c.id,
            func.coalesce(uploads.c.length, uploads.c.offset).label("bytes"),
            (func.coalesce(contents.c.size, 0) + func.coalesce(files.c.reserved, 0)).label("taken"),
        )
        .select_from(
            uploads.outerjoin(
                files, and_(files.c.record_id == uploads.c.record_id, files.c.key == uploads.c.key)
            ).outerjoin(contents, contents.c.sha256 == files.c.sha256)
        )
        .where(which, uploads.c.state == OPEN, uploads.c.expires_at > clock.now())
    )
    promised: dict[tuple[int, str], int] = {}
    for row in rows:  # of several uploads to one name only one will stay
        place = row.record_id, row.key or row.id
        promised[place] = max(promised.get(place, 0), row.bytes - row.taken)
    return sum(promised.values())
