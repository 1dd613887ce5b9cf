from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.search.made import ALICE, START, file_named, make_draft, make_record, person

from baton.search.documents import access_tokens, document, documents, key_of
from baton.search.generations import FIELDS


def test_every_field_of_a_document_is_in_the_index() -> None:
    record = make_record(
        4,
        metadata={"description": "<p>Text</p>", "subjects": [{"subject": "Physics"}], "publisher": "Somebody"},
        custom_fields={"meeting:meeting": {"session": "VI", "session_part": "1"}, "journal:journal": {"volume": "3"}},
        access={"record": "restricted"},
        files=(file_named("a.csv"),),
        is_latest=False,
    )
    embargoed = make_record(5, access={"files": "restricted", "embargo": {"active": True, "until": "2030-01-01"}})
    article = make_record(6, metadata={"resource_type": {"id": "publication-article"}})
    found = {name for record in (record, embargoed, article) for name in document(record)}
    assert found == set(FIELDS)


@pytest.mark.parametrize(
    "record",
    [
        make_record(1, access={"record": "restricted"}),
        make_record(1, access={"record": "Public"}),
        make_record(1, access={"record": ""}),
        make_record(1, access={"record": None}),
        make_record(1, access={"record": ["public"]}),
        replace(make_record(1), body={**make_record(1).body, "access": {"files": "public"}}),
        replace(make_record(1), body={**make_record(1).body, "access": {}}),
        replace(make_record(1), is_published=False),
        make_draft(1),
        make_draft(1, is_published=True),
    ],
)
def test_whatever_is_not_known_to_be_public_is_restricted(record: Any) -> None:
    assert access_tokens(record) == ["restricted", f"user:{ALICE}"]
    assert document(record)["acl"] == ["restricted", f"user:{ALICE}"]


@given(st.text() | st.none() | st.integers() | st.booleans())
def test_only_the_word_public_opens_a_record(value: object) -> None:
    tokens = access_tokens(make_record(1, access={"record": value}))
    assert tokens == ([] if value == "public" else ["restricted", f"user:{ALICE}"])


def test_a_public_record_is_for_everybody() -> None:
    assert "acl" not in document(make_record(1))
    assert "acl" not in document(make_record(1, access={"files": "restricted"}))


@pytest.mark.parametrize(
    ("access", "status"),
    [
        ({}, "open"),
        ({"files": "restricted"}, "restricted"),
        ({"record": "restricted"}, "restricted"),
        ({"record": "who knows"}, "restricted"),
        ({"files": "who knows"}, "restricted"),
        ({"files": "restricted", "embargo": {"active": True, "until": "2030-01-01"}}, "embargoed"),
    ],
)
def test_access_status(access: dict[str, Any], status: str) -> None:
    assert document(make_record(1, access=access))["access_status"] == status


def test_files_that_readers_may_not_see_leave_no_trace() -> None:
    files = (file_named("secret.csv"),)
    for access in ({"files": "restricted"}, {"embargo": {"active": True, "until": "2030-01-01"}}, {"files": "?"}):
        doc = document(make_record(1, access=access, files=files))
        assert "file_type" not in doc
        assert "secret" not in str(doc)
    assert document(make_draft(1, access={"files": "restricted"}, files=files))["file_type"] == ["csv"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("a.CSV", ["csv"]),
        ("folder.d/name", None),
        ("archive.tar.gz", ["gz"]),
        (".hidden", None),
        ("noextension", None),
        ("odd.e x", None),
    ],
)
def test_file_types_are_extensions(key: str, expected: list[str] | None) -> None:
    assert document(make_record(1, files=(file_named(key),))).get("file_type") == expected


def test_both_levels_of_the_resource_type() -> None:
    doc = document(make_record(1, metadata={"resource_type": {"id": "publication-article"}}))
    assert (doc["type"], doc["subtype"]) == ("publication", "publication-article")
    doc = document(make_record(1))
    assert (doc["type"], doc.get("subtype")) == ("dataset", None)


@pytest.mark.parametrize(
    ("date", "first", "last", "year"),
    [
        ("2020", 20200101, 20201231, 2020),
        ("2001/2003-05", 20010101, 20030531, 2001),
        ("1543-03", 15430301, 15430331, 1543),
    ],
)
def test_a_publication_date_is_an_interval(date: str, first: int, last: int, year: int) -> None:
    doc = document(make_record(1, metadata={"publication_date": date}))
    assert (doc["published_first"], doc["published_last"], doc["year"]) == (first, last, year)


def test_a_published_state_is_as_old_as_its_publication() -> None:
    started_early = make_record(1, created_at=START - timedelta(days=300), published_at=START)
    other = make_record(2, created_at=START - timedelta(days=10), published_at=START - timedelta(days=10))
    assert document(started_early)["created"] > document(other)["created"]


def test_sort_keys_are_unique_and_fit_the_index() -> None:
    far = START.replace(year=2105)
    docs = [document(make_record(n, published_at=far, updated_at=far, version_index=10**9)) for n in range(2, 300)]
    assert len({doc["created"] for doc in docs}) == len(docs)
    for doc in docs:
        assert all(0 <= value < 2**63 for value in doc.values() if isinstance(value, int))


def test_which_state_stands_for_a_work() -> None:
    first = make_record(1, work_id=9, version_index=1, is_latest=False)
    second = make_record(2, work_id=9, version_index=2)
    edited = make_draft(2, work_id=9, version_index=2, is_published=True)
    third = make_draft(3, work_id=9, version_index=3)
    other = make_record(4)
    states = {doc["key"]: doc.get("state") for doc in documents([third, other, first, edited, second])}
    assert states == {
        key_of(1, is_draft=False): ["old", "superseded"],
        key_of(2, is_draft=False): ["replaced", "superseded"],
        key_of(2, is_draft=True): ["draft", "old", "superseded"],
        key_of(3, is_draft=True): ["draft", "old"],
        key_of(4, is_draft=False): None,
    }


def test_words_are_folded_and_identifiers_whole() -> None:
    doc = document(
        make_record(
            7,
            metadata={
                "creators": [person("Müller, Jörg", orcid="0000-0002-1825-0097", affiliation="École X")],
                "description": "<p>Über <b>Korallen</b></p>",
            },
        )
    )
    assert doc["creators"] == "muller jorg"
    assert doc["description"] == "uber korallen"
    assert "ecole x" in doc["more"]
    assert "pids.doi.identifier=10.5072/baton.7" in doc["exact"]
    assert "metadata.creators.affiliations.name" in doc["present"].split()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["title", "notes", "x:y", "geo"]), JSON), st.dictionaries(st.text(max_size=5), JSON)
)
def test_any_metadata_makes_a_document(metadata: dict[str, Any], custom_fields: dict[str, Any]) -> None:
    custom_fields.pop("journal:journal", None)
    doc = document(make_draft(1, metadata=metadata, custom_fields=custom_fields))
    assert set(doc) <= set(FIELDS)
