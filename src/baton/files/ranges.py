"""Which bytes a `Range` header asks for: RFC 9110 section 14. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from baton.files.errors import RangeNotSatisfiable

# Who asks for more at once is told to ask for less: such requests cost more than they bring.
MOST_RANGES = 100

_UNIT = re.compile(r"[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=(.*)", re.DOTALL)
_SPEC = re.compile(r"([0-9]*)-([0-9]*)")
# Enough for any size there is; `int` itself refuses thousands of digits.
_MOST_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes from `start` up to, but not with, `stop`."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        return self.stop - self.start

    def content_range(self, size: int) -> str:
        """The value of `Content-Range` for this part of `size` bytes."""
        return f"bytes {self.start}-{self.stop - 1}/{size}"


def requested_spans(header: str | None, size: int) -> Sequence[Span] | None:
    """The parts of `size` bytes that are asked for, in the order of the request; `None` means all of them.

    Other units than bytes are ignored, as section 14.2 demands. What asks for no byte that exists, or cannot be read,
    raises `RangeNotSatisfiable`. Parts that overlap or touch are answered as one.
    """
    match = _UNIT.fullmatch(header or "")
    if match is None or match[1].lower() != "bytes":
        return None
    specs = [spec for part in match[2].split(",") if (spec := part.strip(" \t"))]
    if not specs:
        raise _refused(f"The range {(header or '')[:80]!a} names no bytes.", size)
    if len(specs) > MOST_RANGES:
        raise _refused(f"At most {MOST_RANGES} ranges can be asked for at once.", size)
    spans = [span for spec in specs if (span := _parse(spec, size)) is not None]
    if not spans:
        raise _refused(f"The content has {size} bytes, and {(header or '')[:80]!a} lies outside of them.", size)
    # A suffix of an empty content is all of it, and no part of it can be named.
    return None if size == 0 else _merge(spans)


def _parse(spec: str, size: int) -> Span | None:
    """One range; `None` when it begins behind the end."""
    match = _SPEC.fullmatch(spec)
    if match is None or not (match[1] or match[2]):
        raise _refused(f"{spec[:80]!a} is no range of bytes; write 0-499, 500- or -500.", size)
    if not match[1]:
        suffix = _number(match[2])
        return Span(max(0, size - suffix), size) if suffix else None
    first = _number(match[1])
    if match[2] and _number(match[2]) < first:
        raise _refused(f"The range {spec[:80]!a} ends before it begins.", size)
    last = min(_number(match[2]), size - 1) if match[2] else size - 1
    return Span(first, last + 1) if first < size else None


def _number(digits: str) -> int:
    digits = digits.lstrip("0")
    return int(digits or "0") if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def _merge(spans: Sequence[Span]) -> Sequence[Span]:
    """The spans as they are when they lie apart, else what they cover, in rising order (section 15.3.7.2)."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if merged and span.start <= merged[-1].stop:
            merged[-1] = Span(merged[-1].start, max(merged[-1].stop, span.stop))
        else:
            merged.append(span)
    return spans if len(merged) == len(spans) else merged


def _refused(detail: str, size: int) -> RangeNotSatisfiable:
    return RangeNotSatisfiable(detail, headers={"Content-Range": f"bytes */{size}"})
