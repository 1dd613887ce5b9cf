"""The command line: `baton serve` and everything an operator does beside it."""

from baton.cli.main import main

__all__ = ["main"]
