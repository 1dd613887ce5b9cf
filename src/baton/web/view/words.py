"""Numbers, links and labelled values as people read them. Pure."""

import re
from dataclasses import dataclass

UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
STEP = 1000
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")


@dataclass(frozen=True, slots=True)
class Link:
    """A text, and where it leads if it leads anywhere."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what is to be said under it."""

    label: str
    values: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that belong together, under a heading."""

    title: str
    facts: tuple[Fact, ...]


def file_size(size: int | None) -> str:
    """1 byte, 27 bytes, 1.2 kB, 34.5 MB; three digits are enough to choose by."""
    if size is None:
        return "not uploaded yet"
    if size == 1:
        return "1 byte"
    number, unit = float(size), 0
    while number >= STEP - 0.5 and unit < len(UNITS) - 1:
        number, unit = number / STEP, unit + 1
    if unit == 0:
        return f"{size} bytes"
    return f"{number:.1f} {UNITS[unit]}" if number < STEP / 10 else f"{number:.0f} {UNITS[unit]}"


def counted(number: int, one: str, many: str) -> str:
    """The number with the noun that it needs: `1 file`, `1,204 files`."""
    return f"{number:,} {one if number == 1 else many}"


def label_of(name: str) -> str:
    """A member's name as a label: `session_part` and `sessionPart` are "Session part"."""
    text = _HUMP.sub(" ", name.rpartition(":")[2]).lower()
    return f"{text[:1].upper()}{text[1:]}"
