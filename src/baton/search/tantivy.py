"""The embedded backend: tantivy in this process, one writer and any number of readers over one folder."""

import logging
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import orjson
import tantivy

from baton.search.backend import Change, Facet, Hit, Reader, SearchRequest, SearchResult
from baton.search.compiler import compile_all
from baton.search.documents import Document
from baton.search.errors import SearchUnavailable
from baton.search.facets import aggregation, conditions, facet_of
from baton.search.generations import Generations, Stamp, open_index, schema
from baton.search.nodes import Everything, Node
from baton.search.scope import beyond, confines, offset_of
from baton.search.sorts import Order, order_of

log = logging.getLogger(__name__)

MB = 1_000_000
WRITER_MEMORY = 30 * MB
REBUILD_MEMORY = 200 * MB
REBUILD_THREADS = 1  # making documents takes longer than indexing them: a second one finds nothing to do
MOST_CACHED = 500

ENGINE_ERRORS = (ValueError, OSError, RuntimeError)
NO_NEW = "a new index cannot be written."
_SCHEMA = schema()


Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Snapshot:
    """What was committed at one moment, and answers already given from it."""

    generation: Path
    stamp: Stamp
    index: tantivy.Index
    searcher: tantivy.Searcher
    room: int
    answers: dict[Any, Any] = field(default_factory=dict)

    def keep(self, question: Any, answer: Answer) -> Answer:  # noqa: ANN401  hits or facets
        """Remember `answer` until the next commit, and give it back."""
        if len(self.answers) >= self.room:
            self.answers.clear()
        if self.room:
            self.answers[question] = answer
        return answer


class TantivyBackend:
    """Implements `backend.Backend`. Making one touches no file; whatever is wrong is said by what is asked of it."""

    def __init__(self, folder: Path, *, cached: int = MOST_CACHED) -> None:
        self._cached = cached  # how many answers are kept until the next commit
        self._generations = Generations(folder)
        self._snapshot: _Snapshot | None = None
        self._reading = threading.Lock()
        self._writer: tuple[Path, tantivy.IndexWriter] | None = None
        self._writing = threading.Lock()

    def search(self, request: SearchRequest) -> SearchResult:
        offset = offset_of(request)
        order = order_of(request.sort, has_query=not isinstance(request.tree, Everything))
        behind = beyond(request, order)
        chosen = conditions(request.filters)
        try:
            with _engine("the index cannot be read."):
                snapshot = self._current()
                request = _narrowed(request, snapshot.searcher)
                base = tuple(confines(request))
                within = (*base, *chosen.values())
                hits, total, last = self._hits(snapshot, request, order, (*within, *behind), offset)
                if behind:
                    total = self._count(snapshot, request, within)
                facets = _facets(snapshot, request, base, chosen)
        except SearchUnavailable:
            self._snapshot = None  # what is open may be fine no longer
            raise
        return SearchResult(hits, total, facets, last)

    def can_write(self) -> bool:
        try:
            with _engine("the index cannot be written.", is_news=False), self._writing:
                self._open_writer()
        except SearchUnavailable:
            return self.needs_rebuild() and self._can_rebuild()
        return True

    def _can_rebuild(self) -> bool:
        try:
            with _engine(NO_NEW, is_news=False), self._generations.building():
                return True
        except SearchUnavailable:
            return False

    def apply(self, upserts: Sequence[Document], deletes: Sequence[int]) -> None:
        with self._writing:
            try:
                with _engine("the index cannot be written."):
                    writer = self._open_writer()
                    _change(writer, upserts, deletes)
                    writer.commit()
            except SearchUnavailable:
                self._writer = None
                self._snapshot = None  # looked at again from the disk, which tells a full one from a damaged index
                raise

    def needs_rebuild(self) -> bool:
        try:
            with _engine("the index cannot be read.", is_news=False):
                self._current()
        except SearchUnavailable:
            return True
        return False

    def rebuild(self, documents: Iterable[Document], changes: Iterable[Change] = ()) -> None:
        with ExitStack() as stack:
            with _engine(NO_NEW):
                stack.enter_context(self._generations.building())
                generation = self._generations.create()
            try:
                self._build(generation, documents, changes)
            except BaseException:
                shutil.rmtree(generation, ignore_errors=True)
                raise

    def _build(self, generation: Path, documents: Iterable[Document], changes: Iterable[Change]) -> None:
        with _engine(NO_NEW):
            writer = open_index(generation).writer(REBUILD_MEMORY, REBUILD_THREADS)
        for document in documents:
            with _engine(NO_NEW):
                writer.add_json(orjson.dumps(document).decode())
        for upserts, deletes in changes:
            with _engine(NO_NEW):
                _change(writer, upserts, deletes)
        with _engine(NO_NEW), self._writing:
            writer.commit()
            self._generations.switch(generation)
            self._writer = (generation, writer)

    def close(self) -> None:
        with self._writing:
            writer, self._writer = self._writer, None
            if writer is not None:
                with _engine("the index cannot be closed."):
                    writer[1].wait_merging_threads()
        self._snapshot = None

    def _current(self) -> _Snapshot:
        """The newest commit of the current generation, whichever process made it."""
        known = self._snapshot
        if known is not None and self._is_newest(known):
            return known
        with self._reading:
            generation = self._generations.current()
            try:
                return self._opened(generation)
            except ENGINE_ERRORS:
                newer = self._generations.current()
                if newer == generation:
                    raise
                return self._opened(newer)  # a rebuild ended in between

    def _is_newest(self, snapshot: _Snapshot) -> bool:
        try:
            return self._generations.stamp(snapshot.generation) == snapshot.stamp
        except FileNotFoundError:
            return False

    def _opened(self, generation: Path) -> _Snapshot:
        known = self._snapshot
        stamp = self._generations.stamp(generation)
        if known is not None and known.stamp == stamp:
            return known
        is_open = known is not None and known.generation == generation
        index = known.index if known is not None and is_open else open_index(generation)
        index.reload()
        self._snapshot = _Snapshot(generation, stamp, index, index.searcher(), self._cached)
        return self._snapshot

    def _open_writer(self) -> tantivy.IndexWriter:
        """The writer of the current generation; opened once, because the lock is kept as long as the process lives."""
        generation = self._generations.current()
        if self._writer is not None and self._writer[0] == generation:
            return self._writer[1]
        self._writer = None
        writer = open_index(generation).writer(WRITER_MEMORY, 1)
        self._writer = (generation, writer)
        return writer

    def _hits(
        self, snapshot: _Snapshot, request: SearchRequest, order: Order, within: tuple[Node, ...], offset: int
    ) -> tuple[tuple[Hit, ...], int, int | None]:
        key = (request.tree, within, order, offset, request.size)
        if key in snapshot.answers:
            found: tuple[tuple[Hit, ...], int, int | None] = snapshot.answers[key]
            return found
        result = snapshot.searcher.search(
            compile_all(snapshot.index.schema, request.tree, within),
            limit=request.size,
            offset=offset,
            order_by_field=order.field,
            order=tantivy.Order.Desc if order.descending else tantivy.Order.Asc,
        )
        addresses = [address for _score, address in result.hits]
        numbers = snapshot.searcher.fast_field_values("key", addresses)
        hits = tuple(_hit(int(number or 0)) for number in numbers)
        last = None
        if order.field is not None and order.gives_places and addresses:
            [place] = snapshot.searcher.fast_field_values(order.field, addresses[-1:])
            last = None if place is None else int(place)
        total: int = result.count  # type: ignore[attr-defined] # the stubs lack it
        return snapshot.keep(key, (hits, total, last))

    def _count(self, snapshot: _Snapshot, request: SearchRequest, within: tuple[Node, ...]) -> int:
        """How many there are in all, wherever the page begins."""
        key = (request.tree, within)
        if key in snapshot.answers:
            known: int = snapshot.answers[key]
            return known
        result = snapshot.searcher.search(compile_all(snapshot.index.schema, request.tree, within), limit=1)
        return snapshot.keep(key, int(result.count))  # type: ignore[attr-defined] # the stubs lack it


