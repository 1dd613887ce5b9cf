"""A draft's body as a form and back: what the form can say survives, what it cannot say is left alone."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.records.record import Body
from baton.web.forms.codecs import html_of, text_of
from baton.web.forms.inputs import Known
from baton.web.forms.upload import ALL_FIELDS, ROWS
from baton.web.forms.values import Values, body_of, empty_body, same_texts, typed_values, values_of
from baton.web.view.words import label_of

PERSON = {
    "person_or_org": {
        "type": "personal",
        "family_name": "Curie",
        "given_name": "Marie",
        "name": "Curie, Marie",
        "identifiers": [
            {"scheme": "orcid", "identifier": "0000-0002-1825-0097"},
            {"scheme": "gnd", "identifier": "gnd:118523023"},
        ],
    },
    "affiliations": [{"id": "02feahw73", "name": "Sorbonne"}, {"name": "Radium Institute"}],
    "role": {"id": "researcher"},
}
ORGANISATION = {"person_or_org": {"type": "organizational", "name": "CERN"}}
FULL: Body = {
    "metadata": {
        "resource_type": {"id": "dataset"},
        "title": "Title",
        "publication_date": "2024-05",
        "publisher": "Baton",
        "version": "1",
        "description": "<p>One</p><p>Two<br>three</p>",
        "copyright": "© us",
        "creators": [PERSON, ORGANISATION],
        "contributors": [{**ORGANISATION, "role": {"id": "sponsor"}}],
        "additional_titles": [{"title": "Titel", "type": {"id": "translated-title"}, "lang": {"id": "deu"}}],
        "additional_descriptions": [{"description": "<p>x <b>y</b></p>", "type": {"id": "notes"}}],
        "subjects": [{"id": "mesh:1", "subject": "Tides", "scheme": "MeSH"}, {"subject": "sea"}],
        "languages": [{"id": "eng"}, {"id": "ell"}],
        "dates": [{"date": "2019/2020", "type": {"id": "collected"}, "description": "all"}],
        "identifiers": [
            {"scheme": "isbn", "identifier": "978-3-16-148410-0"},
            {"scheme": "other", "identifier": "something"},
        ],
        "related_identifiers": [
            {
                "scheme": "doi",
                "identifier": "10.1234/x",
                "relation_type": {"id": "cites"},
                "resource_type": {"id": "software"},
            }
        ],
        "references": [{"reference": "A paper", "identifier": "10.1234/y", "scheme": "doi"}],
        "rights": [
            {"id": "cc-by-4.0"},
            {"title": {"en": "Ask us"}, "description": {"en": "First."}, "link": "https://example.org"},
        ],
        "funding": [
            {
                "funder": {"id": "00k4n6c32", "name": "European Commission"},
                "award": {"id": "00k4n6c32::1", "number": "1", "title": {"en": "Seas", "fr": "Mers"}},
            },
            {"funder": {"name": "A fund"}},
        ],
        "locations": {
            "features": [
                {"place": "Here", "geometry": {"type": "Point", "coordinates": [2.5, -54.7]}},
                {"geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "description": "a line"},
                {"identifiers": [{"scheme": "wikidata", "identifier": "Q42"}]},
            ]
        },
        "sizes": ["12 pages"],
        "formats": ["text/csv"],
    },
    "custom_fields": {
        "journal:journal": {"title": "Sea Things", "pages": "1-2"},
        "meeting:meeting": {"title": "Sea Days", "identifiers": [{"scheme": "doi", "identifier": "10.1/m"}]},
        "code:programmingLanguage": [{"id": "python"}],
        "code:developmentStatus": {"id": "active"},
        "dwc:genus": ["Gadus"],
    },
    "access": {
        "record": "public",
        "files": "restricted",
        "embargo": {"active": True, "until": "2030-01-01", "reason": "why"},
    },
    "pids": {"doi": {"identifier": "10.1234/own", "provider": "external"}},
    "files": {"enabled": True, "default_preview": "a.csv", "order": ["a.csv"]},
}
BLANK = empty_body("Baton", "2024-01-01")


def test_a_form_that_nobody_touched_changes_nothing() -> None:
    assert body_of(values_of(FULL), FULL) == FULL


def test_a_form_that_says_everything_anew_says_the_same() -> None:
    """Without the draft beside it only what no input shows is gone: ids behind names, other languages, other fields."""
    again: Any = body_of(values_of(FULL), BLANK)
    person = again["metadata"]["creators"][0]
    assert person["person_or_org"]["identifiers"] == [
        {"identifier": "0000-0002-1825-0097"},
        {"identifier": "gnd:118523023"},
    ]
    assert person["affiliations"] == [{"name": "Sorbonne"}, {"name": "Radium Institute"}]
    assert again["metadata"]["creators"][1] == ORGANISATION
    for field in ("title", "languages", "dates", "rights", "sizes", "description", "copyright"):
        assert again["metadata"][field] == FULL["metadata"][field], field
    assert again["metadata"]["identifiers"][1] == {"scheme": "other", "identifier": "something"}
    assert again["custom_fields"]["journal:journal"] == FULL["custom_fields"]["journal:journal"]
    assert again["metadata"]["locations"]["features"][:2] == FULL["metadata"]["locations"]["features"][:2]
    assert again["access"] == FULL["access"]
    assert again["pids"] == FULL["pids"]


def test_a_changed_row_keeps_what_other_inputs_of_it_hold() -> None:
    values = values_of(FULL)
    values.rows["creators"][0]["given_name"] = "Maria"
    body: Any = body_of(values, FULL)
    person = body["metadata"]["creators"][0]
    assert person["person_or_org"]["given_name"] == "Maria"
    assert person["affiliations"] == PERSON["affiliations"]
    assert person["role"] == PERSON["role"]


def test_what_no_input_shows_stays() -> None:
    values = values_of(FULL)
    changed: Any = body_of(Values({**values.fields, "title": "New", "meeting_title": "Later"}, values.rows), FULL)
    assert changed["custom_fields"]["dwc:genus"] == ["Gadus"]
    assert changed["custom_fields"]["meeting:meeting"]["title"] == "Later"
    assert changed["custom_fields"]["meeting:meeting"]["identifiers"]


def test_emptied_inputs_and_rows_are_gone() -> None:
    body: Any = body_of(Values({"visibility": "public"}, {}), FULL)
    assert body["metadata"] == {}
    assert set(body["custom_fields"]) == {"meeting:meeting", "dwc:genus"}
    assert body["access"]["embargo"]["active"] is False
    assert body["pids"] == {}


def test_a_reserved_doi_is_not_lost_by_leaving_the_input_empty() -> None:
    reserved = {"identifier": "10.5072/baton.2", "provider": "datacite", "client": "datacite"}
    body: Any = body_of(values_of(BLANK), {**BLANK, "pids": {"doi": reserved}})
    assert body["pids"]["doi"] == reserved


@pytest.mark.parametrize("visibility", ["nonsense", ""])
def test_an_unknown_visibility_closes_rather_than_opens(visibility: str) -> None:
    body: Any = body_of(Values({"visibility": visibility}, {}), BLANK)
    assert (body["access"]["record"], body["access"]["files"]) == ("restricted", "restricted")


def rows_of(*names: str) -> list[tuple[str, str]]:
    return [(f"creators.{n}.family_name", name) for n, name in enumerate(names)]


def names(values: Values) -> list[str]:
    return [row["family_name"] for row in values.rows["creators"]]


def test_blank_rows_are_left_out_and_the_others_keep_their_order() -> None:
    typed = [*rows_of("A", " ", "", "B"), ("creators.1.type", "personal"), ("creators.10.family_name", "C")]
    assert names(typed_values(typed)) == ["A", "B", "C"]


def test_a_row_can_be_removed_and_moved_up() -> None:
    typed = rows_of("A", "B", "C")
    assert names(typed_values(typed, "remove", "creators.1")) == ["A", "C"]
    assert names(typed_values(typed, "up", "creators.2")) == ["A", "C", "B"]
    assert names(typed_values(typed, "up", "creators.0")) == ["A", "B", "C"]


@pytest.mark.parametrize(
    "row", ["", "creators", "creators.x", "creators.99", "nothing.1", "creators.²", f"creators.{'9' * 5000}"]
)
def test_a_button_for_no_row_does_nothing(row: str) -> None:
    assert names(typed_values(rows_of("A", "B"), "remove", row)) == ["A", "B"]


@settings(deadline=None)  # the first example reads the vocabularies
@given(
    st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=20),
    st.text(max_size=20),
    st.text(max_size=20),
)
def test_whatever_is_sent_becomes_a_body(items: list[tuple[str, str]], button: str, row: str) -> None:
    values = typed_values(items, button, row)
    assert {"metadata", "custom_fields", "access", "pids", "files"} == set(body_of(values, FULL))


known_names = st.sampled_from(
    [
        *(each.name for each in ALL_FIELDS),
        *(f"{rows.name}.{number}.{each.name}" for rows in ROWS for number in range(3) for each in rows.inputs),
    ]
)


@settings(deadline=None)
@given(st.dictionaries(known_names, st.text(max_size=40), max_size=30))
def test_what_is_typed_into_any_input_becomes_a_body(typed: dict[str, str]) -> None:
    body = body_of(typed_values(typed.items()), FULL)
    assert isinstance(body["metadata"], dict)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), max_size=200))
def test_plain_text_comes_back_from_its_html(text: str) -> None:
    markup = html_of(text)
    if markup is not None:
        assert html_of(text_of(markup)) == markup


def test_plain_text_becomes_paragraphs_and_html_stays() -> None:
    assert html_of("a < b\n& c\n\n\nd") == "<p>a &lt; b<br>&amp; c</p><p>d</p>"
    assert html_of(" <p>x</p> ") == "<p>x</p>"
    assert html_of("  ") is None
    assert text_of("<p>a &lt; b<br>&amp; c</p><p>d</p>") == "a < b\n& c\n\nd"
    assert text_of("<p>a <em>b</em></p>") == "<p>a <em>b</em></p>"


@pytest.mark.parametrize("typed", ["English, German", "eng;deu", "english\nGERMAN"])
def test_languages_are_known_by_name_and_by_code(typed: str) -> None:
    field = next(each for each in ALL_FIELDS if each.name == "languages")
    assert field.codec.read(typed, Known()) == [{"id": "eng"}, {"id": "deu"}]


def test_a_language_whose_name_has_a_comma_is_shown_by_its_code() -> None:
    field = next(each for each in ALL_FIELDS if each.name == "languages")
    for language in ("ell", "eng", "aka", "axk"):
        shown = field.codec.show([{"id": language}])
        assert field.codec.read(shown, Known()) == [{"id": language}]


def test_forms_are_compared_without_regard_to_blanks_around() -> None:
    shown = values_of(FULL)
    typed = Values({**shown.fields, "title": " Title "}, shown.rows)
    assert same_texts(typed, shown)
    assert not same_texts(Values({**shown.fields, "title": "Other"}, shown.rows), shown)


def test_labels_are_made_of_names() -> None:
    assert label_of("dwc:scientificName") == "Scientific name"
    assert label_of("session_part") == "Session part"
