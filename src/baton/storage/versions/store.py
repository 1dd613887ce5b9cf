"""A content store in which contents may be kept as recipes: whoever reads does not notice."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Self

from baton.storage.content import ContentStore, Handle, Known, Stored, Swept, Writer
from baton.storage.errors import ContentMissing, DamagedRecipe, damaged
from baton.storage.versions import recipe as recipes
from baton.storage.versions.reading import RecipeHandle
from baton.storage.versions.recipe import Recipe

# Extents of recipes that stay in memory, some 200 bytes each, and for how long: a content may be put together anew.
KEPT_EXTENTS = 250_000
KEPT_SECONDS = 60.0
# Ranges of objects that are brought at once, for all readers together, from a store that is far away.
FETCHERS = 16


class EnduringHandle:
    """A content that is an object, and goes on as a recipe should the object go while it is read."""

    def __init__(self, handle: Handle, follow: Callable[[], Handle | None]) -> None:
        self._handle = handle
        self._follow = follow

    @property
    def size(self) -> int:
        return self._handle.size

    @property
    def window(self) -> int:
        return self._handle.window

    def pread(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; both must lie inside the content. May block."""
        try:
            return self._handle.pread(offset, length)
        except ContentMissing:
            made = None if isinstance(self._handle, RecipeHandle) else self._follow()
            if made is None:
                raise
            self._handle.close()
            self._handle = made
            return made.pread(offset, length)

    def close(self) -> None:
        self._handle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


class VersionedStore:
    """The objects of `objects`, and the contents that recipes make of them. As a `ContentStore`."""

    def __init__(self, objects: ContentStore) -> None:
        self.objects = objects
        self._kept: OrderedDict[str, tuple[Recipe, float]] = OrderedDict()
        self._keeping = Lock()
        self._fetchers = None if objects.is_local else ThreadPoolExecutor(FETCHERS, "fetcher")

    @property
    def is_local(self) -> bool:
        return self.objects.is_local

    def open(self, sha256: str, size: int | None = None) -> Handle:
        """The content of that name: the object if there is one, else what the recipe makes. Raises `ContentMissing`."""
        # Far away, not every reader has to find out that the object has gone.
        if not self.is_local and (recipe := self._remembered(sha256)) is not None:
            return self._made(recipe, size)
        try:
            return EnduringHandle(self.objects.open(sha256, size), lambda: self._follow(sha256, size))
        except ContentMissing:
            made = self._follow(sha256, size)
            if made is None:
                raise
            return made

    def _follow(self, sha256: str, size: int | None) -> RecipeHandle | None:
        recipe = self.recipe(sha256)
        return None if recipe is None else self._made(recipe, size)

    def _made(self, recipe: Recipe, size: int | None) -> RecipeHandle:
        if size not in {None, recipe.size}:
            raise damaged(recipe.sha256)
        return RecipeHandle(recipe, self.objects.open, self._fetchers)

    def size(self, sha256: str) -> int | None:
        size = self.objects.size(sha256)
        if size is None and (recipe := self.recipe(sha256)) is not None:
            return recipe.size
        return size

    def exists(self, sha256: str) -> bool:
        return self.size(sha256) is not None

    def recipe(self, sha256: str) -> Recipe | None:
        """How a content is put together, as remembered for a moment; `None` when there is no recipe."""
        recipe = self._remembered(sha256)
        if recipe is None and (recipe := self.stored_recipe(sha256)) is not None:
            self._keep(recipe)
        return recipe

    def stored_recipe(self, sha256: str) -> Recipe | None:
        """How a content is put together, as it is written down now. Raises `DamagedRecipe`."""
        text = self.objects.get_note(recipes.NOTES, sha256)
        if text is None:
            return None
        recipe = recipes.read(text)
        if recipe.sha256 != sha256:
            raise DamagedRecipe(f"The recipe of {sha256} is that of {recipe.sha256}.")
        return recipe

    def _remembered(self, sha256: str) -> Recipe | None:
        with self._keeping:
            recipe, since = self._kept.get(sha256, (None, 0.0))
        return recipe if time.monotonic() - since < KEPT_SECONDS else None

    def _keep(self, recipe: Recipe) -> None:
        with self._keeping:
            self._kept.pop(recipe.sha256, None)
            self._kept[recipe.sha256] = recipe, time.monotonic()
            total = sum(len(kept.extents) for kept, _since in self._kept.values())
            while total > KEPT_EXTENTS:
                _name, (old, _since) = self._kept.popitem(last=False)
                total -= len(old.extents)

    def writer(self) -> Writer:
        return self.objects.writer()

    def adopt(self, path: Path, stored: Stored) -> AbstractContextManager[Stored]:
        return self.objects.adopt(path, stored)

    def delete(self, sha256: str) -> None:
        """Remove an object, if it is there; recipes are notes, and go with `delete_note`."""
        self.objects.delete(sha256)

    def walk(self) -> Iterator[tuple[str, int]]:
        """Name and size of every object: what is stored, not what can be read."""
        return self.objects.walk()

    def sweep(self, known: Known, older_than: datetime) -> Swept:
        return self.objects.sweep(known, older_than)

    def put_note(self, kind: str, sha256: str, data: bytes) -> None:
        self.objects.put_note(kind, sha256, data)

    def get_note(self, kind: str, sha256: str) -> bytes | None:
        return self.objects.get_note(kind, sha256)

    def delete_note(self, kind: str, sha256: str) -> None:
        self.objects.delete_note(kind, sha256)

    def walk_notes(self, kind: str) -> Iterator[str]:
        return self.objects.walk_notes(kind)

    def check(self) -> None:
        self.objects.check()
