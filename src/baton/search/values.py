"""What a text means as the value of a field, and of no field in particular: the leaves of the tree."""

from collections.abc import Callable

from baton.kernel import clock
from baton.search import nodes
from baton.search.analysis import ANY, LONGEST_WORD, ONE, PRIVATE, is_unspaced, keyword, split_pattern, words
from baton.search.dates import LOW_BITS, Bounds, day_bounds, moment_bounds, shifted
from baton.search.fields import ALWAYS, DERIVED, LICENCE, OTHERWISE, RENAMED, VOCABULARIES, Field, Kind, at_path
from baton.search.nodes import Node
from baton.vocabularies.builtin import find
from baton.vocabularies.legacy import licence_of_legacy

LARGEST_NUMBER = 2**63 - 1

# Where a word without a field is looked for, and how much it counts there.
ANYWHERE = (("title", 3.0), ("creators", 2.0), ("subjects", 2.0), ("description", 1.0), ("more", 1.0))
IDENTIFIERS = (
    "pids.doi.identifier",
    "parent.pids.doi.identifier",
    "metadata.identifiers.identifier",
    "metadata.creators.person_or_org.identifiers.identifier",
)
IDENTIFIER_BOOST = 10.0
# A longer phrase is as good as found by its beginning, and a word repeated a thousand times would take minutes.
LONGEST_PHRASE = 32
# A letter and an asterisk would find a twentieth of everything.
FEWEST_LETTERS = 2
ONE_VALUED = frozenset({"title", "description"})


def anywhere(text: str, slop: int = 0) -> Node | None:
    """`text` in any of the fields that a word without a field is looked for in; also as a whole identifier."""
    found = tuple(words(text)[:LONGEST_PHRASE])
    if not found:
        return None
    parts: list[Node] = [
        _boosted(nodes.Words(engine, found, slop if engine in ONE_VALUED else 0), boost) for engine, boost in ANYWHERE
    ]
    if any(letter.isdigit() for letter in text):
        value = keyword(text)
        parts.append(_boosted(nodes.Exact("exact", tuple(f"{path}={value}" for path in IDENTIFIERS)), IDENTIFIER_BOOST))
        if value.isdecimal() and value.isascii() and int(value) <= LARGEST_NUMBER:
            parts.append(_boosted(nodes.Between("record_id", int(value), int(value)), IDENTIFIER_BOOST))
    return nodes.Some(tuple(parts))


def _boosted(node: Node, factor: float) -> Node:
    return node if factor == 1.0 else nodes.Boost(node, factor)


def value_of(field: Field, text: str, slop: int = 0) -> Node | None:
    """`text` as a value of `field`; `None` when it has no words, `Nothing` when the field cannot have it."""
    match field.kind:
        case Kind.TEXT | Kind.WORDS:
            prefix = f"{field.path}:" if field.kind is Kind.WORDS else ""
            found = tuple(prefix + word for word in words(text)[:LONGEST_PHRASE])
            return nodes.Words(field.engine, found, slop if field.engine in ONE_VALUED else 0) if found else None
        case Kind.KEYWORD | Kind.PATH:
            value = _present_name(field, keyword(text))
            return nodes.Exact(field.engine, (f"{field.path}={value}" if field.kind is Kind.PATH else value,))
    bounds = bounds_of(field, text)
    if bounds is not None:
        return between(field, *bounds)
    otherwise = OTHERWISE.get(field.path)
    return value_of(at_path(otherwise), text) if otherwise else nodes.Nothing()


def _present_name(field: Field, value: str) -> str:
    """A value that has another name today, as vocabularies know it: `publication-thesis`, `en`, `gpl-3.0`, `closed`."""
    if field.path == LICENCE:
        return licence_of_legacy(value) or value
    term = find(VOCABULARIES[field.path], value) if field.path in VOCABULARIES else None
    return term.id if term else RENAMED.get((field.path, value), value)


