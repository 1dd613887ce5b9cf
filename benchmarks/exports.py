"""What one export costs in CPU time: every format, of the record with every field and of the poorest.

Run from the root of the repository: `python -m benchmarks.exports`. The ratio is to a `json.dumps` of the same record's
metadata, which says how fast the machine is.
"""

import json
import time
from collections.abc import Callable

from tests.exports.samples import EVERYBODY, full_record, minimal_record

from baton.exports.formats import FORMATS

ROUNDS = 300
REPEATS = 5
LIMIT = 1.0  # milliseconds


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


if __name__ == "__main__":
    main()
