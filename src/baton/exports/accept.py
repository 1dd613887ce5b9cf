"""The `Accept` header (RFC 9110, 12.5.1): which of some media types the caller likes best."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Quoted strings may hold commas and semicolons. Every character is of exactly one of these pieces, so that reading a
# header of any length takes time in proportion to it.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"?|[,;]|[^",;]+|.', re.DOTALL)
_TYPE = re.compile(r"[\w!#$&^.+-]+/(?:[\w!#$&^.+-]+|\*)|\*/\*", re.ASCII)
_QUALITY = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")
# Asks for another representation than the plain one (RFC 6906); other parameters (charset, version) do not.
PROFILE = "profile"
_PROFILED = re.compile(rf'([^;]+);{PROFILE}="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Range:
    """One media range of the header, and how much it is wanted: 0 to 1."""

    media_type: str  # in small letters
    quality: float
    profile: str = ""

    @property
    def precision(self) -> int:
        """2 for `a/b`, 1 for `a/*`, 0 for `*/*`."""
        return 2 - self.media_type.count("*")

    def covers(self, media_type: str) -> bool:
        """Whether the range speaks of this media type, which may end in `;profile="..."`: then only if it does too."""
        profiled = _PROFILED.fullmatch(media_type)
        if self.precision == 2:  # noqa: PLR2004  see `precision`
            return (self.media_type, self.profile) == (profiled.groups() if profiled else (media_type, ""))
        return not self.profile and (self.precision == 0 or media_type.startswith(self.media_type[:-1]))


def best(accept: str, offered: Sequence[str]) -> str | None:
    """The media type of `offered` that is wanted most, the most exactly asked for, and named first; or none."""
    ranges = list(parse(accept))
    choices = []
    for media_type in offered:
        speaking = [(at, one) for at, one in enumerate(ranges) if one.covers(media_type)]
        if speaking:
            at, ruling = max(speaking, key=lambda found: (found[1].precision, -found[0]))
            choices.append((ruling.quality, ruling.precision, -at, media_type))
    # `max` keeps the first of equals, so the order of `offered` decides where nothing else does.
    quality, *_, chosen = max(choices, key=lambda choice: choice[:3], default=(0.0, 0, 0, ""))
    return chosen if quality > 0 else None


def parse(accept: str) -> Iterator[Range]:
    """The ranges in the order of the header; what is malformed is passed over."""
    for part in _split(_PIECE.findall(accept), ","):
        media_type, *parameters = ("".join(pieces).strip() for pieces in _split(part, ";"))
        named = dict(_parameter(text) for text in parameters)
        quality = named.get("q", "1")
        if _TYPE.fullmatch(media_type) and _QUALITY.fullmatch(quality):
            yield Range(media_type.lower(), float(quality), named.get(PROFILE, "").strip('"'))


def _split(pieces: Sequence[str], separator: str) -> Iterator[list[str]]:
    part: list[str] = []
    for piece in pieces:
        if piece == separator:
            yield part
            part = []
        else:
            part.append(piece)
    yield part


def _parameter(text: str) -> tuple[str, str]:
    name, _equals, value = text.partition("=")
    return name.strip().lower(), value.strip()
