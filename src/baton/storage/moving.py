"""Taking everything that a store holds to another one, as often as it takes."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from baton.storage.content import ContentStore
from baton.storage.errors import ContentDamaged, ContentMissing
from baton.storage.fixity import State, copy_content, examine

# Objects that are copied at the same time.
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Moved:
    """What was done about one object: the target had it as `found`.

    `state` is that of the source, or of the copy if only that is bad.
    """

    sha256: str
    size: int
    found: State
    state: State


def copy_objects(
    source: ContentStore, target: ContentStore, is_over: Callable[[], bool] = lambda: False
) -> Iterator[Moved]:
    """Copy every object that `target` does not hold whole, and read each copy back. What it holds is read, too."""

    def copy(listed: tuple[str, int]) -> Moved:
        sha256, size = listed
        found = examine(target, sha256, size) if target.exists(sha256) else State.LOST
        if found == State.WHOLE:
            return Moved(sha256, size, found, State.WHOLE)
        try:
            copy_content(source, target, sha256)
        except ContentMissing:  # swept since it was listed, unless somebody names it
            return Moved(sha256, size, found, State.LOST)
        except ContentDamaged:
            return Moved(sha256, size, found, State.DAMAGED)
        state = examine(target, sha256, size)
        if state != State.WHOLE:
            target.delete(sha256)  # rather none than one that is damaged
        return Moved(sha256, size, found, state)

    objects = source.walk()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while not is_over() and (batch := list(islice(objects, AT_ONCE * 4))):
            yield from pool.map(copy, batch)


def copy_notes(source: ContentStore, target: ContentStore, kinds: Sequence[str], *, replace: bool = True) -> int:
    """Copy every note that `target` has not, or, with `replace`, has otherwise; returns how many."""
    copied = 0
    for kind in kinds:
        for name in source.walk_notes(kind):
            data = source.get_note(kind, name)
            there = target.get_note(kind, name)
            if data is not None and (there is None or (replace and there != data)):
                target.put_note(kind, name, data)
                copied += 1
    return copied
