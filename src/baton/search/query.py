"""The query language: from what somebody typed to the tree that backends compile. Nothing typed is ever an error.

It is Lucene's `query_string` syntax as Zenodo documents it, with these rules of our own:
- Words are AND-ed. AND binds tighter than OR, and both tighter than a blank: `a OR b c` is `(a OR b) AND c`.
- What cannot be parsed, or is beyond the limits, is searched as plain words, all of which must occur.
- A name before a colon that is no field is taken for text: `Python: a handbook` finds the book, and `nosuch:x` only
  documents with both words. A known field with an impossible value (`created:soon`) matches nothing.
- A `*` at the start of a word is left out, and so are wildcards around a single letter: they cost too much to answer.
- Slashes are letters: there are no regular expressions. URLs and DOIs need no quotes.
- A phrase in a field of many values is never found across two of them, whatever its slop.
"""

import re
from dataclasses import dataclass
from typing import Any

from luqum import tree as lucene
from luqum.exceptions import ParseError
from luqum.thread import parse as parse_lucene

from baton.search import nodes
from baton.search.analysis import ANY, ONE, PRIVATE, is_unspaced, words
from baton.search.fields import Field, Kind, resolve
from baton.search.nodes import Node
from baton.search.values import anywhere, between, bounds_of, distance_for, fitting, in_text, present, value_of

