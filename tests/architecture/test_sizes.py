"""A file is read at one sitting and a function at one glance."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

Trees = dict[str, ast.Module]
ROOT = Path(__file__).parents[2]

MOST_LINES = 400
MOST_LINES_OF_TESTS = 600
MOST_LINES_OF_A_FUNCTION = 50

# Longer than the rule allows, each with its reason. A path, or a path and a function: `path::function`.
LONGER: dict[str, str] = {
    "src/baton/migrations/versions/0001_first_tables.py::upgrade": "a list of tables, one after the other",
}


def lines(path: str) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def functions(trees: Trees) -> Iterator[tuple[str, int]]:
    """Each function with its length from `def` to its last line."""
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                yield f"{path}::{node.name}", node.end_lineno - node.lineno + 1


def test_no_file_is_longer_than_one_sitting(product: Trees) -> None:
    assert {path: lines(path) for path in product if lines(path) > MOST_LINES and path not in LONGER} == {}


def test_no_test_file_is_longer_than_one_sitting(suite: Trees) -> None:
    assert {path: lines(path) for path in suite if lines(path) > MOST_LINES_OF_TESTS and path not in LONGER} == {}


def test_no_function_is_longer_than_one_glance(product: Trees) -> None:
    assert {
        name: length for name, length in functions(product) if length > MOST_LINES_OF_A_FUNCTION and name not in LONGER
    } == {}


def test_most_functions_are_shorter_than_that(product: Trees) -> None:
    lengths = sorted(length for _name, length in functions(product))
    assert lengths[len(lengths) * 9 // 10] <= 30


@pytest.mark.parametrize("name", LONGER)
def test_no_exception_outlives_its_need(product: Trees, suite: Trees, name: str) -> None:
    long = {path for path in product if lines(path) > MOST_LINES}
    long |= {path for path in suite if lines(path) > MOST_LINES_OF_TESTS}
    long |= {function for function, length in functions(product) if length > MOST_LINES_OF_A_FUNCTION}
    assert name in long
