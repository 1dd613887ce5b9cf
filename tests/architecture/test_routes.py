"""Every route says who it is and what it answers, and no writing route goes untested."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

Trees = dict[str, ast.Module]

WRITES = {"post", "put", "patch", "delete"}
# Routes below /api that the description leaves out, each with its reason.
UNDESCRIBED = {
    "/api/openapi.json": "is the description",
    "/api/docs": "is a page for people",
}


def operations(app: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each operation."""
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_route_of_the_interface_is_described(app: FastAPI) -> None:
    described = {path for _method, path, _operation in operations(app)}
    present = {str(route.path_format or route.path) for route in iter_route_contexts(app.routes)}
    assert {path for path in present if path.startswith("/api")} - described - set(UNDESCRIBED) == set()


def test_every_operation_has_a_name_of_its_own(app: FastAPI) -> None:
    described = [
        route
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute) and route.include_in_schema
    ]
    assert [route.path for route in described if not route.operation_id] == []  # FastAPI would make one up
    names = Counter(operation["operationId"] for _method, _path, operation in operations(app))
    assert [name for name, count in names.items() if count > 1] == []


def test_every_operation_says_what_it_answers(app: FastAPI) -> None:
    silent = [
        f"{method.upper()} {path}"
        for method, path, operation in operations(app)
        if not any(
            code == "204" or code.startswith("3") or answer.get("content")
            for code, answer in operation["responses"].items()
            if code[0] in "23"
        )
    ]
    assert silent == []


def test_every_operation_says_how_it_refuses(app: FastAPI) -> None:
    trusting = [
        f"{method.upper()} {path}"
        for method, path, operation in operations(app)
        if path.startswith("/api") and not any(code.startswith("4") for code in operation["responses"])
    ]
    assert trusting == []


def spelled(node: ast.expr) -> str | None:
    """A string in a test as a pattern: what is filled in may be anything; arguments after `?` do not count."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value.partition("?")[0])
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(v.value) if isinstance(v, ast.Constant) else "\0" for v in node.values)
        return re.escape(text.partition("?")[0]).replace("\0", ".+")
    return None


def called(suite: Trees) -> set[tuple[str, str]]:
    """Method and pattern of every address that a test calls, as `client.post("/...")` or `call("POST", "/...")`."""
    found = set()
    for tree in suite.values():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).rpartition(".")[2].lower()
            texts = [text for text in map(spelled, node.args[:3]) if text]
            methods = {name} | {text.lower() for text in texts}
            found |= {(method, text) for method in methods & WRITES for text in texts if text.lower() not in WRITES}
    return found


@pytest.mark.parametrize("method", sorted(WRITES))
def test_every_writing_route_is_called_by_a_test(app: FastAPI, suite: Trees, method: str) -> None:
    patterns = [re.compile(pattern) for verb, pattern in called(suite) if verb == method]
    uncalled = [
        path
        for verb, path, _operation in operations(app)
        if verb == method and not any(p.fullmatch(re.sub(r"\{[^}]*\}", "x", path)) for p in patterns)
    ]
    assert uncalled == []
