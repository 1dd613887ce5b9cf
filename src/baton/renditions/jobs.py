"""Render what has no rendition: after an upgrade, a restore, or when the table was emptied."""

from collections.abc import Callable, Mapping

from baton.exports.formats import Format
from baton.exports.view import View
from baton.kernel.db import Database
from baton.records.queries import load_many
from baton.renditions.commands import render
from baton.renditions.queries import list_unrendered

PAGE = 50  # records in one transaction


def render_missing(
    database: Database, formats: Mapping[str, Format], view: View, is_over: Callable[[], bool] = lambda: False
) -> None:
    """Go through all public records once, in short transactions."""
    last = 0
    while not is_over():
        with database.read() as connection:
            numbers = list_unrendered(connection, last, PAGE, formats, view)
            found = load_many(connection, [(number, False) for number in numbers])
        if not numbers:
            break
        render(database, found, formats, view)
        last = numbers[-1]
