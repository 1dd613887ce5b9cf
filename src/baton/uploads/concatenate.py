"""An upload put together of others: tus, concatenation extension. Costs one copy of the bytes."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from baton.storage.errors import StageLost
from baton.storage.trouble import as_problems
from baton.uploads.engine import Append, Appended, Engine
from baton.uploads.entry import Upload

BLOCK = 4 << 20


@contextmanager
def concatenated(engine: Engine, upload: Upload, pieces: Sequence[Upload]) -> Iterator[Appended]:
    """Fill an upload with pieces that are whole. Commit the row that names it inside the block. Blocks.

    Raises `StageBusy` when somebody is at work on one of them. Whatever breaks, the pieces stay, and nothing else.
    """
    try:
        with ExitStack() as held:
            for piece in pieces:
                held.enter_context(engine.staging.open(piece.id))
            with engine.work(upload, Append(offset=0, pieces=[piece.id for piece in pieces])) as work:
                for piece in pieces:
                    for data in _bytes_of(engine, piece):
                        work.write([data])
                work.keep(to_the_end=True)
                with work.finished() as stored:
                    yield Appended(work.upload, stored)
    except BaseException:
        engine.forget(upload)
        raise


def _bytes_of(engine: Engine, piece: Upload) -> Iterator[bytes]:
    left = piece.offset
    with as_problems(), (engine.staging.root / piece.id).open("rb") as file:
        while left and (data := file.read(min(BLOCK, left))):
            left -= len(data)
            yield data
    if left:
        raise StageLost("A piece of this upload is not there any more. Please upload it anew.")
