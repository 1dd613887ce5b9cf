import itertools
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from baton.kernel import clock
from baton.search import nodes
from baton.search.nodes import Node
from baton.search.query import field_is, parse


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    clock.freeze(datetime(2024, 3, 31, 12, tzinfo=UTC))
    yield
    clock.freeze(None)


def show(node: Node) -> str:  # noqa: C901, PLR0911  one case a line
    """A tree on one line, with the fields of a word without a field written as `any`."""
    match node:
        case nodes.Everything():
            return "all"
        case nodes.Nothing():
            return "none"
        case nodes.All(parts):
            return f"({' AND '.join(map(show, parts))})"
        case nodes.Some(parts):
            return _anywhere(parts) or f"({' OR '.join(map(show, parts))})"
        case nodes.Not(part):
            return f"NOT {show(part)}"
        case nodes.Boost(part, factor):
            return f"{show(part)}^{factor:g}"
        case nodes.Words(field, found, slop):
            return f"{field}:{' '.join(found)}" + (f"~{slop}" if slop else "")
        case nodes.Exact(field, values):
            return f"{field}={'|'.join(values)}"
        case nodes.Pattern(field, pattern):
            return f"{field}:" + pattern.replace("\ue000", "*").replace("\ue001", "?")
        case nodes.Fuzzy(field, word, distance):
            return f"{field}:{word}~~{distance}"
        case nodes.Between(field, low, high):
            return f"{field}[{low},{high}]"


def _anywhere(parts: tuple[Node, ...]) -> str:
    """`any:word` for the five fields of a word without a field; `+id` when it is looked up as an identifier too."""
    title = parts[0]
    if not isinstance(title, nodes.Boost) or getattr(title.part, "field", "") != "title" or len(parts) < 5:
        return ""
    return show(title.part).replace("title:", "any:") + "+id" * (len(parts) > 5)


GRAMMAR = [
    ("", "all"),
    ("*", "all"),
    ("*:*", "all"),
    ("foo", "any:foo"),
    ("foo bar", "(any:foo AND any:bar)"),
    ("foo AND bar", "(any:foo AND any:bar)"),
    ("foo && bar", "(any:foo AND any:bar)"),
    ("foo OR bar", "(any:foo OR any:bar)"),
    ("foo || bar", "(any:foo OR any:bar)"),
    ("foo OR bar baz", "((any:foo OR any:bar) AND any:baz)"),
    ("foo OR bar AND baz", "(any:foo OR (any:bar AND any:baz))"),
    ("foo NOT bar", "(any:foo AND NOT any:bar)"),
    ("foo !bar", "(any:foo AND NOT any:bar)"),
    ("foo -bar", "(any:foo AND NOT any:bar)"),
    ("+foo bar", "(any:foo AND any:bar)"),
    ("NOT foo", "NOT any:foo"),
    ("Yahoo!", "any:yahoo"),
    ("foo - bar", "(any:foo AND any:bar)"),
    ("foo & bar", "(any:foo AND any:bar)"),
    ("(foo OR bar) baz", "((any:foo OR any:bar) AND any:baz)"),
    ('"foo bar"', "any:foo bar"),
    ('title:"foo bar"~3', "title:foo bar~3"),
    ('creators.name:"foo bar"~3', "creators:foo bar"),
    ("covid-19", "any:covid 19+id"),
    ("foo^2", "any:foo^2"),
    ("Étude", "any:etude"),
    ("机器学习", "any:机器 器学 学习"),
    ("title:foo", "title:foo"),
    ("title: foo", "title:foo"),
    ("title:foo bar", "(title:foo AND any:bar)"),
    ("title:(foo bar)", "(title:foo AND title:bar)"),
    ("title:(foo OR bar)^2", "(title:foo OR title:bar)^2"),
    ("title:(foo OR keywords:bar)", "(title:foo OR subjects:bar)"),
    ("foo!!! ...", "any:foo"),
    ("!!! ???", "none"),
    ("TO", "any:to"),
    ("don't", "any:don t"),
    ("'quoted'", "any:quoted"),
    ("/no regex/", "(any:no AND any:regex)"),
]

