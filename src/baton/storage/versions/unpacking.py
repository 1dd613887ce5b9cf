"""A content as what its deflate streams inflate to: what can be compared where a byte of it has changed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from baton.storage.versions.members import Member, Remade
from baton.storage.versions.recipe import Composer, Deflated, Extent, Inflated, ObjectUsed, Recipe


class Unpacked(NamedTuple):
    """A recipe of what a content's streams inflate to, and of what lies between them."""

    recipe: Recipe
    cuts: list[int]  # where streams begin and end


def unpacked(recipe: Recipe, found: Sequence[Member]) -> Unpacked:
    """A content as it is before the recipe deflates any of it, with other streams, `found` in it, inflated as well.

    These have to lie in one piece in an object; those that do not stay as they are.
    """
    composer = Composer()
    sources = recipe.sources
    streams = [(it.start, it.whole, it.whole) for it in recipe.deflated]
    at = 0
    for member, start in in_objects(recipe, found):
        place, *more = islice(recipe.parts(start, start + member.length), 2)
        source = sources[place.object]
        if more or place.whole or not isinstance(source, ObjectUsed):
            continue
        for extent in recipe.parts(at, start):
            composer.take_over(extent, sources)
        number = composer.use(Inflated(source, place.offset, member.length, member.size))
        composer.add(Extent(member.size, number, 0, member.size))
        streams.append((start, member.length, member.size))
        at = start + member.length
    for extent in recipe.parts(at, recipe.starts[-1]):
        composer.take_over(extent, sources)
    cuts: list[int] = []
    grown = 0
    for start, length, size in sorted(streams):
        cuts += [start + grown, start + grown + size]
        grown += size - length
    return Unpacked(composer.recipe(recipe.sha256, recipe.md5, {}), cuts)


def in_objects(recipe: Recipe, found: Iterable[Member]) -> Iterator[tuple[Member, int]]:
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


def deflated_again(made: Iterable[Remade]) -> Iterator[Deflated]:
    """How these streams of an object follow from what it is `unpacked` to."""
    saved = 0
    for member, parameters, crc32 in made:
        yield Deflated(member.start + saved, member.size, member.length, parameters, crc32)
        saved += member.size - member.length
