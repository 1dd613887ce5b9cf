"""How fast the embedded index is built and asked, with the made-up repository of `corpus.py`; no HTTP, no database.

    python benchmarks/search.py --records 1000000 [--folder index]

Prints build speed and size, then the median and 95th percentile of wall and CPU time of each kind of query. No answer
comes from the cache unless it says so.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from baton.search.backend import Reader, SearchRequest
from baton.search.documents import document, key_of
from baton.search.facets import FACETS
from baton.search.query import parse
from baton.search.tantivy import TantivyBackend
from corpus import Corpus

FACET_NAMES = tuple(name for name in FACETS if name not in {"is_published", "status"})
READER = Reader(("user:7",))
ADMIN = Reader(is_admin=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--folder", type=Path, help="keep the index here and use it again")
    arguments.add_argument("--queries", type=int, default=200, help="how many of each kind")
    options = arguments.parse_args()
    corpus = Corpus()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        backend = TantivyBackend(folder, cached=0)
        if backend.needs_rebuild():
            build(backend, corpus, options.records, folder)
        ask_everything(backend, folder, corpus, options.records, options.queries)
        write_some(backend, corpus, options.records)


def build(backend: TantivyBackend, corpus: Corpus, count: int, folder: Path) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    for _record in corpus.records(min(count, 20_000)):
        pass
    making = (time.process_time() - cpu) / min(count, 20_000)
    wall, cpu = time.perf_counter(), time.process_time()
    backend.rebuild(document(record) for record in corpus.records(count))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu - making * count
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(
        f"build    {count:,} records in {wall:.0f} s; {cpu / count * 1e6:.0f} us of CPU a record without making it up"
    )
    print(f"         {count / cpu:,.0f} records/s a core; {size / 1e6:,.0f} MB, {size / count:.0f} bytes a record")


Make = Callable[[random.Random], SearchRequest]


def ask_everything(backend: TantivyBackend, folder: Path, corpus: Corpus, count: int, queries: int) -> None:
    """Every kind of query, each time another one of its kind."""
    print(f"{'25 hits and exact total':46}{'hits':>9}{'wall p50':>10}{'p95':>8}{'CPU p50':>10}{'p95':>8} ms")
    for name, make in kinds(corpus, count).items():
        dice = random.Random(name)
        measure(backend, name, [make(dice) for _ in range(queries)])
    empty = [SearchRequest(reader=READER, facets=FACET_NAMES)] * queries
    measure(backend, "nothing, newest first", [SearchRequest(reader=READER)] * queries)
    measure(backend, "nothing, 5 facets", empty)
    measure(TantivyBackend(folder), "nothing, 5 facets, from the cache", empty, skip=1)


def kinds(corpus: Corpus, count: int) -> dict[str, Make]:
    """How to make a query of each kind; words are chosen by their rank of frequency."""

    def typed(
        write: Callable[[random.Random], str], facets: tuple[str, ...] = (), sort: str | None = None, page: int = 1
    ) -> Make:
        asked = SearchRequest(reader=READER, facets=facets, sort=sort, page=page)
        return lambda dice: replace(asked, tree=parse(write(dice)).tree)

    def words(dice: random.Random, first: int, last: int, many: int = 1) -> list[str]:
        return [corpus.words[rank] for rank in dice.sample(range(first, last), many)]

    def rare(dice: random.Random) -> str:
        return words(dice, 30_000, 190_000)[0]

    def common(dice: random.Random) -> str:
        return words(dice, 80, 400)[0]

    def phrase(dice: random.Random) -> str:
        text = corpus.record(dice.randrange(count)).metadata["description"].strip("<p>./").split()
        start = dice.randrange(max(1, len(text) - 3))
        return f'"{" ".join(text[start : start + 3])}"'

    def years(dice: random.Random) -> str:
        year = dice.randint(1995, 2022)
        return f"{common(dice)} AND publication_date:[{year} TO {year + 2}]"

    def narrowed(dice: random.Random) -> SearchRequest:
        request = typed(common, facets=FACET_NAMES)(dice)
        chosen = {"resource_type": ["dataset"], "file_type": dice.sample(["pdf", "csv", "zip", "nc"], 2)}
        return replace(request, filters=chosen)

    return {
        "rare word": typed(rare),
        "common word": typed(common),
        "very common word": typed(lambda dice: words(dice, 3, 40)[0]),
        "three words": typed(lambda dice: " ".join(words(dice, 20, 2000, 3))),
        "three words, OR": typed(lambda dice: " OR ".join(words(dice, 80, 2000, 3))),
        "phrase of three words": typed(phrase),
        "beginning of a word, four letters": typed(lambda dice: common(dice)[:4] + "*"),
        "beginning of a word, one letter": typed(lambda dice: dice.choice("abcdefghijklmnoprstuvw") + "*"),
        "fuzzy word": typed(lambda dice: rare(dice) + "~"),
        "creator by name": typed(lambda dice: f'creators.name:"{dice.choice(corpus.people)}"'),
        "DOI": typed(lambda dice: f"doi:10.5072/baton.{2 * dice.randrange(count) + 2}"),
        "common word and three years": typed(years),
        "rare word, 5 facets": typed(rare, facets=FACET_NAMES),
        "common word, 5 facets": typed(common, facets=FACET_NAMES),
        "very common word, 5 facets": typed(lambda dice: words(dice, 3, 40)[0], facets=FACET_NAMES),
        "common word, 5 facets, 2 of them chosen": narrowed,
        "common word, newest first": typed(common, sort="newest"),
        "common word, page 100": typed(common, page=100),
        "one's own": lambda dice: SearchRequest(reader=READER, scope="mine", owner_id=dice.randrange(1, 20_000)),
    }


def measure(backend: TantivyBackend, name: str, requests: Sequence[SearchRequest], skip: int = 0) -> None:
    """Ask all of `requests` and print how long they took, without the first `skip`."""
    walls, cpus, hits = [], [], []
    for request in requests:
        wall, cpu = time.perf_counter(), time.thread_time()
        result = backend.search(request)
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.thread_time() - cpu) * 1000)
        hits.append(result.total)
    report(f"{name:46}{int(statistics.median(hits)):>9,}", walls[skip:], cpus[skip:])


def report(what: str, walls: Sequence[float], cpus: Sequence[float]) -> None:
    """One line of the table."""
    times = (*quantiles(walls), *quantiles(cpus))
    print(what + "{:>10.2f}{:>8.2f}{:>10.2f}{:>8.2f}".format(*times), flush=True)


def quantiles(values: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def write_some(backend: TantivyBackend, corpus: Corpus, count: int) -> None:
    """Single publications and a batch, each until a search finds it."""
    for batch, times in ((1, 30), (500, 3)):
        walls, cpus = [], []
        for turn in range(times):
            first = count + turn * batch
            documents = [document(corpus.record(index)) for index in range(first, first + batch)]
            wall, cpu = time.perf_counter(), time.process_time()
            backend.apply(documents, [])
            found = backend.search(
                SearchRequest(tree=parse(f"recid:{documents[-1]['record_id']}").tree, reader=ADMIN, all_versions=True)
            )
            walls.append((time.perf_counter() - wall) * 1000)
            cpus.append((time.process_time() - cpu) * 1000)
            assert found.total == 1
        backend.apply([], [key_of(2 * index + 2, is_draft=False) for index in range(count, count + times * batch)])
        report(f"{f'documents indexed and found: {batch}':55}", walls, cpus)


if __name__ == "__main__":
    main()
