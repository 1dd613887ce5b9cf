"""Small pieces of pages: sizes, folders, facts."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.files.entry import FileEntry
from baton.web.view import details
from baton.web.view.files import DEEPEST, Folder, file_tree
from baton.web.view.landing import script_json
from baton.web.view.words import Link, counted, file_size

MOMENT = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, "not uploaded yet"),
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1234, "1.2 kB"),
        (99_949, "99.9 kB"),
        (123_456, "123 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (50 * 10**9, "50.0 GB"),
        (10**19, "10000 PB"),
    ],
)
def test_sizes_are_read_at_a_glance(size: int | None, text: str) -> None:
    assert file_size(size) == text


def test_plural_forms_are_right() -> None:
    assert [counted(n, "file", "files") for n in (0, 1, 2, 1204)] == ["0 files", "1 file", "2 files", "1,204 files"]


def entry(key: str, size: int = 1) -> FileEntry:
    return FileEntry(key, key, "completed", size, "m", "s", 1, "text/plain", "v", MOMENT, MOMENT)


def keys(folder: Folder) -> list[str]:
    return [row.key for row in folder.files] + [key for inner in folder.folders for key in keys(inner)]


segments = st.text(st.sampled_from("ab."), min_size=1, max_size=2)


@given(st.lists(st.lists(segments, min_size=1, max_size=30).map("/".join), unique=True, max_size=20))
def test_every_file_is_in_the_tree_once(names: list[str]) -> None:
    tree = file_tree(1, [entry(name) for name in names])
    assert sorted(keys(tree)) == sorted(names)
    assert tree.count == tree.bytes == len(names)


def test_folders_end_somewhere() -> None:
    tree = file_tree(1, [entry("/".join("abcdefghijklmnop"))])
    depth = 0
    while tree.folders:
        tree, depth = tree.folders[0], depth + 1
    assert depth == DEEPEST
    assert tree.files[0].name == "i/j/k/l/m/n/o/p"


@given(st.recursive(st.text() | st.integers(-(2**53), 2**53), lambda inner: st.dictionaries(st.text(), inner)))
def test_json_in_a_script_can_never_end_it(data: Any) -> None:
    assert not set("<>&") & set(script_json({"x": data}))


def test_awards_are_told_in_words() -> None:
    found = details.funding(
        {
            "funding": [
                {"funder": {"name": "A"}, "award": {"number": "1", "title": {"en": "T"}, "acronym": "AC"}},
                {"funder": {"name": "B"}, "award": {"number": "2"}},
                {"funder": {"id": "x"}},
                {
                    "funder": {"name": "C"},
                    "award": {
                        "title": {"de": "Nur"},
                        "identifiers": [{"scheme": "url", "identifier": "https://e.org"}],
                    },
                },
            ]
        }
    )
    assert [(fact.label, fact.values) for fact in found] == [
        ("A", (Link("AC: T (1)"),)),
        ("B", (Link("2"),)),
        ("x", ()),
        ("C", (Link("Nur", "https://e.org"),)),
    ]


def test_places_are_told_in_words() -> None:
    features = [
        {"place": "Here", "geometry": {"type": "Point", "coordinates": [-2.5, 54.7]}, "description": "why"},
        {"geometry": {"type": "MultiPolygon", "coordinates": []}},
        {"place": "Berlin", "identifiers": [{"scheme": "wikidata", "identifier": "Q64"}]},
    ]
    found = {fact.label: fact.values for fact in details.facts({"locations": {"features": features}})}
    assert [one.text for one in found["Locations"]] == ["Here, 54.7° N 2.5° W: why", "Multi polygon", "Berlin"]
    assert found["Locations"][2].href == "https://www.wikidata.org/entity/Q64"


def test_nothing_dangerous_becomes_a_link() -> None:
    related = {"related_identifiers": [{"scheme": "url", "identifier": "javascript:alert(1)"}]}
    assert details.related_works(related)[0].values[0].href is None
    groups = details.custom_groups({"code:codeRepository": "javascript:alert(1)"})
    assert groups[0].facts[0].values[0].href is None
    rights = {"rights": [{"title": {"en": "x"}, "link": "javascript:alert(1)"}]}
    assert details.licences(rights)[0].href is None


def test_custom_fields_are_grouped_and_legacy_ones_left_out() -> None:
    groups = details.custom_groups(
        {
            "dwc:scientificName": ["Gadus morhua"],
            "dwc:decimalLatitude": [54.7],
            "code:programmingLanguage": [{"id": "python", "title": {"en": "Python"}}],
            "legacy:communities": ["x"],
            "thesis:thesis": {"university": "U", "department": ""},
        }
    )
    told = {group.title: {fact.label: [one.text for one in fact.values] for fact in group.facts} for group in groups}
    assert told == {
        "Biodiversity (Darwin Core)": {"Scientific name": ["Gadus morhua"], "Decimal latitude": ["54.7"]},
        "Software": {"Programming language": ["Python"]},
        "Thesis": {"University": ["U"]},
    }
