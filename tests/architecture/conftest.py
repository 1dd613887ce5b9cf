"""The source as the house rules see it: syntax trees by path."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI

from baton.app import create_app
from baton.kernel.settings import Settings

ROOT = Path(__file__).parents[2]


def parse(folder: str) -> dict[str, ast.Module]:
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


@pytest.fixture(scope="session")
def product() -> dict[str, ast.Module]:
    """Every module below src/, by its path from the root of the checkout."""
    return parse("src")


@pytest.fixture(scope="session")
def suite() -> dict[str, ast.Module]:
    """Every module below tests/."""
    return parse("tests")


def unwrapped(layer: object) -> FastAPI:
    while not isinstance(layer, FastAPI):
        layer = next(inner for name, inner in vars(layer).items() if name.strip("_") == "app")
    return layer


@pytest.fixture(scope="session")
def inside() -> Callable[[object], FastAPI]:
    """Finds the application beneath the layers that a request passes first."""
    return unwrapped


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The whole program, wired but not running."""
    return unwrapped(create_app(Settings(data_dir=tmp_path_factory.mktemp("data"), worker=False)))
