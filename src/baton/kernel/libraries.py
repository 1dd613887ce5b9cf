"""Libraries that take a quarter of a second to import and are needed seldom: imported at their first use.

A start that needs none of them answers its first request in half the time.
"""

from functools import cache
from importlib import import_module
from typing import Any


@cache
def library(name: str) -> Any:  # noqa: ANN401  a module
    """The module of this name."""
    return import_module(name)
