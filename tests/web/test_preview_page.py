"""`/records/{id}/preview/{key}`, and what a preview is made of."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.browser import Browser
from tests.web.conftest import Owner

from baton.web.view.preview import MOST_ROWS, READ_BYTES, Kind, kind_of, preview


def test_a_table_is_shown_as_one(owner: Owner, visitor: Browser) -> None:
    page = visitor.get(f"/records/{owner.record()}/preview/levels.csv")
    assert page.status == 200
    assert '<th scope="col">level</th>' in page.text
    assert "<td>20</td>" in page.text
    assert "only the beginning" not in page.text


def test_markup_in_files_is_shown_and_not_obeyed(owner: Owner, visitor: Browser) -> None:
    number = owner.record(None, {"page.html": b"<script>alert(1)</script>", "t.csv": b"<b>x</b>,1\n"})
    assert "&lt;script&gt;alert(1)" in visitor.get(f"/records/{number}/preview/page.html").text
    assert "<b>x</b>" not in visitor.get(f"/records/{number}/preview/t.csv").text


def test_pictures_and_pdf_come_from_their_own_address(owner: Owner, visitor: Browser) -> None:
    number = owner.record(None, {"map.png": b"\x89PNG", "paper.pdf": b"%PDF-1.4"})
    picture = visitor.get(f"/records/{number}/preview/map.png").text
    assert "only the beginning" not in picture
    assert f'<img class="preview-image" src="/records/{number}/files/map.png"' in picture
    assert f'src="/records/{number}/files/paper.pdf"' in visitor.get(f"/records/{number}/preview/paper.pdf").text


def test_of_a_large_file_only_the_beginning_is_shown(owner: Owner, visitor: Browser) -> None:
    number = owner.record(None, {"log.txt": b"line\n" * 50_000})
    text = visitor.get(f"/records/{number}/preview/log.txt").text
    assert "only the beginning" in text
    assert len(text) < 2 * READ_BYTES


def test_what_cannot_be_shown_can_be_downloaded(owner: Owner, visitor: Browser) -> None:
    number = owner.record(None, {"archive.bin": b"\0"})
    page = visitor.get(f"/records/{number}/preview/archive.bin")
    assert "cannot be shown here" in page.text
    assert f"/records/{number}/files/archive.bin?download=1" in page.text
    assert "Preview" not in visitor.get(f"/records/{number}").text


def test_previews_of_closed_files_are_closed(owner: Owner, visitor: Browser) -> None:
    number = owner.record(access={"record": "public", "files": "restricted"})
    assert visitor.get(f"/records/{number}/preview/levels.csv").status == 403


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.csv", "a.tsv", "a.json", "a.ipynb"]), st.booleans())
def test_any_bytes_have_a_preview(content: bytes, key: str, is_cut: bool) -> None:
    kind = kind_of(key)
    assert kind is not None
    shown = preview(key, kind, content, len(content) + is_cut)
    assert shown.kind in {Kind.TEXT, Kind.TABLE}
    assert len({len(row) for row in shown.rows}) <= 1


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("grün".encode(), "grün"),
        ("grün".encode("latin-1"), "grün"),
        ("grün".encode("utf-16"), "grün"),
        (b"\xef\xbb\xbfx", "x"),
    ],
)
def test_usual_encodings_are_read(content: bytes, text: str) -> None:
    assert preview("a.txt", Kind.TEXT, content, len(content)).text == text


def test_a_letter_cut_in_two_does_not_spoil_the_rest() -> None:
    assert preview("a.txt", Kind.TEXT, "grün ü".encode()[:-1], 100).text == "grün "


@pytest.mark.parametrize(
    ("key", "content"),
    [("a.csv", "x,y\n1,2\n"), ("a.csv", "x;y\n1;2\n"), ("a.tsv", "x\ty\n1\t2\n"), ("a.csv", 'x|y\n1|"2"\n')],
)
def test_columns_are_found_by_their_separator(key: str, content: str) -> None:
    assert preview(key, Kind.TABLE, content.encode(), len(content)).rows == (("x", "y"), ("1", "2"))


def test_long_tables_are_cut() -> None:
    content = b"x\n" * 1000
    shown = preview("a.csv", Kind.TABLE, content, len(content))
    assert shown.is_cut
    assert len(shown.rows) == MOST_ROWS + 1


def test_json_is_indented_unless_that_would_blow_it_up() -> None:
    assert preview("a.json", Kind.JSON, b'{"a":[1]}', 9).text == '{\n  "a": [\n    1\n  ]\n}'
    deep = ("[" * 400 + "1," * 5000 + "1" + "]" * 400).encode()
    assert preview("a.json", Kind.JSON, deep, len(deep)).text == deep.decode()
    for broken in (b"{", b"[" * 50_000, json.dumps("x").encode()[:-1]):
        assert preview("a.json", Kind.JSON, broken, len(broken)).text == broken.decode()
