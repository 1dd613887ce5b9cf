"""`baton doctor-data`: what later versions of files would cost, and how to pack them better."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Event

import click

from baton.client.packing.examine import NEXT, Finding, examine
from baton.client.packing.found import Found, Tell, find
from baton.client.progress import Progress, shown, told
from baton.client.sizes import readable
from baton.kernel.errors import Problem

COULD_BE_BETTER, UNREADABLE = 6, 1  # exit codes
# Of more files, only those are shown that could be packed better.
MOST_SHOWN = 20
MOST_FORMATS = 6
_EDITS = {
    "inserted": "a row inserted in the middle",
    "corrected": "60 values corrected",
    "appended": "1 % appended",
    NEXT: "this version after the older one",
}


@click.command("doctor-data")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--against",
    type=click.Path(exists=True, path_type=Path),
    help="An older copy, file or folder: measures what the next version costs.",
)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each file.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def doctor_data(paths: Sequence[Path], against: Path | None, as_json: bool, quiet: bool) -> None:
    """Tell what later versions of files would cost, and how to pack them better.

    Nothing is sent or changed. Typical edits are tried on the first 16 MiB of each file with the code that deposits and
    the storage use; with --against, the files are compared with an older copy. Exit codes: 0 nothing to do better, 1
    something cannot be read, 2 wrong options, 6 something could be packed better.
    """
    unreadable: list[Path] = []

    def failed(path: Path, reason: str) -> None:
        unreadable.append(path)
        _passed_over(path, reason)

    found = list(find(paths, against, failed, _passed_over))
    formats: Counter[str] = Counter()
    better = 0
    with Progress("Examining", sum(file.size for file in found), Event(), quiet=quiet) as progress:
        for file in found:
            if finding := _examined(file, failed):
                better += finding.is_improvable
                formats[finding.format] += 1
                if as_json:
                    shown(_as_json(finding))
                elif finding.is_improvable or len(found) <= MOST_SHOWN:
                    shown(_as_text(finding))
            progress.add(file.size)
    if not as_json:
        of_these = ", ".join(f"{count:,} {name}" for name, count in formats.most_common(MOST_FORMATS))
        told(f"{len(found):,} files: {of_these}. Could be packed better: {better:,}.")
    raise SystemExit(UNREADABLE if unreadable else COULD_BE_BETTER if better else 0)


def _passed_over(path: Path, reason: str) -> None:
    told(f"{path}: {reason}")


def _examined(file: Found, failed: Tell) -> Finding | None:
    try:
        return examine(file.path, file.older)
    except Problem as problem:
        failed(file.path, problem.detail)
    except OSError as error:
        failed(file.path, error.strerror or str(error))
    return None


def _as_text(finding: Finding) -> str:
    lines = [f"{finding.path}: {finding.format}, {readable(finding.size)}"]
    for edit, cost in finding.costs.items():
        otherwise = finding.otherwise.get(edit)
        instead = f"; otherwise {readable(otherwise.sent)}" if otherwise and finding.is_improvable else ""
        lines.append(
            f"  {_EDITS[edit]}: sends {_share(cost.sent, finding.size)}, stores {readable(cost.stored)}{instead}"
        )
    return "\n".join([*lines, f"  {finding.advice}"] if finding.advice else lines)


def _share(sent: int, size: int) -> str:
    return f"{readable(sent)} ({sent / size:.1%})" if size else readable(sent)


def _as_json(finding: Finding) -> str:
    return json.dumps(
        {
            "path": str(finding.path),
            "size": finding.size,
            "format": finding.format,
            "costs": {edit: asdict(cost) for edit, cost in finding.costs.items()},
            "otherwise": {edit: asdict(cost) for edit, cost in finding.otherwise.items()},
            "advice": finding.advice,
            "could_be_better": finding.is_improvable,
        }
    )
