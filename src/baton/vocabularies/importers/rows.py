"""Makes terms of the rows of dumps, and bad rows of those that cannot be: the part that every importer shares."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from baton.vocabularies.importers.sources import Read
from baton.vocabularies.term import BadRow, Term

LONGEST_ID = 400

_ROR = re.compile(r"(?:https?://)?(?:ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6}[0-9]{2})", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Unusable(ValueError):
    """The row is understood, and no term can be made of it; the text says why."""


def terms_of(rows: Iterable[Read], convert: Callable[[Any], Term | None], where: str = "") -> Iterator[Term | BadRow]:
    """A term or a bad row for each row; nothing where `convert` says that a row is none of our business (`None`)."""
    prefix = f"{where}: " if where else ""
    for row in rows:
        if isinstance(row, BadRow):
            yield BadRow(row.line, prefix + row.reason)
            continue
        line, value = row
        try:
            term = convert(value)
            if term is not None:
                yield _checked(term)
        except Unusable as error:
            yield BadRow(line, f"{prefix}{error}")
        except KeyError as error:
            yield BadRow(line, f"{prefix}{error} is missing")
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            yield BadRow(line, f"{prefix}not of the expected shape: {error}")


def text_of(row: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that says anything, without blanks around it; else an empty text."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip()
    return ""


def present(**values: Any) -> dict[str, Any]:  # noqa: ANN401  JSON values
    """Those that say something."""
    return {name: value for name, value in values.items() if value}


def ror_of(text: str) -> str | None:
    """The bare ROR id in `text`, which may be an address."""
    found = _ROR.fullmatch(text.strip())
    return found[1].lower() if found else None


def _checked(term: Term) -> Term:
    if not term.id or len(term.id) > LONGEST_ID or _CONTROL.search(term.id):
        raise Unusable(f"an id needs 1 to {LONGEST_ID} ordinary characters")
    if not any(term.title.values()):
        raise Unusable("has no title")
    texts = [term.id, *term.title.values()]
    if any("\ufffd" in text for text in texts):
        raise Unusable("is not in UTF-8")
    for text in texts:
        text.encode()  # a lone half of a surrogate pair is a ValueError
    return term
