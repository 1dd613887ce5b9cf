"""From a record to a document, from that to a draft, and from the draft to a document again."""

import re
from dataclasses import replace
from typing import Any

import orjson
from tests.exports.samples import EVERYBODY
from tests.records.metadata_bodies import TERMS, check_here

from baton.exports.formats import FORMATS as EXPORTED
from baton.imports.formats import FORMATS
from baton.imports.terms import settle
from baton.records.record import Body, Record


def written(record: Record, name: str, **asked: str) -> bytes:
    form = EXPORTED[name]
    return (form.asked(asked) if asked and form.asked else form).render(record, EVERYBODY)


def read_back(document: bytes, name: str) -> Body:
    """The body that a draft made of the document has."""
    body = FORMATS[name].read(document).body
    settle(body, TERMS.keys())
    return check_here(body).body


def there_and_back(record: Record, name: str, **asked: str) -> tuple[str, str]:
    """The document, and the one that is written from what was read out of it, subjects and dates in any order."""
    first = written(record, name, **asked)
    again: Any = replace(record, body=read_back(first, name))
    return _sorted(first), _sorted(written(again, name, **asked))


# Their order says nothing: plain keywords come before terms of lists that are not ours, and a thesis' dates last.
_LISTS = re.compile(r"(?<=<subjects>).*?(?=</subjects>)|(?<=<dates>).*?(?=</dates>)", re.DOTALL)
_ITEMS = re.compile(r"<(?:subject|date)\b.*?</(?:subject|date)>", re.DOTALL)


def _sorted(document: bytes) -> str:
    if not document.startswith(b"{"):
        return _LISTS.sub(lambda found: " ".join(sorted(_ITEMS.findall(found[0]))), document.decode())
    found = orjson.loads(document)
    lists = {name: sorted(found[name], key=str) for name in ("subjects", "dates") if name in found}
    return orjson.dumps({**found, **lists}, option=orjson.OPT_INDENT_2).decode()
