"""BibTeX as it is written: one entry, its fields, names and TeX. pybtex reads the syntax, pylatexenc the TeX."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from baton.imports.errors import UnreadableDocument
from baton.imports.parse import parse_text
from baton.kernel.libraries import library
from baton.records.metadata import limits

LARGEST = 1_000_000  # bytes: an entry with ten thousand authors
MOST_EXPANDED = 100_000  # characters that abbreviations may stand for together

_TEX = re.compile(r"[\\{}$~%]|--|``|''|[!?]`")
_AND = re.compile(r"[{}]| and ", re.IGNORECASE)
_BARE_PERCENT = re.compile(r"(?<!\\)%")
_BARE_DOLLAR = re.compile(r"(?<!\\)\$")
# What the library does not know, or does not write as it is typed.
_CHARACTERS = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its type and the names of its fields in small letters, the values as they were typed."""

    kind: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts; one in braces is a whole, as those of organisations are."""

    family: str
    given: str = ""
    is_whole: bool = False


class _Abbreviations(dict[str, str]):
    """`@string` definitions: each may stand in the next one several times, so what they yield is counted."""

    left = MOST_EXPANDED

    def __getitem__(self, name: str) -> str:
        value = super().__getitem__(name)
        self.left -= len(value)
        if self.left < 0:
            raise UnreadableDocument("The abbreviations (@string) of this file stand for too much text.")
        return value


def parse_bibtex(data: bytes) -> Entry:
    """The only entry of a file. Raises `UnreadableDocument`."""
    if len(data) > LARGEST:
        raise UnreadableDocument(
            f"The file has several entries, or one of more than {LARGEST:,} bytes. A draft describes one work: "
            "send its entry alone."
        )
    source = parse_text(data)
    reader = library("pybtex.database.input.bibtex")
    found: Entry | None = None
    try:
        for command, content in reader.LowLevelParser(source, macros=_Abbreviations(reader.month_names)):
            if command.lower() in {"string", "preamble"}:
                continue
            if found is not None:
                raise UnreadableDocument(
                    "The file has several entries. A draft describes one work: send its entry alone."
                )
            _key, fields = content
            found = Entry(command.lower(), {name.lower(): "".join(parts) for name, parts in fields})
    except library("pybtex.scanner").PybtexSyntaxError as error:
        raise UnreadableDocument(f"The document is not valid BibTeX: {str(error)[:300]}.") from None
    if found is None:
        raise UnreadableDocument("The document has no entry of BibTeX, such as @article{key, title = {...}}.")
    return found


def plain(value: str) -> str:
    """The text that TeX would print, in one line."""
    if len(value) <= limits.HTML and _TEX.search(value):
        escaped = _BARE_PERCENT.sub(r"\\%", value)  # BibTeX knows no comments in values
        if len(_BARE_DOLLAR.findall(escaped)) % 2:
            escaped = _BARE_DOLLAR.sub(r"\\$", escaped)
        try:
            value = _tex().latex_to_text(escaped)
        except (RecursionError, library("pylatexenc.latexwalker").LatexWalkerError):
            pass  # what the library cannot read stays as it was typed
    return " ".join(value.split())


@cache
def _tex() -> Any:  # noqa: ANN401  of a library without types
    latex = library("pylatexenc.latex2text")
    known = latex.get_default_latex_context_db()
    macros = [latex.MacroTextSpec(name, character) for name, character in _CHARACTERS.items()]
    known.add_context_category("characters", macros=macros, prepend=True)
    return latex.LatexNodes2Text(latex_context=known, math_mode="text", strict_latex_spaces=False)


def names_in(value: str) -> Iterator[Name]:
    """The people of a list; `and others` is nobody."""
    persons = library("pybtex.database")
    for name in islice(_parted(" ".join(value.split())), limits.ITEMS):
        if name.lower() in {"", "others"}:
            continue
        if _is_whole(name):
            yield Name(plain(name), is_whole=True)
            continue
        try:
            parts = persons.Person(name[: limits.NAME])
        except persons.InvalidNameString:
            yield Name(plain(name))
            continue
        family = _joined(parts.prelast_names, parts.last_names)
        given = _joined(parts.first_names, parts.middle_names, parts.lineage_names)
        yield Name(family or given, given if family else "")


def _parted(names: str) -> Iterator[str]:
    """Parted by ` and ` outside of braces."""
    depth = start = 0
    for found in _AND.finditer(names):
        if found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
        elif depth == 0:
            yield names[start : found.start()].strip()
            start = found.end()
    yield names[start:].strip()


def _joined(*lists: list[str]) -> str:
    return plain(" ".join(name for names in lists for name in names))


def _is_whole(name: str) -> bool:
    """Whether the braces around the name are a pair."""
    if not (name.startswith("{") and name.endswith("}")):
        return False
    depth = 0
    for at, character in enumerate(name):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return at == len(name) - 1
    return False
