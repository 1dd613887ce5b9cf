"""One place that has the bytes of a file, as what an answer of it brings. Nothing that it says is believed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import requests

from baton.client.errors import WrongContent
from baton.client.remote import Attempts, Remote
from baton.files.ranges import Span

# What is read at once. A block that breaks off is lost, so it is a small one.
BLOCK = 64 << 10
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,19})-([0-9]{1,19})/(?:([0-9]{1,19})|\*)")


class NoRanges(Exception):
    """The source sends the whole file whatever it is asked for."""


@dataclass(frozen=True, slots=True)
class Source:
    """An address on a server."""

    remote: Remote
    address: str

    def __str__(self) -> str:
        return self.address

    def attempts(self) -> Attempts:
        """Pauses for what breaks off."""
        return self.remote.attempts()

    def whole(self, size: int | None) -> Iterator[bytes]:
        """The file from its beginning. Raises `WrongContent` for one that is longer than `size`."""
        with self.remote.stream(self.address, {}) as answer:
            yield from self._blocks(answer, size)

    def part(self, span: Span, size: int) -> Iterator[bytes]:
        """These bytes of a file of `size`, or the first of them. Raises `NoRanges`, `WrongContent`."""
        with self.remote.stream(self.address, {"Range": f"bytes={span.start}-{span.stop - 1}"}) as answer:
            if answer.status_code != HTTPStatus.PARTIAL_CONTENT:
                raise NoRanges
            said = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
            if not said or int(said[1]) != span.start or int(said[2]) >= span.stop or said[3] not in {None, str(size)}:
                raise WrongContent(f"{self} sends another range than the one that was asked for.")
            yield from self._blocks(answer, span.length)

    def _blocks(self, answer: requests.Response, most: int | None) -> Iterator[bytes]:
        seen = 0
        for block in answer.iter_content(BLOCK):
            seen += len(block)
            if most is not None and seen > most:
                raise WrongContent(f"{self} sends more than the {most:,} bytes that there should be.")
            yield block
