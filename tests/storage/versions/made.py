"""Data that looks like somebody's, and the edits that people make."""

import random

from baton.storage.content import ContentStore, Stored


def table(rows: int, seed: int = 1) -> bytes:
    """Lines of a table."""
    chance = random.Random(seed)
    return "".join(
        f"{number},station-{chance.randrange(300)},{chance.gauss(10, 5):.3f},{chance.random():.6f},ok\n"
        for number in range(rows)
    ).encode()


def edited(data: bytes, chance: random.Random, edits: int) -> bytes:
    """The data with some bytes replaced, inserted, removed, moved or appended."""
    out = bytearray(data)
    for _ in range(edits):
        at = chance.randrange(len(out) + 1)
        size = chance.choice([1, 10, 1000, 100_000])
        match chance.randrange(5):
            case 0:
                out[at : at + size] = chance.randbytes(min(size, len(out) - at))
            case 1:
                out[at:at] = chance.randbytes(size)
            case 2:
                del out[at : at + size]
            case 3:
                moved = bytes(out[at : at + size])
                del out[at : at + size]
                place = chance.randrange(len(out) + 1)
                out[place:place] = moved
            case _:
                out += bytes(size)
    return bytes(out)


def keep(store: ContentStore, data: bytes) -> Stored:
    with store.writer() as writer:
        writer.write(data)
        return writer.finish()
