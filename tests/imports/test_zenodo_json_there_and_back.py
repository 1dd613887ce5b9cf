"""Legacy metadata survive the RDM dialect: deposited, checked, stored and read back they say the same.

What changes on the way is written down in `as_read_back`, and nowhere else: aliases get their one name, a supervisor
becomes a contributor, `closed` is `restricted`, an interval with one end is an exact date, and what the legacy server
drops as well (access conditions, the wish for a DOI, the resource type of an alternate identifier) is dropped.
"""

from datetime import date
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.exports.samples import OWNER, make_draft

from baton.exports.legacy_terms import CUSTOM_FIELDS, RELATIONS
from baton.identifiers.policy import DoiPolicy
from baton.imports.zenodo_json import Defaults, to_rdm
from baton.records.metadata.check import check, terms_in
from baton.records.record import Body
from baton.vocabularies.builtin import find
from baton.vocabularies.legacy import licence_of_legacy
from baton.zenodo.deposition import deposition_json

POLICY = DoiPolicy("10.5072", "baton.{id}")
TODAY = date(2024, 5, 31)
DEFAULTS = Defaults(TODAY, "Example Archive")

IDENTIFIERS = {
    "10.1234/foo.bar": "doi",
    "https://example.com/a?b=c": "url",
    "2011ApJS..192...18K": "ads",
    "978-3-16-148410-0": "isbn",
    "arXiv:1512.00135": "arxiv",
    "urn:nbn:de:101:1-201102033592": "urn",
}
LANGUAGES = {"eng": "eng", "en": "eng", "deu": "deu", "ger": "deu", "de": "deu", "zxx": "zxx"}
LICENCES = ("cc-by-4.0", "CC-BY-4.0", "cc-by", "cc-zero", "MIT", "gpl-3.0", "apache2.0", "other-open", "notspecified")
GRANTS = {
    "283595": "10.13039/501100000780::283595",
    "10.13039/501100000780::283595": "10.13039/501100000780::283595",
    "10.13039/100000001::1234": "10.13039/100000001::1234",
    "10.13039/501100000690::EP/1": "10.13039/100014013::EP/1",  # its successor's now
}
TYPES = {
    "publication": (None, "article", "book", "thesis", "other"),
    "image": (None, "figure", "other"),
    "dataset": (None,),
    "software": (None,),
    "physicalobject": (None,),
}

words = st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters="<>&,;"), min_size=1, max_size=12)
phrases = st.lists(words, min_size=1, max_size=3).map(" ".join)
titles = phrases.filter(lambda text: len(text) > 2)
markup = st.one_of(titles, st.sampled_from(["<p>One</p>", "a &amp; b <em>c</em>", "1 &lt; 2"]))
days = st.dates(date(1000, 1, 1), date(2100, 12, 31)).map(date.isoformat)
names = st.one_of(phrases, st.tuples(phrases, phrases).map(", ".join), st.just("One, Two, Three"))


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with any of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


def several(items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, min_size=1, max_size=3)


