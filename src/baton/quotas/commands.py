"""Settling other limits than those for all: for administrators."""

from typing import Any

from sqlalchemy import Connection, Table

from baton.access.rules import require_admin
from baton.accounts.actor import Actor
from baton.accounts.queries import get_user
from baton.kernel import clock, outbox
from baton.kernel.db import insert_into
from baton.kernel.errors import NotFound
from baton.kernel.ids import LARGEST_ID
from baton.quotas.events import RecordQuotaSet, UserQuotaSet
from baton.quotas.models import record_quotas, user_quotas
from baton.quotas.rules import read_quota
from baton.records.errors import NoSuchRecord
from baton.records.queries import work_of


def set_record_quota(connection: Connection, actor: Actor, number: int, quota: object) -> None:
    """Let each version of the record's work hold so much. Raises `PermissionDenied`, `NoSuchRecord`, `InvalidInput`."""
    require_admin(actor)
    work_id = work_of(connection, number) if 0 < number <= LARGEST_ID else None
    if work_id is None:
        raise NoSuchRecord(number)
    settled = read_quota(quota)
    values = {"quota_size": settled.quota_size, "max_file_size": settled.max_file_size, "notes": settled.notes}
    _put(connection, record_quotas, {"work_id": work_id}, values)
    outbox.emit(connection, RecordQuotaSet(work_id), actor_id=actor.user_id)


def set_user_quota(connection: Connection, actor: Actor, user_id: int, quota: object) -> None:
    """Let each record of a person hold so much, and all of them together.

    Raises `PermissionDenied`, `NotFound`, `InvalidInput`.
    """
    require_admin(actor)
    if not 0 < user_id <= LARGEST_ID or get_user(connection, user_id) is None:
        raise NotFound(f"There is no account {user_id}.")
    settled = read_quota(quota, of_person=True)
    values = {
        "quota_size": settled.quota_size,
        "max_file_size": settled.max_file_size,
        "total_size": settled.total_size,
        "notes": settled.notes,
    }
    _put(connection, user_quotas, {"user_id": user_id}, values)
    outbox.emit(connection, UserQuotaSet(user_id), actor_id=actor.user_id)


def _put(connection: Connection, table: Table, of: dict[str, int], values: dict[str, Any]) -> None:
    row = {**of, **values, "updated_at": clock.now()}
    connection.execute(
        insert_into(connection, table).values(row).on_conflict_do_update(index_elements=list(of), set_=row)
    )
