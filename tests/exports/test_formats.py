"""Formats, and who gets which."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exports.samples import EVERYBODY, empty_draft, full_record, hostile_record, minimal_record

from baton.exports.accept import best
from baton.exports.errors import NoSuchFormat, NotAcceptable
from baton.exports.formats import ALIASES, DEFAULTS, FORMATS, by_name, etag_of, negotiate
from baton.records.record import Record

RDM = "application/vnd.inveniordm.v1+json"
ZENODO = "application/vnd.zenodo.v1+json"
LD = "application/ld+json"
BIBTEX = "application/x-bibtex"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
UNHEARD_OF = 'application/ld+json;profile="https://example.org/unheard-of"'


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "application/json",
        "application/*",
        "application/json; charset=utf-8",
        "text/html, */*;q=0.1",
        BROWSER,
    ],
)
@pytest.mark.parametrize("default", DEFAULTS.values(), ids=DEFAULTS)
def test_no_particular_wish_gets_the_sites_default(accept: str | None, default: object) -> None:
    assert negotiate(accept, default) is default  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (RDM, RDM),
        (ZENODO, ZENODO),
        (LD, LD),
        (BIBTEX, BIBTEX),
        (RDM.upper(), RDM),
        (f"{RDM}, application/json", RDM),
        (f"application/json, {RDM}", "application/json"),
        (f"*/*, {LD}", LD),
        (f"application/json;q=0.5, {LD};q=0.7", LD),
        (f"application/json; q=0.9 , {LD} ; q=0.7", "application/json"),
        (f"{LD};q=0, */*;q=0.1", "application/json"),
        (f"application/json;q=0, {RDM};q=0, */*", ZENODO),
        ("application/json;q=0, application/*", RDM),
        (f"text/html, {BIBTEX};q=0.001", BIBTEX),
        (f'text/x;a="b,{LD}", {BIBTEX}', BIBTEX),
        (f"nonsense, ;;, {BIBTEX}", BIBTEX),
        (f"{UNHEARD_OF}, {BIBTEX};q=0.1", BIBTEX),
    ],
)
def test_the_most_wanted_is_served(accept: str, media_type: str) -> None:
    assert negotiate(accept, DEFAULTS["zenodo"]).media_type == media_type


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/pdf",
        "application/x-latex",
        "*/*;q=0",
        "application/json;q=0",
        "application/json;q=2",
        "application/json;q=x",
        "*/json",
        "json",
        ",",
        UNHEARD_OF,
    ],
)
def test_other_wishes_are_refused_with_what_there_is(accept: str) -> None:
    with pytest.raises(NotAcceptable, match="application/x-bibtex") as refused:
        negotiate(accept, DEFAULTS["zenodo"])
    assert refused.value.status == 406


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ('a/b;profile="urn:x"', 'a/b;profile="urn:x"'),
        ("a/b;profile=urn:x", 'a/b;profile="urn:x"'),
        ('a/b;profile="urn:x";q=0.1, a/b;q=0.2', "a/b"),
        ("a/b", "a/b"),
        ("a/*", "a/b"),
        ("a/b;q=0, */*;q=0.1", 'a/b;profile="urn:x"'),
        ('a/b;profile="urn:y"', None),
        ('a/*;profile="urn:x"', None),
    ],
)
def test_a_profile_is_another_representation(accept: str, chosen: str | None) -> None:
    assert best(accept, ["a/b", 'a/b;profile="urn:x"']) == chosen


@pytest.mark.parametrize(
    "piece", ['"', ",", ";", " ", "a/b,", "*/*;", ';q="', '"\\', "\\", "/", "q=0.", "a/b;q=0.1,", "\x00", "é"]
)
def test_headers_of_eight_kilobytes_are_read_quickly(piece: str) -> None:
    accept = piece * (8192 // len(piece))
    assert best(accept, ["application/json"]) in {None, "application/json"}


@given(st.text(alphabet='abq*/;,="\\ .0159+-\t', max_size=200))
def test_any_header_is_borne(accept: str) -> None:
    assert best(accept, ["a/b", "a/a"]) in {None, "a/b", "a/a"}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("record", [full_record(), minimal_record(), empty_draft(), hostile_record()])
def test_every_format_writes_every_record(name: str, record: Record) -> None:
    rendered = by_name(name).render(record, EVERYBODY)
    assert rendered.decode()
    if "json" in by_name(name).media_type:
        assert orjson.loads(rendered)


@pytest.mark.parametrize("name", ["pdf", "", "JSON", "x" * 10_000])
def test_an_unknown_format_is_named(name: str) -> None:
    with pytest.raises(NoSuchFormat, match=r"json-ld.*ro-crate-zip") as refused:
        by_name(name)
    assert len(refused.value.detail) < 500


def test_names_of_old_lead_to_the_same() -> None:
    assert {name: by_name(name) for name in ALIASES} == {name: FORMATS[target] for name, target in ALIASES.items()}


def test_no_entity_tag_breaks_its_quotes() -> None:
    assert all(etag_of(full_record(), EVERYBODY, form).count('"') == 2 for form in FORMATS.values())


def test_defaults_differ_in_shape_only() -> None:
    zenodo, rdm = (orjson.loads(DEFAULTS[name].render(full_record(), EVERYBODY)) for name in ("zenodo", "rdm"))
    assert (zenodo["id"], rdm["id"]) == (124, "124")
