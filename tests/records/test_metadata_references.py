"""References to vocabularies: by id, by name, both, neither."""

import pytest
from tests.records.metadata_bodies import OWN_PREFIX, TERMS, TODAY, check_here, told, with_metadata

from baton.records.metadata.check import check, terms_in
from baton.vocabularies.queries import vocabulary_names


def test_an_unknown_term_is_told_and_kept() -> None:
    checked = check_here(with_metadata(resource_type={"id": "sonnet"}))
    [error] = checked.errors
    assert (error.field, error.code) == ("metadata.resource_type.id", "unknown_term")
    assert "'sonnet'" in error.message
    assert checked.body["metadata"]["resource_type"] == {"id": "sonnet"}


@pytest.mark.parametrize("reference", [{}, {"id": ""}, {"id": None}, {"id": []}, {"id": "x" * 1000}, "dataset", ["id"]])
def test_a_reference_without_a_usable_id_is_told_and_dropped(reference: object) -> None:
    checked = check_here(with_metadata(resource_type=reference))
    assert len(checked.errors) == 1
    assert "resource_type" not in checked.body["metadata"]


def test_another_name_of_a_term_becomes_its_id() -> None:
    raw = with_metadata(resource_type={"id": "publication-thesis"})
    assert ("resourcetypes", "publication-thesis") in terms_in(raw)
    terms = TERMS | {("resourcetypes", "publication-thesis"): TERMS["resourcetypes", "publication-dissertation"]}
    body = check(raw, terms, today=TODAY, own_prefix=OWN_PREFIX).body
    assert body["metadata"]["resource_type"] == {"id": "publication-dissertation"}


def test_an_affiliation_by_id_gets_its_name() -> None:
    person = {"type": "personal", "family_name": "Curie"}
    affiliations = [{"id": "01ggx4157", "name": "Sern"}, {"name": "Sorbonne"}]
    checked = check_here(with_metadata(creators=[{"person_or_org": person, "affiliations": affiliations}]))
    assert checked.errors == ()
    assert checked.body["metadata"]["creators"][0]["affiliations"] == [
        {"id": "01ggx4157", "name": "European Organization for Nuclear Research"},
        {"name": "Sorbonne"},
    ]


@pytest.mark.parametrize(
    ("affiliations", "errors"),
    [
        ([{}], {"0.name": "An existing id or a free text name must be present."}),
        ([{"name": "A"}, {"name": "A"}], {"": "Duplicated affiliations: A"}),
        ([{"id": "nope"}], {"0.id": "Invalid value. 'nope' is not in the vocabulary 'affiliations'."}),
        ([{"name": "A", "planet": "B"}], {"0.planet": "Unknown field."}),
    ],
)
def test_wrong_affiliations_are_told(affiliations: list[dict[str, str]], errors: dict[str, str]) -> None:
    person = {"type": "personal", "family_name": "Curie"}
    raw = with_metadata(creators=[{"person_or_org": person, "affiliations": affiliations}])
    prefix = "metadata.creators.0.affiliations"
    assert told(raw) == {f"{prefix}.{rest}".rstrip("."): message for rest, message in errors.items()}


def test_a_contributor_needs_a_role() -> None:
    person = {"type": "personal", "family_name": "Curie"}
    assert told(with_metadata(contributors=[{"person_or_org": person}])) == {
        "metadata.contributors.0.role": "Missing data for required field."
    }


@pytest.mark.parametrize(
    ("right", "message"),
    [
        ({"id": "cc-by-4.0", "title": {"en": "Other"}}, "Only an existing id or free text"),
        ({"id": "cc-by-4.0", "link": "https://example.org"}, "Only an existing id or free text"),
        ({"link": "https://example.org"}, "An existing id or a free text title must be present"),
    ],
)
def test_terms_of_use_are_a_licence_or_a_text(right: dict[str, object], message: str) -> None:
    errors = told(with_metadata(rights=[right]))
    assert errors["metadata.rights.0"].startswith(message)


def test_licences_are_known_in_either_case() -> None:
    raw = with_metadata(rights=[{"id": "CC-BY-4.0"}])
    assert ("licenses", "cc-by-4.0") in terms_in(raw)
    assert check_here(raw).body["metadata"]["rights"] == [{"id": "cc-by-4.0"}]


def test_a_title_of_terms_of_use_says_its_language() -> None:
    assert told(with_metadata(rights=[{"title": "Mine"}]))["metadata.rights.0.title"].startswith("Not a valid mapping")
    assert told(with_metadata(rights=[{"title": {"klingon!": "Mine"}}]))["metadata.rights.0.title"] == (
        "Not a valid locale."
    )


def test_funding_by_id_gets_the_names() -> None:
    funding = [{"funder": {"id": "00k4n6c32"}, "award": {"id": "00k4n6c32::101122956", "number": "0"}}]
    checked = check_here(with_metadata(funding=funding))
    assert checked.errors == ()
    assert checked.body["metadata"]["funding"] == [
        {
            "funder": {"id": "00k4n6c32", "name": "European Commission"},
            "award": {
                "id": "00k4n6c32::101122956",
                "title": {"en": "A project"},
                "number": "101122956",
                "acronym": "HARNESS",
                "program": "HORIZON",
            },
        }
    ]


def test_wrong_funding_is_told() -> None:
    funding = [{"award": {"number": "1"}}, {"funder": {}, "award": {"acronym": "X"}}]
    assert told(with_metadata(funding=funding)) == {
        "metadata.funding.0.funder": "Missing data for required field.",
        "metadata.funding.1.funder.name": "An existing id or a free text name must be present.",
        "metadata.funding.1.award": "An existing id or either number or title must be present.",
    }


def test_a_subject_by_id_gets_its_text_and_scheme() -> None:
    checked = check_here(with_metadata(subjects=[{"id": "mesh:D000001"}, {"subject": " own words "}]))
    assert checked.body["metadata"]["subjects"] == [
        {"id": "mesh:D000001", "subject": "Calcimycin", "scheme": "MeSH"},
        {"subject": "own words"},
    ]


def test_all_vocabularies_asked_for_exist() -> None:
    everything = {"id": "x"}
    metadata = {
        "resource_type": everything,
        "creators": [{"role": everything, "affiliations": [everything]}],
        "contributors": [{"role": everything}],
        "additional_titles": [{"type": everything, "lang": everything}],
        "additional_descriptions": [{"type": everything}],
        "subjects": [everything],
        "dates": [{"type": everything}],
        "related_identifiers": [{"relation_type": everything}],
        "rights": [everything],
        "funding": [{"funder": everything, "award": everything}],
    }
    custom = {"code:programmingLanguage": [everything], "code:developmentStatus": everything}
    asked = {vocabulary for vocabulary, _ in terms_in({"metadata": metadata, "custom_fields": custom})}
    assert len(asked) == 15
    assert asked <= set(vocabulary_names())