WORDS_FIELD = "custom_fields.journal:journal.title"
FIELDS = [
    ('doi:"10.5281/zenodo.1"', "exact=pids.doi.identifier=10.5281/zenodo.1"),
    ("doi:10.5281/ZENODO.1", "exact=pids.doi.identifier=10.5281/zenodo.1"),
    ("DOI: 10.5281/zenodo.1", "exact=pids.doi.identifier=10.5281/zenodo.1"),
    ("doi:https://doi.org/10.5281/zenodo.1", "exact=pids.doi.identifier=10.5281/zenodo.1"),
    ("(doi:10.1016/S0140(20)30183-5)", "exact=pids.doi.identifier=10.1016/s0140(20)30183-5"),
    ("doi:10.5281/zen*", "exact:pids.doi.identifier=10.5281/zen*"),
    ('conceptdoi:"10.5281/zenodo.1"', "exact=parent.pids.doi.identifier=10.5281/zenodo.1"),
    ("recid:12", "record_id[12,12]"),
    ("recid:[12 TO *]", "record_id[12,None]"),
    ("recid:{12 TO 20}", "record_id[13,19]"),
    ("recid:>=12", "record_id[12,None]"),
    ("recid:<12", "record_id[None,11]"),
    ("recid:twelve", "none"),
    ("recid:[-5 TO 12]", "record_id[0,12]"),
    ("recid:99999999999999999999999999", "none"),
    ("conceptrecid:12", "work_id[12,12]"),
    ("parent.id:12", "work_id[12,12]"),
    ("owners:3", "owner_id[3,3]"),
    ("metadata.title:foo", "title:foo"),
    ("keywords:foo", "subjects:foo"),
    ("metadata.subjects.subject:foo", "subjects:foo"),
    ("metadata.subjects.subject.keyword:foo", "subjects:foo"),
    ('creators.name:"Doe, Jane"', "creators:doe jane"),
    (
        "creators.orcid:0000-0002-1825-0097",
        "exact=metadata.creators.person_or_org.identifiers.identifier=0000-0002-1825-0097",
    ),
    ("creators.affiliation:CERN", "words:metadata.creators.affiliations.name:cern"),
    ("type:publication", "type=publication"),
    ("resource_type.type:publication", "type=publication"),
    ("subtype:article", "exact=metadata.resource_type.props.subtype=article"),
    (
        "metadata.resource_type.id:publication-thesis",
        "exact=metadata.resource_type.id=publication-dissertation",
    ),
    ("access_right:closed", "access_status=restricted"),
    ("license.id:CC-BY-4.0", "exact=metadata.rights.id=cc-by-4.0"),
    ("language:de", "exact=metadata.languages.id=deu"),
    ("communities:foo", "exact=parent.communities.ids=foo"),
    ("grants.code:755013", "exact=metadata.funding.award.number=755013"),
    ("journal.title:Nature", f"words:{WORDS_FIELD}:nature"),
    (r"custom_fields.journal\:journal.title:Nature", f"words:{WORDS_FIELD}:nature"),
    ("version:2", "version_index[2,2]"),
    ("version:v2.1", "exact=metadata.version=v2.1"),
    ("publication_date:2019", "(published_last[20190101,None] AND published_first[None,20191231])"),
    ("publication_date:[2019 TO 2020-05]", "(published_last[20190101,None] AND published_first[None,20200531])"),
    ("publication_date:[2019 TO *]", "published_last[20190101,None]"),
    ("publication_date:{2019 TO 2021}", "(published_last[20191232,None] AND published_first[None,20210100])"),
    ("publication_date:>2019-05-03", "published_last[20190504,None]"),
    ("publication_date:2019-05*", "(published_last[20190501,None] AND published_first[None,20190531])"),
    ("publication_date:[now-1y TO now]", "(published_last[20230331,None] AND published_first[None,20240331])"),
    ("publication_date:soon", "none"),
    ("publication_date:[soon TO 2020]", "none"),
    ("created:soon", "none"),
    ("created:[* TO *]", "all"),
    ("_exists_:doi", "(present=pids.doi.identifier OR present:pids.doi.identifier.*)"),
    ("doi:*", "(present=pids.doi.identifier OR present:pids.doi.identifier.*)"),
    ("_exists_:nosuch", "none"),
    ("_exists_:created", "all"),
    ("metadata.nosuch.field:foo", "words:metadata.nosuch.field:foo"),
]
# A name that is no field is text.
TEXT = [
    ("nosuch:foo", "any:nosuch foo"),
    ("Python: a handbook", "(any:python a AND any:handbook)"),
    ('nosuch:"foo bar"', "any:nosuch foo bar"),
    ("nosuch:(foo bar)", "(any:nosuch AND (any:foo AND any:bar))"),
    ("swh:1:rev:abc", "any:swh 1 rev abc+id"),
    ("title:foo:bar", "title:foo bar"),
    ("12:30", "any:12 30+id"),
    ("10.5281/zenodo.1", "any:10 5281 zenodo 1+id"),
    ("see https://doi.org/10.5281/zenodo.1.", "(any:see AND any:https doi org 10 5281 zenodo 1+id)"),
    ("http://example.org/a?b=c&&d", "any:http example org a b c d"),
]
PATTERNS = [
    ("foo*", "any:foo*"),
    ("fo?d", "any:fo?d"),
    ("f*", "any:f"),
    ("f?o", "any:f?o"),
    ("?oo", "any:?oo"),
    ("?*foo", "any:foo"),
    ("doi:1*", "exact:pids.doi.identifier=1*"),
    ("*foo", "any:foo"),
    ("*foo*", "any:foo*"),
    ("title:Foo*", "title:foo*"),
    ("title:foo-bar*", "(title:foo AND title:bar*)"),
    (r"title:foo\*", "title:foo"),
    ("机器*", "any:机器"),
    ("journal.title:nat*", f"words:{WORDS_FIELD}:nat*"),
    ("title:foo~", "title:foo~~1"),
    ("title:foobar~", "title:foobar~~2"),
    ("title:foobar~1", "title:foobar~~1"),
    ("title:foo~2", "title:foo~~1"),
    ("title:of~", "title:of"),
    ("doi:10.1/x~", "exact=pids.doi.identifier=10.1/x"),
]