LONGEST_QUERY = 4000
MOST_CLAUSES = 128
MOST_PATTERNS = 16
DEEPEST = 40

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ue000\ue001]")
# What Lucene's grammar here does not know, outside of quoted phrases: see `_prepared`.
_SPECIAL = re.compile(
    r"""
      (?P<keep> "(?:[^"\\]|\\.)*" | \\. )
    | (?P<address> (?<![^\s(:+!-]) (?: (?:https?|ftp)://[^\s"^]+ | 10\.\d{4,9}/[^\s"^]+ ) )
    | (?P<both> && ) | (?P<either> \|\| )
    | (?P<without> (?<![^\s(:]) ! (?=[^\s!]) )
    | (?P<lonely> (?<!\S) [-+!=<>~^]+ (?!\S) )
    | (?P<letter> (?<![^\s(:+-]) [/'] )
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = {"both": " AND ", "either": " OR ", "without": "NOT ", "lonely": " "}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_WILDCARD = re.compile(r"\\(.)|([*?])", re.DOTALL)
_NAME = re.compile(r"^[\w.\\:]+?(?<!\\):")
_SIGNS = "\"'()[]{}+-!^~*?\\"
_RESERVED = frozenset({"AND", "OR", "NOT", "TO", "&&", "||"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query understood; `as_words` when it was malformed or too much and is searched as plain words."""

    tree: Node
    as_words: bool = False


class _Malformed(Exception):
    """Beyond the grammar or the limits: the query is searched as words."""


def parse(text: str) -> Parsed:
    """The tree for what somebody typed. Never raises; an empty query is everything."""
    text = _CONTROL.sub(" ", text).strip()
    if not text or text == "*":
        return Parsed(nodes.Everything())
    try:
        return Parsed(_grammatical(text))
    except (ParseError, ArithmeticError, ValueError, _Malformed):  # the grammar takes `""~.` for a distance
        return Parsed(_as_words(text), as_words=True)


def field_is(name: str, values: list[str]) -> Node:
    """A filter: the field `name` has one of `values`, which are taken literally. An unknown field matches nothing."""
    field = resolve(name)
    if field is None:
        return nodes.Nothing()
    return nodes.some_of([value_of(field, value) or nodes.Nothing() for value in values])


def _grammatical(text: str) -> Node:
    if len(text) > LONGEST_QUERY or len(text.split()) > 3 * MOST_CLAUSES or text.count("(") > 3 * DEEPEST:
        raise _Malformed
    node = _Conversion().node(parse_lucene(_prepared(text)), None, 0)
    return nodes.Nothing() if node is None else node


def _prepared(text: str) -> str:
    """`text` in the grammar's own terms: `&&`, `||`, `!` written out, addresses quoted, stray signs made harmless."""
    return _SPECIAL.sub(_prepare, text)


def _prepare(match: re.Match[str]) -> str:
    kind, found = str(match.lastgroup), match.group()
    if kind in _OPERATORS:
        return _OPERATORS[kind]
    if kind == "letter":
        return "\\" + found
    return _quoted(found) if kind == "address" else found


def _quoted(address: str) -> str:
    """A URL or DOI in quotes, without brackets and stops that belong to what is around it; DOIs may have wildcards."""
    if "*" in address and address.startswith("10."):
        return address
    end = len(address)
    while end and address[end - 1] in ")]}.,;":
        opening = {")": "(", "]": "[", "}": "{"}.get(address[end - 1])
        if opening and address.count(opening, 0, end) >= address.count(address[end - 1], 0, end):
            break
        end -= 1
    return f'"{address[:end]}"{address[end:]}'


def _as_words(text: str) -> Node:
    """All the words of `text`, without operators, brackets and names of fields."""
    parts: list[Node] = []
    left = MOST_CLAUSES
    for piece in text[:LONGEST_QUERY].split():
        name = _NAME.match(piece)
        meant = piece[name.end() :] if name and resolve(name.group()[:-1]) else piece
        part = anywhere(meant.strip(_SIGNS)) if meant not in _RESERVED else None
        left -= len(words(meant))
        if part is not None and left >= 0:
            parts.append(part)
    return nodes.all_of(parts) if parts else nodes.Nothing()


class _Conversion:
    """From the grammar's tree to ours, counting what it will cost."""

    def __init__(self) -> None:
        self.clauses = 0
        self.patterns = 0

    def node(self, item: Any, field: Field | None, depth: int) -> Node | None:  # noqa: ANN401, C901, PLR0911  one case a line
        """`item` as a node, or `None` when nothing of it can be searched for (only signs, say)."""
        if depth > DEEPEST:
            raise _Malformed
        depth += 1
        match item:
            case lucene.Word():
                return self._word(item.value, field)
            case lucene.Phrase():
                return self._leaf(field, _unescaped(item.value[1:-1]), 0)
            case lucene.Proximity():
                return self._leaf(field, _unescaped(item.term.value[1:-1]), min(int(item.degree), 100))
            case lucene.Fuzzy():
                return self._fuzzy(item, field)
            case lucene.SearchField():
                return self._field(item, field, depth)
            case lucene.Group() | lucene.FieldGroup() | lucene.Plus():
                return self.node(item.children[0], field, depth)
            case lucene.Not() | lucene.Prohibit():
                part = self.node(item.children[0], field, depth)
                return None if part is None else nodes.Not(part)
            case lucene.Boost():
                part = self.node(item.expr, field, depth)
                return None if part is None else nodes.Boost(part, float(min(max(item.force, 0), 1000)))
            case lucene.OrOperation():
                return self._joined(item, field, depth, nodes.some_of)
            case lucene.AndOperation() | lucene.UnknownOperation():
                return self._joined(item, field, depth, nodes.all_of)
            case lucene.Range() | lucene.From() | lucene.To():
                return self._range(item, field)
        raise _Malformed

    def _joined(self, item: Any, field: Field | None, depth: int, join: Any) -> Node | None:  # noqa: ANN401
        parts = [self.node(child, field, depth) for child in item.children]
        found = [part for part in parts if part is not None]
        joined: Node | None = join(found) if found else None
        return joined

    def _count(self, text: str = "", *, pattern: bool = False) -> None:
        self.clauses += max(1, len(words(text)))
        self.patterns += pattern
        if self.clauses > MOST_CLAUSES or self.patterns > MOST_PATTERNS:
            raise _Malformed

    def _field(self, item: Any, outer: Field | None, depth: int) -> Node | None:  # noqa: ANN401
        child = item.children[0]
        if item.name == "_exists_":
            return self._exists(child)
        if item.name == "*":
            return self.node(child, None, depth)
        field = resolve(item.name)
        if field is not None:
            return self.node(child, field, depth)
        name = _unescaped(item.name)
        text = _spelled(child, depth)
        if text is not None:
            return self._leaf(outer, f"{name}:{text}", 0)
        parts = [self._leaf(outer, name, 0), self.node(child, outer, depth)]
        return nodes.all_of([part for part in parts if part is not None])

    def _exists(self, child: Any) -> Node:  # noqa: ANN401
        self._count()
        name = _spelled(child, 0)
        field = resolve(name) if name else None
        return present(field) if field else nodes.Nothing()

    def _leaf(self, field: Field | None, text: str, slop: int) -> Node | None:
        self._count(text)
        return anywhere(text, slop) if field is None else value_of(field, text, slop)

    def _word(self, raw: str, field: Field | None) -> Node | None:
        marked = _WILDCARD.sub(_mark, raw)
        if not PRIVATE.search(marked):
            return self._leaf(field, marked, 0)
        if not marked.strip(ANY):
            return nodes.Everything() if field is None else present(field)
        if field is not None and field.kind in {Kind.NUMBER, Kind.DAY, Kind.MOMENT}:
            return self._leaf(field, marked.rstrip(ANY).rstrip("-"), 0)
        self._count(pattern=True)
        return fitting(field, marked)

    def _fuzzy(self, item: Any, field: Field | None) -> Node | None:  # noqa: ANN401
        text = _unescaped(item.term.value)
        found = words(text)
        allowed = distance_for(found[0]) if len(found) == 1 and not is_unspaced(found[0]) else 0
        asked = item.degree if item.degree is not None and item.degree >= 1 else allowed
        distance = min(allowed, int(asked))
        if not distance or (field is not None and field.kind not in {Kind.TEXT, Kind.WORDS}):
            return self._leaf(field, text, 0)
        self._count(pattern=True)
        return in_text(field, lambda engine, prefix: nodes.Fuzzy(engine, prefix + found[0], distance))

    def _range(self, item: Any, field: Field | None) -> Node | None:  # noqa: ANN401
        self._count()
        match item:
            case lucene.Range():
                low, high = _bound(item.low), _bound(item.high)
                with_low, with_high = item.include_low, item.include_high
            case lucene.From():
                low, high, with_low, with_high = _bound(item.children[0]), None, item.include, True
            case _:
                low, high, with_low, with_high = None, _bound(item.children[0]), True, item.include
        if field is None:
            return self._leaf(None, f"{low or ''} {high or ''}", 0)
        first = bounds_of(field, low) if low is not None else None
        last = bounds_of(field, high) if high is not None else None
        if (low is not None and first is None) or (high is not None and last is None):
            return nodes.Nothing()
        lowest = None if first is None else first[0] if with_low else first[1] + 1
        highest = None if last is None else last[1] if with_high else last[0] - 1
        return between(field, lowest, highest)


def _mark(match: re.Match[str]) -> str:
    escaped, wildcard = match.groups()
    return str(escaped) if escaped is not None else ANY if wildcard == "*" else ONE


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _spelled(item: Any, depth: int) -> str | None:  # noqa: ANN401
    """What was typed after the colon of a name that is no field, as long as it is only words and colons."""
    if depth > DEEPEST:
        raise _Malformed
    if isinstance(item, lucene.SearchField):
        rest = _spelled(item.children[0], depth + 1)
        return None if rest is None else f"{_unescaped(item.name)}:{rest}"
    if isinstance(item, lucene.Word):
        return _unescaped(item.value)
    return _unescaped(item.value[1:-1]) if isinstance(item, lucene.Phrase) else None


def _bound(item: Any) -> str | None:  # noqa: ANN401
    """One end of a range as text; `None` is open."""
    if isinstance(item, lucene.Prohibit):
        return f"-{_bound(item.children[0]) or ''}"
    text = item.value[1:-1] if isinstance(item, lucene.Phrase) else item.value
    return None if text == "*" else _unescaped(text)
