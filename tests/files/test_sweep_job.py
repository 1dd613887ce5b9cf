"""The scheduled sweep: what nothing has named for a while goes, from the database and from the store."""

from collections.abc import Callable
from datetime import timedelta

from baton.files.commands import delete_file, put_file
from baton.files.jobs import sweep_contents
from baton.files.queries import referenced
from baton.files.rules import Limits
from baton.kernel import clock
from baton.kernel.db import Database
from baton.quotas.queries import Quotas
from baton.storage.content import Stored, Swept
from baton.storage.folder import FolderStore
from baton.storage.versions.store import VersionedStore

DAY = timedelta(days=1)
LIMITS = Quotas(Limits(100, 100, 100))


def test_deleted_and_refused_bytes_go_after_the_grace_and_named_ones_stay(
    database: Database, draft: int, store: FolderStore, keep: Callable[[bytes], Stored]
) -> None:
    named, deleted, refused = keep(b"named"), keep(b"deleted"), keep(b"refused")
    with database.write() as connection:
        put_file(connection, draft, "named", named, LIMITS)
        put_file(connection, draft, "deleted", deleted, LIMITS)
        delete_file(connection, draft, "deleted")
    upload = store.writer()
    upload.write(b"on its way")

    assert sweep_contents(database, VersionedStore(store), DAY) == Swept(0, 0, 0)
    clock.freeze(clock.now() + 2 * DAY)
    assert sweep_contents(database, VersionedStore(store), DAY) == Swept(2, 0, 14)

    upload.close()
    assert [name for name, _size in store.walk()] == [named.sha256]
    with database.read() as connection:
        assert referenced(connection, [named.sha256, deleted.sha256, refused.sha256]) == {named.sha256}
