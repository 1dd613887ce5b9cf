"""A file that comes whole, in the body of one request. Nothing of it is kept when that breaks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread

from baton.files.queries import room_of
from baton.files.rules import Declared, Room
from baton.files.upload import WRITERS, receive
from baton.storage.content import Stored
from baton.uploads.engine import Engine

_NOTHING_SAID = Declared()


@asynccontextmanager
async def received(
    engine: Engine, stream: AsyncIterator[bytes], record_id: int, key: str, declared: Declared = _NOTHING_SAID
) -> AsyncIterator[Stored]:
    """Store the content of one file, if it fits into its record. Commit the row that names it inside the block."""
    room = await to_thread.run_sync(_room, engine, record_id, key, limiter=WRITERS)
    async with receive(stream, engine.store, check_size=room.check_size, declared=declared) as stored:
        yield await to_thread.run_sync(engine.read_back, stored, limiter=WRITERS)


def _room(engine: Engine, record_id: int, key: str) -> Room:
    with engine.database.read() as connection:
        return room_of(connection, engine.quotas, record_id, key)
