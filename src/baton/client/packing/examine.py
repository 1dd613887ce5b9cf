"""One file: what a later version of it would cost as it is packed, what otherwise, and what to do about it."""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from baton.client.delta import SMALLEST_DELTA
from baton.client.packing.archive import TooMany, costs_of_zip, member_sizes
from baton.client.packing.cost import MOST_INFLATED, Cost, cost, cost_of, is_kept_inflated, unknown
from baton.client.packing.edits import EDITS
from baton.client.packing.formats import HEAD, Format, Kind, recognise
from baton.client.packing.parquet import costs_of_parquet
from baton.client.packing.streams import BLOCK, DAMAGED, deflated, inflated
from baton.client.sizes import readable
from baton.storage.chunking import chunk_list, chunks

# Bytes that edits are tried on: the first ones of a file, or of what is packed in it.
SAMPLE = 16 << 20
# What compresses to more than this share is compressed already.
DENSE = 0.95
PROBE = 1 << 20
# Another way of packing is worth the trouble when it sends less than this share.
MUCH_LESS = 0.5
# Beside made-up edits: the file itself as the next version of an older copy.
NEXT = "this version"
_UNPACKED = {
    False: "Deposit it unpacked; if it must be packed, by gzip --rsyncable.",
    True: "Deposit the folder as it is (100,000 files are fine), or as zip: then only members that change are sent.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Costs by edit; `otherwise`: when the advice is followed; `is_improvable`: whether that is worth the trouble."""

    path: Path
    size: int
    format: str
    costs: Mapping[str, Cost] = field(default_factory=dict)
    otherwise: Mapping[str, Cost] = field(default_factory=dict)
    advice: str = ""
    is_improvable: bool = False


def examine(path: Path, older: Path | None) -> Finding:
    """Look at a file, and compare it with an older copy if there is one. Raises `OSError`."""
    size = path.stat().st_size
    found = _format_of(path)
    try:
        is_small = size < SMALLEST_DELTA
        finding = Finding(path, size, found.name) if is_small else _EXAMINERS[found.kind](path, size, found)
        return _compared(finding, found, older)
    except TooMany as error:
        return Finding(path, size, found.name, advice=f"{error} It was not looked into.")
    except (zipfile.BadZipFile, NotImplementedError, ValueError, *DAMAGED) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        advice = f"It is damaged or made in an unknown way: {error}"
        return Finding(path, size, found.name, advice=advice, is_improvable=True)


def _format_of(path: Path) -> Format:
    with path.open("rb") as file:
        return recognise(file.read(HEAD))


def _plain(path: Path, size: int, found: Format) -> Finding:
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    probe = sample[len(sample) // 2 :][:PROBE]
    if found.kind is Kind.FIXED and len(zlib.compress(probe, 1)) > DENSE * len(probe):
        advice = (
            "Its data are compressed inside, in blocks: what is corrected changes its block, what is inserted moves all"
            " that follows. Blocks of up to 1 MiB help, and writing the file anew does not. --against measures it."
        )
        return Finding(path, size, f"{found.name}, compressed inside", advice=advice)
    advice = "A folder can be deposited as it is, with 100,000 files." if found.name == "tar" else ""
    return Finding(path, size, found.name, _tried(sample, size / len(sample), found), advice=advice)


def _tried(sample: bytes, factor: float, found: Format) -> dict[str, Cost]:
    """What edits of plain bytes cost: the same in a larger file, except for what is added to it."""
    return {
        name: cost_of(sample, edit(sample)).scaled(factor if name == "appended" else 1)
        for name, edit in EDITS.items()
        if name != "inserted" or found.kind is Kind.FLOWING
    }


def _stream(path: Path, size: int, found: Format) -> Finding:
    sample = b"".join(islice(inflated(path, found.name), SAMPLE // BLOCK))
    if not sample:
        return Finding(path, size, found.name)
    packed, inner = deflated(sample, found.name), recognise(sample[:HEAD])
    factor = size / len(packed)
    is_inflated = found.name == "gzip" and is_kept_inflated(path)
    costs = {}
    for name, edit in EDITS.items():
        if name == "inserted" and inner.kind is not Kind.FLOWING:
            continue
        cost = cost_of(packed, deflated(edit(sample), found.name), MOST_INFLATED if is_inflated else 0)
        # What is stored of what changed inside is the same in a larger file, except for what is added to it.
        stored = cost.stored if is_inflated and name != "appended" else cost.stored * factor
        costs[name] = Cost(int(cost.sent * factor), int(stored))
    advice = (
        f"An edit changes every byte after it, unless it was packed by {found.name} --rsyncable. Unpacked it has about"
        f" {readable(len(sample) * factor)}, and nearly all of that would be shared. {_UNPACKED[inner.name == 'tar']}"
    )
    otherwise = _tried(sample, factor, inner)
    return _advised(Finding(path, size, f"{inner.name} in {found.name}", costs, otherwise, advice))


def _members(path: Path, size: int, found: Format) -> Finding:
    sizes = member_sizes(path)
    finding = Finding(path, size, f"{found.name} of {len(sizes):,}", costs_of_zip(sizes, size))
    if max(sizes, default=0) < size * MUCH_LESS:
        return finding
    advice = "Nearly all of it is one member, which changes as a whole. Deposit that unpacked."
    return replace(finding, advice=advice, is_improvable=True)


def _parquet(path: Path, size: int, found: Format) -> Finding:
    costs, otherwise = costs_of_parquet(path)
    advice = (
        "Costs are those of pyarrow's defaults. Write it with use_content_defined_chunking=True (pyarrow 21 or newer): "
        "then pages end where the content says so, and those that are the same stay the same."
    )
    return _advised(Finding(path, size, found.name, costs, otherwise, advice))


def _sealed(path: Path, size: int, found: Format) -> Finding:
    advice = "It cannot be looked into, and changes as a whole. Deposit what is in it, or a zip of it."
    return Finding(path, size, found.name, dict.fromkeys(EDITS, Cost(size, size)), advice=advice, is_improvable=True)


def _media(path: Path, size: int, found: Format) -> Finding:
    return Finding(path, size, found.name)


_EXAMINERS: Mapping[Kind, Callable[[Path, int, Format], Finding]] = {
    Kind.FLOWING: _plain,
    Kind.FIXED: _plain,
    Kind.STREAM: _stream,
    Kind.MEMBERS: _members,
    Kind.PARQUET: _parquet,
    Kind.SEALED: _sealed,
    Kind.MEDIA: _media,
}


def _compared(finding: Finding, found: Format, older: Path | None) -> Finding:
    """With what the file itself costs as the next version of an older copy, and would cost if both were unpacked."""
    if older is None:
        return finding
    finding = replace(finding, costs={**finding.costs, NEXT: cost(older, finding.path)})
    if found.kind is not Kind.STREAM or _format_of(older) != found:
        return finding
    before = chunk_list(chunks(inflated(older, found.name)), sha256="")
    sent = unknown(chunks(inflated(finding.path, found.name)), before)
    return _advised(replace(finding, otherwise={**finding.otherwise, NEXT: Cost(sent, sent)}))


def _advised(finding: Finding) -> Finding:
    """Keep the advice only if following it would save much: of the comparison if there is one, of any edit if not."""
    edits = [NEXT] if NEXT in finding.otherwise else list(finding.otherwise)
    is_improvable = any(
        finding.otherwise[edit].sent < MUCH_LESS * finding.costs[edit].sent for edit in edits if edit in finding.costs
    )
    return replace(finding, is_improvable=is_improvable, advice=finding.advice if is_improvable else "")