def bounds_of(field: Field, text: str) -> Bounds | None:
    """The smallest and largest value that `text` can mean in a field of numbers; `None` when it means none."""
    try:
        match field.kind:
            case Kind.NUMBER:
                return int(text), int(text)
            case Kind.MOMENT:
                return moment_bounds(text, clock.now())
            case Kind.DAY:
                moment = shifted(text, clock.now()) if text.startswith("now") else None
                return day_bounds(moment.date().isoformat() if moment else text)
    except (ValueError, OverflowError):
        pass
    return None


def between(field: Field, low: int | None, high: int | None) -> Node:
    """The values of a field of numbers from `low` to `high`, both included; `None` is no bound."""
    if low is None and high is None:
        return present(field)
    if field.kind is Kind.DAY:
        # A date of the document is itself an interval (a year, a month, A/B): it is enough that the two meet.
        return nodes.all_of([_within(f"{field.engine}_last", low, None), _within(f"{field.engine}_first", None, high)])
    if field.kind is Kind.MOMENT:
        low = None if low is None else low << LOW_BITS
        high = None if high is None else (high + 1 << LOW_BITS) - 1
    return _within(field.engine, low, high)


def _within(engine: str, low: int | None, high: int | None) -> Node:
    """A range cut to what the index can hold."""
    if low is None and high is None:
        return nodes.Everything()
    if (low is not None and low > LARGEST_NUMBER) or (high is not None and high < 0):
        return nodes.Nothing()
    return nodes.Between(
        engine, None if low is None else max(low, 0), None if high is None else min(high, LARGEST_NUMBER)
    )


def distance_for(word: str) -> int:
    """How many letters may differ: none in one or two (nearly everything would match), two from six on."""
    return 0 if len(word) < 3 else 1 if len(word) < 6 else 2  # noqa: PLR2004


def in_text(field: Field | None, make: Callable[[str, str], Node]) -> Node:
    """`make(engine field, prefix of its words)` for a text field, or for every field of a word without one."""
    if field is None:
        return nodes.Some(tuple(_boosted(make(engine, ""), boost) for engine, boost in ANYWHERE))
    return make(field.engine, f"{field.path}:" if field.kind is Kind.WORDS else "")


def fitting(field: Field | None, marked: str) -> Node | None:
    """Words with wildcards in them; `marked` has them as `ANY` and `ONE`. `None` when there are no words."""
    if field is not None and field.kind in {Kind.KEYWORD, Kind.PATH}:
        return _whole_pattern(field, marked)
    parts = [_pattern(field, piece) for piece in split_pattern(marked)]
    found = [part for part in parts if part is not None]
    return nodes.all_of(found) if found else None


def _pattern(field: Field | None, piece: str) -> Node | None:
    """One word of a pattern: the word, the wildcards in it, or words alone where a script is indexed in pairs."""
    piece = _begun(piece)[:LONGEST_WORD]
    literal = PRIVATE.sub("", piece)
    if piece == literal or len(literal) < FEWEST_LETTERS or is_unspaced(literal):
        return anywhere(literal) if field is None else value_of(field, literal)
    return in_text(field, lambda engine, prefix: nodes.Pattern(engine, prefix + piece))


def _begun(pattern: str) -> str:
    """A pattern without an asterisk at its start, for which every word of the index would have to be tried."""
    rest = pattern.lstrip(ANY + ONE)
    return rest if ANY in pattern[: len(pattern) - len(rest)] else pattern


def _whole_pattern(field: Field, marked: str) -> Node:
    pattern = _begun(keyword(marked))[:LONGEST_WORD]
    if not PRIVATE.search(pattern):
        return value_of(field, pattern) or nodes.Nothing()
    return nodes.Pattern(field.engine, f"{field.path}={pattern}" if field.kind is Kind.PATH else pattern)


def present(field: Field) -> Node:
    """Whether there is any value at the field's path or below."""
    if field.path in ALWAYS:
        return nodes.Everything()
    path = DERIVED.get(field.path, field.path)
    return nodes.Some((nodes.Exact("present", (path,)), nodes.Pattern("present", f"{path}.{ANY}")))