@pytest.mark.parametrize(("text", "expected"), [*GRAMMAR, *FIELDS, *TEXT, *PATTERNS])
def test_a_query_means(text: str, expected: str) -> None:
    parsed = parse(text)
    assert show(parsed.tree) == expected
    assert not parsed.as_words


def test_moments_are_compared_as_sort_keys() -> None:
    parsed = parse("created:[2024-01-01 TO 2024-01-31]").tree
    assert isinstance(parsed, nodes.Between)
    assert parsed.field == "created"
    assert parsed.low == 1_704_067_200_000 << 21
    assert parsed.high == (1_706_745_600_000 << 21) - 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"unfinished', "any:unfinished"),
        ("(foo bar", "(any:foo AND any:bar)"),
        ("foo) bar", "(any:foo AND any:bar)"),
        ("foo AND", "any:foo"),
        ("AND", "none"),
        ("title:", "none"),
        ("title:(foo", "any:foo"),
        ("foo:", "any:foo"),
        ("[Zn(II)] complexes", "(any:zn ii AND any:complexes)"),
        ("created:[2020-01-01 TO", "any:2020 01 01+id"),
        ("~", "none"),
        ("((((", "none"),
    ],
)
def test_a_malformed_query_is_searched_as_words(text: str, expected: str) -> None:
    parsed = parse(text)
    assert parsed.as_words
    assert show(parsed.tree) == expected


@pytest.mark.parametrize(
    "text",
    [
        "foo " * 2000,
        " OR ".join(f"w{i}" for i in range(200)),
        "(" * 60 + "foo" + ")" * 60,
        "NOT " * 500 + "foo",
        "-" * 1000 + "foo",
        "a:" * 1000 + "foo",
        "foo" + "^2" * 500,
        " ".join(f"{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz"),
        "foo~ " * 30,
        "x" * 100_000,
        "the-" * 900,
        '"' + " ".join(f"w{i}" for i in range(300)) + '"',
    ],
)
def test_a_query_beyond_the_limits_is_searched_as_words(text: str) -> None:
    parsed = parse(text)
    assert parsed.as_words
    assert count(parsed.tree) <= 128 * 8 + 1


def count(node: Node) -> int:
    match node:
        case nodes.All(parts) | nodes.Some(parts):
            return 1 + sum(map(count, parts))
        case nodes.Not(part) | nodes.Boost(part, _):
            return count(part)
    return 1


def test_filters_take_values_literally() -> None:
    assert show(field_is("type", ["publication", "image"])) == "(type=publication OR type=image)"
    assert show(field_is("communities", ["a OR b"])) == "exact=parent.communities.ids=a or b"
    assert show(field_is("nosuch", ["x"])) == "none"
    assert show(field_is("recid", ["x"])) == "none"


PIECES = [
    '"',
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "-",
    "+",
    "!",
    "&&",
    "||",
    ":",
    "AND",
    "OR",
    "NOT",
    "TO",
    "title:",
    "recid:",
    "created:",
    "doi:",
    "_exists_:",
    "publication_date:",
    "foo",
    "é",
    "机器",
    "1",
    "2020",
    "*",
    "?",
    "~",
    "~2",
    "~1.5.2",
    "^",
    "^3",
    "^1.2.3",
    "\\",
    "/",
    "<",
    ">=",
    "'",
    "10.1/x",
    "http://a.b/c",
    "now-1d",
]
SYNTAX = st.lists(st.sampled_from([*PIECES, " ", " AND ", " OR ", " TO "]), max_size=25).map("".join)


@settings(max_examples=400)
@given(st.text(max_size=60) | SYNTAX)
@example('""~.')
def test_nothing_typed_is_ever_an_error(text: str) -> None:
    parsed = parse(text)
    assert count(parsed.tree) <= 128 * 8 + 1
    hash(parsed.tree)


@given(st.text(st.characters(categories=("L", "N", "P", "Z")), max_size=40))
def test_a_quoted_text_is_searched_word_for_word(text: str) -> None:
    quoted = text.replace("\\", " ").replace('"', " ")
    tree = parse(f'title:"{quoted}"').tree
    assert isinstance(tree, nodes.Words | nodes.Nothing | nodes.Everything)


def test_parsing_is_deterministic() -> None:
    text = 'title:"foo bar" AND (doi:10.1/x OR keywords:baz*) -recid:3'
    assert len({parse(text) for _ in itertools.repeat(None, 5)}) == 1
