"""What docs/compatibility.md calls done is there, what it calls missing is not, and nothing is left out of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

PAGE = Path(__file__).parents[2] / "docs" / "compatibility.md"
STATES = {"done", "differs", "not yet"}
WORD = re.compile(r"`([A-Z ]+) (/\S*)`")

# What answers 405 there and here, or is ours alone: no row, or a row of which nothing is to be found in the routes.
CLOSED = {
    ("PUT", "/api/records/{}"),
    ("DELETE", "/api/records/{}"),
    ("PUT", "/api/deposit/depositions/{}/files"),
    ("PUT", "/api/deposit/depositions/{}/files/{}"),
}


def shape(path: str) -> str:
    """A path with its parameters made nameless: `/records/{id:path}` and `/records/{record_id}` are one."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/") or "/"


def rows() -> Iterator[tuple[str, str]]:
    """First cell and state of each row of each table."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 3 and cells[1] not in {"state", "---"}:
            yield cells[0], cells[1]


def documented(*states: str) -> set[tuple[str, str]]:
    return {
        (method, shape(word[2]))
        for cell, state in rows()
        if state in states and (word := WORD.fullmatch(cell))
        for method in word[1].split()
    }


@pytest.fixture(scope="module")
def routes(app: FastAPI) -> set[tuple[str, str]]:
    return {
        (method, str(route.path))
        for route in iter_route_contexts(app.routes)
        for method in route.methods or {"GET"}
        if method not in {"HEAD", "OPTIONS"}
    }


def is_served(routes: set[tuple[str, str]], method: str, path: str) -> bool:
    example = path.replace("{}", "1")
    return any(verb == method and compile_path(route)[0].match(example) for verb, route in routes)


def test_every_row_has_one_of_three_states() -> None:
    assert {state for _cell, state in rows()} == STATES


def test_no_row_stands_there_twice() -> None:
    routes = [word.group() for cell, _state in rows() if (word := WORD.fullmatch(cell))]
    assert sorted(set(routes)) == sorted(routes)


def test_what_is_called_done_is_there(routes: set[tuple[str, str]]) -> None:
    promised = documented("done", "differs") - CLOSED
    assert [route for route in sorted(promised) if not is_served(routes, *route)] == []


def test_what_is_called_missing_is_not_there(routes: set[tuple[str, str]]) -> None:
    assert documented("not yet") & {(method, shape(path)) for method, path in routes} == set()


def test_every_route_of_the_interface_has_its_row(routes: set[tuple[str, str]]) -> None:
    ours = {"/api/openapi.json", "/api/docs"}
    interface = {(method, shape(path)) for method, path in routes if path.startswith("/api") and path not in ours}
    assert interface - documented("done", "differs") == set()
