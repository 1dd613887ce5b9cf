"""One file on its way here: from several sources, in several ranges, compared, then put in its place in one step."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from baton.client.errors import Failure, LocalConflict, Unreachable, WrongContent
from baton.client.local import digests_of, stamp_of
from baton.client.older import Copy, pieces
from baton.client.partial import Partial
from baton.client.progress import Progress, told
from baton.client.repository import RemoteFile
from baton.client.source import NoRanges, Source
from baton.files.ranges import Span

# A larger file comes in several ranges, of at least and at most so many bytes: servers count requests.
SMALLEST_RANGE, LARGEST_RANGE = 32 << 20, 1 << 30
# Ranges for each connection; so one that is slow does not hold up all at the end.
RANGES_EACH = 4
COPIED_AT_ONCE = 1 << 20

# Works on a list, with threads or without; all that is called for each item is that it ends or raises.
Each = Callable[[Callable[[Span], None], Iterable[Span]], Any]


@dataclass(frozen=True, slots=True)
class Target:
    """A file there, where it goes here, and where its bytes are; `copies` are those that an older file here has.

    `replaces`: the stamp of what is here and may be replaced; `None` for whatever it is.
    """

    file: RemoteFile
    path: Path
    sources: Sequence[Source]
    replaces: str | None = None
    copies: Sequence[Copy] = ()

    @property
    def size(self) -> int:
        """How many bytes will come, as far as the server says."""
        return self.file.size or 0

    @property
    def part(self) -> Path:
        """Where its bytes gather; named by its digest too, so that another version's are never gone on with."""
        said = f"{self.file.key}\n{self.file.size}\n{self.file.sha256 or self.file.md5}"
        return self.path.with_name(f".baton-{sha256(said.encode()).hexdigest()[:24]}.part")


def in_turn(work: Callable[[Span], None], spans: Iterable[Span]) -> None:
    """Without threads."""
    for span in spans:
        work(span)


class Fetch:
    """One file on its way. `each`: how its ranges are worked on, `parallel` at once."""

    def __init__(self, target: Target, progress: Progress, each: Each, parallel: int) -> None:
        self._target = target
        self._progress = progress
        self._each = each
        self._parallel = parallel

    def run(self) -> None:
        """Fetch it, and put it in its place unless something else has come there meanwhile."""
        path = self._target.path
        path.parent.mkdir(parents=True, exist_ok=True)
        with Partial(self._target.part, self._target.file.size) as partial:
            self._progress.add(partial.held)
            self._gather(partial)
            if self._target.replaces not in {None, stamp_of(path)}:
                raise LocalConflict(f"{path} was changed while it was being fetched. Run the same command again.")
            partial.become(path)

    def _gather(self, partial: Partial) -> None:
        """Fetch from the first source that gives the right bytes. Raises what the last one failed by."""
        *mirrors, last = self._target.sources
        for mirror in mirrors:
            if mirror.remote.is_given_up:
                continue
            try:
                return self._take(mirror, partial)
            except Failure as failure:
                mirror.remote.is_given_up = isinstance(failure, Unreachable)
                told(f"{failure} The next source is asked.")
        has_own = bool(partial.held or self._target.copies)
        try:
            self._take(last, partial)
        except WrongContent as failure:
            if not has_own:
                raise
            # Nobody knows whether the source is to blame, or what was here already.
            told(f"{failure} All of it is fetched.")
            self._take(last, partial, with_copies=False)

    def _take(self, source: Source, partial: Partial, *, with_copies: bool = True) -> None:
        """Fetch what is missing from one source; wrong bytes are not kept."""
        try:
            if with_copies and self._target.copies:
                self._copy(partial)
            self._fill(source, partial)
            self._check(source, partial)
        except WrongContent:
            self._clear(partial)
            raise

    def _clear(self, partial: Partial) -> None:
        self._progress.add(-partial.held)
        partial.clear()

    def _copy(self, partial: Partial) -> None:
        for offset, data in pieces(self._target.path, self._target.copies, COPIED_AT_ONCE):
            if not partial.has(offset, offset + len(data)):
                self._write(partial, offset, data)

    def _write(self, partial: Partial, offset: int, data: bytes) -> None:
        partial.write(offset, data)
        self._progress.add(len(data))

    def _fill(self, source: Source, partial: Partial) -> None:
        if self._target.file.size is None:
            self._whole(source, partial)
            return
        try:
            self._each(lambda span: self._range(source, partial, span), _ranges(partial.missing(), self._parallel))
        except NoRanges:
            self._whole(source, partial)

    def _range(self, source: Source, partial: Partial, span: Span) -> None:
        """These bytes, however often the connection breaks."""
        size, attempts, at = self._target.size, source.attempts(), span.start
        while at < span.stop:
            left, begun, reason = Span(at, span.stop), at, "ended early"
            try:
                for block in source.part(left, size) if left.length < size else source.whole(size):
                    self._write(partial, at, block)
                    at += len(block)
            except (requests.RequestException, HTTPError, ConnectionError) as error:
                reason = f"broke off ({error})"
            if at == span.stop:
                return
            if at > begun:  # patience is for connections that bring nothing
                attempts = source.attempts()
            attempts.wait(f"{source} {reason}")

    def _whole(self, source: Source, partial: Partial) -> None:
        """All of it in one stream, which begins anew when it breaks: the server knows no ranges, or not the size."""
        attempts, reached = source.attempts(), 0
        while True:
            self._clear(partial)
            try:
                for block in source.whole(self._target.file.size):
                    self._write(partial, partial.held, block)
            except (requests.RequestException, HTTPError, ConnectionError) as error:
                if partial.held > reached:
                    attempts, reached = source.attempts(), partial.held
                attempts.wait(f"{source} broke off ({error})")
                continue
            return

    def _check(self, source: Source, partial: Partial) -> None:
        """Raise `WrongContent` unless size and digests are those that the repository states."""
        file = self._target.file
        if partial.missing():
            raise WrongContent(f"{source} ends before the {file.size:,} bytes that there should be.")
        if difference := file.difference(digests_of(partial.path, self._progress.watch)):
            raise WrongContent(f"{file.key} came from {source} with {difference}; it was not kept.")


def _ranges(missing: Sequence[Span], parallel: int) -> Iterator[Span]:
    """What to ask for: large stretches in several ranges, the others as they are."""
    total = sum(span.length for span in missing)
    each = min(max(SMALLEST_RANGE, total // (RANGES_EACH * parallel)), LARGEST_RANGE)
    for span in missing:
        for start in range(span.start, span.stop, each):
            yield Span(start, min(start + each, span.stop))