def people(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return several(
        st.fixed_dictionaries(
            {"name": names},
            optional={
                "affiliation": st.one_of(phrases, st.none()),
                "orcid": st.just("0000-0002-1825-0097"),
                "gnd": st.just("170118215"),
                **more,
            },
        )
    )


related = st.lists(
    st.fixed_dictionaries(
        {
            "identifier": st.sampled_from(list(IDENTIFIERS)),
            "relation": st.sampled_from([*RELATIONS.values(), "isAlternateIdentifier"]),
        },
        optional={"resource_type": st.sampled_from(["dataset", "image-figure", "publication-thesis"])},
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one["identifier"],
)


@st.composite
def intervals(draw: st.DrawFn) -> dict[str, Any]:
    start, end = sorted([draw(days), draw(days)])
    ends = draw(st.sampled_from([{"start": start, "end": end}, {"start": start}, {"end": end}]))
    return {
        **ends,
        "type": draw(st.sampled_from(["Collected", "Valid", "Withdrawn"])),
        **draw(some(description=titles)),
    }


@st.composite
def types(draw: st.DrawFn) -> dict[str, str]:
    kind = draw(st.sampled_from(list(TYPES)))
    subtype = draw(st.sampled_from(TYPES[kind]))
    return {"upload_type": kind} | ({f"{kind}_type": subtype} if subtype else {})


access: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.just({}),
    st.sampled_from([{"access_right": right} for right in ("open", "restricted", "closed")]),
    st.just({"access_right": "embargoed", "embargo_date": "2999-12-31"}),
)
# Custom fields that hold more than text.
SHAPED = {"conference_url": st.just("https://example.org/meeting"), "imprint_isbn": st.just("978-3-16-148410-0")}
fields = some(
    title=titles,
    publication_date=days,
    description=markup,
    version=phrases,
    notes=markup,
    method=markup,
    imprint_publisher=phrases,
    creators=people(),
    contributors=people(type=st.sampled_from(["Editor", "DataCurator", "WorkPackageLeader", "Other"])),
    thesis_supervisors=people(),
    keywords=st.lists(phrases, min_size=1, max_size=3, unique=True),
    references=several(phrases),
    language=st.sampled_from(list(LANGUAGES)),
    license=st.sampled_from(LICENCES),
    related_identifiers=related,
    locations=several(
        st.fixed_dictionaries({"place": phrases}, optional={"description": phrases}).flatmap(
            lambda place: st.sampled_from([place, {**place, "lat": 10.5, "lon": 5}, {**place, "lat": 0, "lon": 0}])
        )
    ),
    dates=several(intervals()),
    grants=several(st.sampled_from(list(GRANTS)).map(lambda number: {"id": number})),
    communities=st.lists(words, min_size=1, max_size=2, unique=True).map(
        lambda slugs: [{"identifier": slug} for slug in slugs]
    ),
    subjects=several(st.fixed_dictionaries({"term": phrases, "identifier": words, "scheme": words})),
    doi=st.sampled_from(["10.1234/foo.bar", "https://doi.org/10.1234/foo.bar"]),
    prereserve_doi=st.booleans(),
    access_conditions=phrases,
    custom=some(**{"dwc:genus": several(phrases), "code:codeRepository": st.just("https://example.org/code")}),
    **{name: SHAPED.get(name, phrases) for name in CUSTOM_FIELDS},
)
deposits = st.builds(
    lambda *parts: {name: value for part in parts for name, value in part.items()}, fields, types(), access
)


def stored(metadata: dict[str, Any]) -> Body:
    """The body that a deposit of `metadata` leaves, through the same check as everything else."""
    raw = to_rdm({"metadata": metadata}, defaults=DEFAULTS, policy=POLICY)
    terms = {pair: term for pair in terms_in(raw) if (term := find(*pair)) is not None}
    return check(raw, terms, today=TODAY, own_prefix=POLICY.prefix).body


def read_back(body: Body) -> dict[str, Any]:
    found: dict[str, Any] = deposition_json(make_draft(body, files=()), OWNER, POLICY)["metadata"]
    return found


def as_read_back(metadata: dict[str, Any]) -> dict[str, Any]:
    """What the legacy form should say after a round through the RDM dialect."""
    expected = {
        "publication_date": TODAY.isoformat(),
        "imprint_publisher": DEFAULTS.publisher,
        **{name: value for name, value in metadata.items() if value not in ([], {})},
        "access_right": {"closed": "restricted"}.get(
            metadata.get("access_right", "open"), metadata.get("access_right", "open")
        ),
        "prereserve_doi": {"doi": "10.5072/baton.124", "recid": 124},
    }
    for dropped in ("access_conditions", "thesis_supervisors"):
        expected.pop(dropped, None)
    if "creators" in metadata:
        expected["creators"] = [{"affiliation": None, **person} for person in metadata["creators"]]
    supervisors = [{**person, "type": "Supervisor"} for person in metadata.get("thesis_supervisors", [])]
    contributors = supervisors + metadata.get("contributors", [])
    if contributors:
        expected["contributors"] = [{"affiliation": None, "type": None, **person} for person in contributors]
    if metadata.get("publication_type") == "thesis":
        expected["publication_type"] = "dissertation"
    if "language" in metadata:
        expected["language"] = LANGUAGES[metadata["language"]]
    if "grants" in metadata:
        expected["grants"] = [{"id": GRANTS[grant["id"]]} for grant in metadata["grants"]]
    if "doi" in metadata:
        expected["doi"] = "10.1234/foo.bar"
    if "dates" in metadata:
        expected["dates"] = [date_as_read_back(one) for one in metadata["dates"]]
    if "related_identifiers" in metadata:
        shown = [related_as_read_back(one) for one in metadata["related_identifiers"]]
        expected["related_identifiers"] = sorted(shown, key=lambda one: one["relation"] == "isAlternateIdentifier")
    return expected


def date_as_read_back(one: dict[str, Any]) -> dict[str, Any]:
    start, end = one.get("start", one.get("end")), one.get("end", one.get("start"))
    return {**one, "start": start, "end": end, "type": one["type"].lower()}


def related_as_read_back(one: dict[str, Any]) -> dict[str, Any]:
    shown = {**one, "scheme": IDENTIFIERS[one["identifier"]]}
    if one["relation"] == "isAlternateIdentifier":
        shown.pop("resource_type", None)
    if shown.get("resource_type") == "publication-thesis":
        shown["resource_type"] = "publication-dissertation"
    return shown


@settings(max_examples=150)
@given(deposits)
def test_what_was_deposited_is_read_back(metadata: dict[str, Any]) -> None:
    found, expected = read_back(stored(metadata)), as_read_back(metadata)
    licence = found.pop("license", None)
    given_licence = expected.pop("license", None)
    assert found == expected
    if given_licence:
        assert licence_of_legacy(licence) == licence_of_legacy(given_licence)


@settings(max_examples=150)
@given(deposits)
@example({"license": "cc-by"})
@example({"publication_type": "thesis", "upload_type": "publication"})
def test_sending_back_what_was_read_changes_nothing(metadata: dict[str, Any]) -> None:
    body = stored(metadata)
    assert stored(read_back(body)) == body
