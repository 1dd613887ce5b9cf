"""A content as what its deflate streams inflate to: what can be compared where a byte of it has changed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from baton.storage.versions.deflate import Parameters
from baton.storage.versions.members import Member
from baton.storage.versions.recipe import Composer, Deflated, Extent, Inflated, ObjectUsed, Recipe


def unpacked(recipe: Recipe, found: Sequence[Member]) -> Recipe:
    """A recipe of what a content's streams inflate to, and of what lies between them.

    Streams that the recipe deflates are left out of that. `found` are others, which are inflated where they lie in one
    piece in an object.
    """
    composer = Composer()
    sources = recipe.sources
    at = 0
    for member, start in _in_objects(recipe, found):
        place, *more = islice(recipe.parts(start, start + member.length), 2)
        source = sources[place.object]
        if more or place.whole or not isinstance(source, ObjectUsed):
            continue
        for extent in recipe.parts(at, start):
            composer.take_over(extent, sources)
        number = composer.use(Inflated(source, place.offset, member.length, member.size))
        composer.add(Extent(member.size, number, 0, member.size))
        at = start + member.length
    for extent in recipe.parts(at, recipe.starts[-1]):
        composer.take_over(extent, sources)
    return composer.recipe(recipe.sha256, recipe.md5, {})


def _in_objects(recipe: Recipe, found: Iterable[Member]) -> Iterator[tuple[Member, int]]:
    """The streams that the recipe does not deflate, and where each begins in what its extents make."""
    waiting = iter(recipe.deflated)
    stream = next(waiting, None)
    saved = 0
    for member in found:
        while stream is not None and stream.start - saved + stream.length <= member.start:
            saved += stream.whole - stream.length
            stream = next(waiting, None)
        if stream is None or member.start + member.length <= stream.start - saved:
            yield member, member.start + saved


def deflated_again(made: Iterable[tuple[Member, Parameters, int]]) -> Iterator[Deflated]:
    """How streams are made from what the recipe of `unpacked` makes. As from `remade`."""
    saved = 0
    for member, parameters, crc32 in made:
        yield Deflated(member.start + saved, member.size, member.length, parameters, crc32)
        saved += member.size - member.length
