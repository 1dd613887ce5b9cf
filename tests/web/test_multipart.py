"""`multipart/form-data` as it arrives, in pieces of any size."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from tests.web.browser import MULTIPART, multipart

from baton.kernel.errors import InvalidInput, Problem, TooLarge
from baton.web.forms.errors import FormInterrupted
from baton.web.forms.incoming import key_of
from baton.web.forms.multipart import FilePart, Typed, read_form

LIMIT = 10_000


def request_of(pieces: list[bytes], kind: str = MULTIPART, *, is_cut: bool = False) -> Request:
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append(
        {"type": "http.disconnect"} if is_cut else {"type": "http.request", "body": b"", "more_body": False}
    )
    arriving = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(arriving)

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}
    return Request(scope, receive)


def read(request: Request, *, reads: bool = True) -> tuple[list[tuple[str, str]], dict[str, bytes]]:
    """Texts and files of the form; with `reads=False` nobody looks at the files."""
    files: dict[str, bytes] = {}

    async def take(_typed: Typed, part: FilePart) -> None:
        files[part.filename] = await joined(part.content) if reads else b""

    typed = asyncio.run(read_form(request, take, LIMIT))
    return typed.items, files


async def joined(content: AsyncIterator[bytes]) -> bytes:
    return b"".join([data async for data in content])


names = st.text(
    st.characters(codec="utf-8", exclude_characters='"\\\r\n%', exclude_categories=["C"]), min_size=1, max_size=20
)


@settings(deadline=None)
@given(
    fields=st.lists(
        st.tuples(names, st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=50)), max_size=5
    ),
    files=st.dictionaries(names, st.binary(max_size=300), max_size=3),
    size=st.integers(1, 70),
)
def test_every_way_of_cutting_a_form_into_pieces_reads_the_same(
    fields: list[tuple[str, str]], files: dict[str, bytes], size: int
) -> None:
    body = multipart(fields, [("file", name, content) for name, content in files.items()])
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    items, stored = read(request_of(pieces))
    assert sorted(items) == sorted(fields)
    assert stored == files


def test_a_file_that_nobody_reads_is_passed_over() -> None:
    body = multipart([("a", "1")], [("file", "x", b"y" * 5000)])
    items, files = read(request_of([body]), reads=False)
    assert items == [("a", "1")]
    assert files == {"x": b""}


def test_inputs_without_a_chosen_file_are_none() -> None:
    items, files = read(request_of([multipart([("a", "1")], [("file", "", b"")])]))
    assert (items, files) == ([("a", "1")], {})


def test_line_ends_of_texts_are_those_of_the_page() -> None:
    items, _files = read(request_of([multipart([("a", "one\r\ntwo")])]))
    assert items == [("a", "one\ntwo")]


def test_quotes_in_names_come_back() -> None:
    _items, files = read(request_of([multipart([], [("file", "say %22hi%22.txt", b"x")])]))
    assert files == {'say "hi".txt': b"x"}


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", f"multipart/form-data; boundary={'x' * 500}"])
def test_what_is_no_such_form_is_refused(kind: str) -> None:
    with pytest.raises(InvalidInput):
        read(request_of([b"x"], kind))


def test_malformed_parts_are_refused() -> None:
    with pytest.raises(InvalidInput):
        read(request_of([b"------part-of-a-form\r\nno header at all\r\n\r\nx"]))


@pytest.mark.parametrize("is_cut", [True, False])
def test_a_form_that_ends_too_early_is_told_apart(is_cut: bool) -> None:
    body = multipart([("a", "1")], [("file", "x", b"y" * 500)])[:-200]
    with pytest.raises(FormInterrupted):
        read(request_of([body], is_cut=is_cut))


@pytest.mark.parametrize(
    "fields", [[("a", "x" * (LIMIT + 1))], [(f"n{n}", "") for n in range(LIMIT)], [("a" * LIMIT, "")]]
)
def test_texts_beyond_the_limit_are_refused(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(Problem) as refused:
        read(request_of([multipart(fields)]))
    assert isinstance(refused.value, TooLarge | InvalidInput)


@pytest.mark.parametrize(
    ("folder", "filename", "key"),
    [
        ("", "a.csv", "a.csv"),
        ("data", "a.csv", "data/a.csv"),
        ("/data//raw/ ", "a.csv", "data/raw/a.csv"),
        ("", "site/plots/a.csv", "site/plots/a.csv"),
        ("x", "C:\\temp\\a.csv", "x/C:/temp/a.csv"),
        (".", "./a.csv", "a.csv"),
        ("", "../a.csv", "../a.csv"),
        ("..", "a.csv", "../a.csv"),
        ("", "/etc/passwd", "etc/passwd"),
    ],
)
def test_files_go_into_the_folder_that_was_named(folder: str, filename: str, key: str) -> None:
    assert key_of(folder, filename) == key
