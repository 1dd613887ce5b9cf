"""Small values that several formats share."""

import html
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from baton.imports.imported import Complaints
from baton.records.metadata import limits
from baton.records.metadata.dates import is_publication_date
from baton.vocabularies.builtin import find

# What only somebody who writes HTML writes; a text with these is taken as HTML, every other one to the letter.
_MARKUP = re.compile(
    r"</(?:p|div|ul|ol|li|em|strong|i|b|u|a|sub|sup|h[1-6]|span|code|pre|blockquote|table)>|<br\s*/?>", re.IGNORECASE
)
_PARAGRAPH = re.compile(r"\n\s*\n")
_DAY = 10  # characters


def text(value: object) -> str:
    """A word, a number or a date as text; nothing for anything else."""
    if isinstance(value, date):
        return value.isoformat()[:_DAY]
    return str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def listed(value: Any) -> list[Any]:  # noqa: ANN401  any JSON or YAML value
    """A list; one thing counts as a list of it."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def objects(value: object, path: str, complaints: Complaints) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects of a list, or the one that stands alone, each with its path; what is none is told."""
    items = listed(value)
    if len(items) > limits.ITEMS:
        complaints.lose(path, f"Only the first {limits.ITEMS:,} were taken.")
    for at, item in enumerate(items[: limits.ITEMS]):
        if isinstance(item, Mapping):
            yield f"{path}.{at}", item
        elif item not in (None, ""):
            complaints.lose(f"{path}.{at}", "This is no object, so it was left out.")


def as_html(value: object) -> str:
    """A description as the HTML that records keep: each paragraph of a plain text as one of its own."""
    given = text(value)
    if not given or _MARKUP.search(given):
        return given
    paragraphs = (html.escape(part.strip(), quote=False) for part in _PARAGRAPH.split(given))
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs if part)


def language(value: object) -> dict[str, str] | None:
    """A language by its name or any code or tag of it: `de`, `deu`, `de-AT`."""
    given = text(value)
    term = find("languages", given) or find("languages", given.partition("-")[0].lower())
    return {"id": term.id} if term else None


def publication_date(value: object) -> str:
    """The date, without the time of day that some formats give with it."""
    given = text(value)
    if not given or is_publication_date(given):
        return given
    day = given[:_DAY]
    return day if is_publication_date(day) else given