def _hit(number: int) -> Hit:
    return Hit(number >> 1, bool(number & 1))


def _narrowed(request: SearchRequest, searcher: tantivy.Searcher) -> SearchRequest:
    """`request` without tokens that open nothing, so that all readers without secrets share the same answers."""
    tokens = request.reader.tokens
    useful = tuple(sorted(token for token in tokens if searcher.doc_freq("acl", token)))
    if useful == tokens:
        return request
    return replace(request, reader=Reader(useful, is_admin=request.reader.is_admin))


def _facets(
    snapshot: _Snapshot, request: SearchRequest, base: tuple[Node, ...], chosen: Mapping[str, Node]
) -> tuple[Facet, ...]:
    """Each facet counted among what everything but its own chosen values leaves, so that others can be chosen too."""
    if not request.facets:
        return ()
    values = tuple((name, tuple(values)) for name, values in sorted(request.filters.items()))
    key = (request.tree, base, values, request.facets)
    if key not in snapshot.answers:
        counts: dict[str, Any] = {}
        unchosen = [name for name in request.facets if name not in chosen]
        for group in (unchosen, *([name] for name in request.facets if name in chosen)):
            within = (*base, *(node for name, node in chosen.items() if name not in group))
            counts |= _counts(snapshot, request, group, within)
        return snapshot.keep(key, tuple(facet_of(name, counts) for name in request.facets))
    facets: tuple[Facet, ...] = snapshot.answers[key]
    return facets


def _counts(
    snapshot: _Snapshot, request: SearchRequest, names: Sequence[str], within: tuple[Node, ...]
) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for name in names:
        wanted |= aggregation(name, request.filters.get(name, ()))
    if not wanted:
        return {}
    return dict(snapshot.searcher.aggregate(compile_all(snapshot.index.schema, request.tree, within), wanted))


@contextmanager
def _engine(reason: str, *, is_news: bool = True) -> Iterator[None]:
    """Whatever fails in the engine or its files makes search unavailable, and nothing else."""
    try:
        yield
    except BaseException as error:
        # A panic of the engine reaches Python as a BaseException of a class that cannot be imported.
        if not isinstance(error, ENGINE_ERRORS) and type(error).__name__ != "PanicException":
            raise
        log.log(logging.WARNING if is_news else logging.DEBUG, "search index failed: %s", error)
        raise SearchUnavailable(reason) from error


def _change(writer: tantivy.IndexWriter, upserts: Sequence[Document], deletes: Sequence[int]) -> None:
    for key in (*deletes, *(document["key"] for document in upserts)):
        # By query: the engine's deletion by term takes numbers and finds nothing.
        writer.delete_documents_by_query(tantivy.Query.term_query(_SCHEMA, "key", key))
    for document in upserts:
        writer.add_json(orjson.dumps(document).decode())
