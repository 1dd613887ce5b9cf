"""From our tree to tantivy's queries."""

import re
from collections.abc import Sequence

from tantivy import FieldType, Occur, Query, Schema

from baton.search import nodes
from baton.search.analysis import ANY, ONE, PRIVATE
from baton.search.generations import LOOKED_UP
from baton.search.nodes import Node

_META = re.compile(r"[\\.+*?()|\[\]{}^$]")
# A set of terms is an automaton that takes 0.17 ms to make; so many single terms take less.
FEW = 50
_WILD = {ANY: ".*", ONE: "."}


def compile_all(schema: Schema, node: Node, confines: Sequence[Node]) -> Query:
    """The query for `node` among what `confines` leave; only `node` counts for relevance."""
    clauses = [(Occur.Must, compile_node(schema, node))]
    for condition in confines:
        if isinstance(condition, nodes.Not):
            clauses.append((Occur.MustNot, compile_node(schema, condition.part)))
        else:
            clauses.append((Occur.Must, Query.const_score_query(compile_node(schema, condition), 0.0)))
    return Query.boolean_query(clauses)


def compile_node(schema: Schema, node: Node) -> Query:  # noqa: C901, PLR0911  one case a line
    """The query for one node."""
    match node:
        case nodes.Everything():
            return Query.all_query()
        case nodes.Nothing():
            return Query.empty_query()
        case nodes.Words():
            return _words(schema, node)
        case nodes.Exact():
            return _exact(schema, node)
        case nodes.Boost():
            return Query.boost_query(compile_node(schema, node.part), node.factor)
        case nodes.Some():
            return Query.boolean_query([(Occur.Should, compile_node(schema, part)) for part in node.parts])
        case nodes.All():
            return _all(schema, node.parts)
        case nodes.Not():
            return _all(schema, (node,))
        case nodes.Between():
            return _between(schema, node)
        case nodes.Fuzzy():
            return Query.fuzzy_term_query(schema, node.field, node.word, node.distance)
        case nodes.Pattern():
            return _pattern(schema, node)


def _words(schema: Schema, node: nodes.Words) -> Query:
    if len(node.words) == 1:
        return Query.term_query(schema, node.field, node.words[0], index_option="freq")
    return Query.phrase_query(schema, node.field, list(node.words), slop=node.slop)


def _exact(schema: Schema, node: nodes.Exact) -> Query:
    if len(node.values) > FEW:
        return Query.term_set_query(schema, node.field, node.values)
    terms = [Query.term_query(schema, node.field, value, index_option="basic") for value in node.values]
    return terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, term) for term in terms])


def _all(schema: Schema, parts: Sequence[Node]) -> Query:
    clauses = [
        (Occur.MustNot, compile_node(schema, part.part))
        if isinstance(part, nodes.Not)
        else (Occur.Must, compile_node(schema, part))
        for part in parts
    ]
    if all(isinstance(part, nodes.Not) for part in parts):
        clauses.append((Occur.Must, Query.all_query()))
    return Query.boolean_query(clauses)


def _between(schema: Schema, node: nodes.Between) -> Query:
    if node.low is not None and node.low == node.high and node.field in LOOKED_UP:
        return Query.term_query(schema, node.field, node.low, index_option="basic")
    if node.low is not None and node.high is not None and node.low > node.high:
        return Query.empty_query()
    return Query.range_query(schema, node.field, FieldType.Unsigned, node.low, node.high)


def _pattern(schema: Schema, node: nodes.Pattern) -> Query:
    """A pattern whose automaton would be too large is cut at its first wildcard: it finds more rather than nothing."""
    try:
        return Query.regex_query(schema, node.field, _regex(node.pattern))
    except ValueError:
        beginning = PRIVATE.split(node.pattern, maxsplit=1)[0]
        return Query.regex_query(schema, node.field, _regex(beginning + ANY))


def _regex(pattern: str) -> str:
    escaped = _META.sub(r"\\\g<0>", pattern)
    return PRIVATE.sub(lambda match: _WILD[match.group()], escaped)
