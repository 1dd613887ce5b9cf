"""What is right is kept as it is; what answers show beside it is not stored."""

import orjson
import pytest
from tests.records.metadata_bodies import OWN_PREFIX, TERMS, TODAY, check_here, full, minimal, told

from baton.records.metadata.check import check, terms_in


def test_every_field_comes_back_unchanged() -> None:
    checked = check_here(full())
    assert checked.errors == ()
    assert checked.body == full()


def test_a_minimal_body_gets_the_defaults() -> None:
    checked = check_here(minimal())
    assert checked.errors == ()
    assert checked.body["metadata"]["creators"][0]["person_or_org"]["name"] == "Curie, Marie"
    assert checked.body["access"] == {
        "record": "public",
        "files": "public",
        "embargo": {"active": False, "reason": None},
    }
    assert checked.body["files"] == {"enabled": True, "default_preview": None, "order": []}
    assert checked.body["pids"] == checked.body["custom_fields"] == {}


@pytest.mark.parametrize("raw", [{}, {"metadata": {}}, {"metadata": None, "access": None, "files": None, "pids": None}])
def test_an_empty_body_is_told_what_is_missing_and_kept(raw: object) -> None:
    checked = check_here(raw)
    assert checked.body["metadata"] == {}
    assert {error.field for error in checked.errors} == {
        "metadata.resource_type",
        "metadata.creators",
        "metadata.title",
        "metadata.publication_date",
    }
    assert {error.message for error in checked.errors} == {"Missing data for required field."}


def test_an_answer_can_be_sent_back() -> None:
    """Titles, icons, links and counts that answers show beside the stored fields are passed over in silence."""
    raw = full()
    metadata = raw["metadata"]
    metadata["resource_type"] |= {"title": {"en": "Dataset"}, "props": {"type": "dataset"}}
    metadata["languages"][0] |= {"title": {"en": "English"}}
    metadata["rights"][0] |= {
        "title": {"en": "Cc-By-4.0"},
        "description": {"en": "The licence."},
        "icon": "cc-by-icon",
        "props": {"url": "https://example.org", "scheme": "spdx"},
    }
    metadata["creators"][0]["affiliations"][0]["identifiers"] = [{"scheme": "ror", "identifier": "01ggx4157"}]
    metadata["creators"][0]["role"]["title"] = {"en": "Editor"}
    metadata["subjects"][0] |= {"title": {"en": "Calcimycin"}, "props": {}, "synonyms": []}
    raw["access"]["status"] = "embargoed"
    raw["files"] |= {"count": 1, "total_bytes": 2, "entries": {"a": {}}, "links": {}}
    raw["pids"]["oai"] = {"identifier": "oai:example.org:1", "provider": "oai"}
    raw |= {"id": "1", "links": {}, "parent": {}, "is_draft": True, "revision_id": 3, "anything": "else"}
    checked = check_here(raw)
    assert checked.errors == ()
    assert checked.body == full()


def test_every_term_that_the_check_looks_up_is_named_beforehand() -> None:
    asked: set[tuple[str, str]] = set()

    class Asked(dict):  # type: ignore[type-arg]
        def get(self, key: tuple[str, str], default: object = None) -> object:
            asked.add(key)
            return super().get(key, default)

    check(full(), Asked(TERMS), today=TODAY, own_prefix=OWN_PREFIX)
    assert asked == terms_in(full())
    assert ("awards", "00k4n6c32::101122956") in asked


@pytest.mark.parametrize("raw", [None, 1, "x", [], [{}], {"metadata": 3}, {"metadata": {"creators": {"a": 1}}}])
def test_a_body_of_the_wrong_type_mentions_no_terms(raw: object) -> None:
    assert terms_in(raw) == set()
    assert check_here(raw).errors


def test_unknown_members_of_the_schema_are_told_and_dropped() -> None:
    raw = minimal()
    raw["metadata"]["subtitle"] = "x"
    raw["metadata"]["creators"][0]["shoe_size"] = 43
    raw["metadata"]["creators"][0]["person_or_org"]["nickname"] = "M"
    assert told(raw) == {
        "metadata.subtitle": "Unknown field.",
        "metadata.creators.0.shoe_size": "Unknown field.",
        "metadata.creators.0.person_or_org.nickname": "Unknown field.",
    }
    assert check_here(raw).body == check_here(minimal()).body


def test_null_is_told_and_dropped() -> None:
    raw = minimal()
    raw["metadata"] |= {"description": None, "publisher": None, "sizes": [None, "1 page"]}
    assert told(raw) == {
        "metadata.description": "Field may not be null.",
        "metadata.publisher": "Field may not be null.",
        "metadata.sizes.0": "Field may not be null.",
    }
    assert check_here(raw).body["metadata"]["sizes"] == ["1 page"]


def test_empty_lists_are_absent() -> None:
    raw = minimal()
    raw["metadata"] |= {"subjects": [], "rights": [], "locations": {"features": []}, "version": " "}
    checked = check_here(raw)
    assert checked.errors == ()
    assert checked.body == check_here(minimal()).body


def test_a_body_is_storable_as_json() -> None:
    assert orjson.loads(orjson.dumps(check_here(full()).body)) == full()
