"""Rules that no linter knows: who commits, who asks the system for time, ids and environment, what names say."""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

Trees = dict[str, ast.Module]

# Paths below src/baton that may do what the rest may not, each with its reason.
MAY_COMMIT = {
    "kernel/db.py": "the one place where a transaction ends",
    "search/tantivy.py": "commits the index, which is no database",
}
MAY_CONNECT = {
    "kernel/db.py": "one engine for readers, one for writers",
}
MAY_ASK_FOR_TIME = {
    "kernel/clock.py": "the clock",
}
MAY_MAKE_IDS = {
    "kernel/ids.py": "where new names come from",
    "kernel/http.py": "the id of a request, which lives as long as its log lines",
}
MAY_READ_THE_ENVIRONMENT = {
    "kernel/settings.py": "every setting, in one place",
}

SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "service", "services", "misc"}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each call with its dotted name as written, e.g. `connection.commit`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def offenders(product: Trees, names: set[str], allowed: dict[str, str]) -> list[str]:
    """Where a call's dotted name ends in one of `names`, outside the allowed paths."""
    return [
        f"{path}:{call.lineno} {name}"
        for path, tree in product.items()
        if path.removeprefix("src/baton/") not in allowed
        for name, call in calls(tree)
        if any(name == suffix or name.endswith(f".{suffix}") for suffix in names)
    ]


def test_only_the_kernel_ends_transactions(product: Trees) -> None:
    ended = [
        f"{path}:{call.lineno} {name}"
        for path, tree in product.items()
        if path.removeprefix("src/baton/") not in MAY_COMMIT
        for name, call in calls(tree)
        if name.endswith((".commit", ".rollback")) and not call.args and not call.keywords
    ]
    assert ended == []


def test_only_the_kernel_opens_connections(product: Trees) -> None:
    assert offenders(product, {"create_engine", "sqlite3.connect", "psycopg.connect"}, MAY_CONNECT) == []


def test_only_the_clock_knows_the_time(product: Trees) -> None:
    asked = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.gmtime", "localtime"}
    assert offenders(product, asked, MAY_ASK_FOR_TIME) == []


def test_only_the_kernel_makes_ids_and_secrets(product: Trees) -> None:
    made = {"uuid1", "uuid4", "uuid7", "token_urlsafe", "token_hex", "token_bytes", "urandom"}
    assert offenders(product, made, MAY_MAKE_IDS) == []


def test_only_settings_read_the_environment(product: Trees) -> None:
    read = [
        f"{path}:{node.lineno}"
        for path, tree in product.items()
        if path.removeprefix("src/baton/") not in MAY_READ_THE_ENVIRONMENT
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) in {"os.environ", "os.getenv", "environ"}
    ]
    assert read == []


def test_imports_stand_at_the_top_of_the_module(product: Trees) -> None:
    hidden = [
        f"{path}:{inner.lineno}"
        for path, tree in product.items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_names_of_modules_say_what_is_inside(product: Trees) -> None:
    empty = [path for path in product if SAYS_NOTHING & {*PurePosixPath(path).parts, PurePosixPath(path).stem}]
    assert empty == []


def test_every_module_says_in_a_sentence_what_it_is(product: Trees) -> None:
    assert [path for path, tree in product.items() if not ast.get_docstring(tree)] == []


@pytest.mark.parametrize("allowed", [MAY_COMMIT, MAY_CONNECT, MAY_ASK_FOR_TIME, MAY_MAKE_IDS, MAY_READ_THE_ENVIRONMENT])
def test_no_exception_outlives_its_file(product: Trees, allowed: dict[str, str]) -> None:
    assert [path for path in allowed if f"src/baton/{path}" not in product] == []


def test_nothing_is_left_for_later(product: Trees) -> None:
    stubs = [
        f"{path}:{node.lineno}"
        for path, tree in product.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc is not None and "NotImplemented" in ast.unparse(node.exc)
    ]
    assert stubs == []
