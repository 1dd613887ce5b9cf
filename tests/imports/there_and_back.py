"""From a record to a document, from that to a draft, and from the draft to a document again."""

import re
from dataclasses import replace

import orjson
from tests.exports.samples import EVERYBODY
from tests.records.metadata_bodies import TERMS, check_here

from baton.exports.formats import FORMATS as EXPORTED
from baton.imports.formats import FORMATS
from baton.imports.terms import settle
from baton.records.record import Body, Record

# Files of software, in which a DOI is not that of what is being deposited.
WITHOUT_DOI = {"codemeta", "cff"}
# Numbers of grants without their funders.
LEFT_OUT = {"codemeta": "funding"}


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
    body = read_back(first, name)
    if name in WITHOUT_DOI:
        body["pids"] = record.body["pids"]
    again = replace(record, body=body)
    left_out = LEFT_OUT.get(name, "")
    return _sorted(first, left_out), _sorted(written(again, name, **asked), left_out)


# Their order says nothing: plain keywords come before terms of lists that are not ours, and a thesis' dates last.
_LISTS = re.compile(r"(?<=<subjects>).*?(?=</subjects>)|(?<=<dates>).*?(?=</dates>)", re.DOTALL)
# Zenodo's form has whole names, and blanks around the comma in one are not part of them.
_COMMA = re.compile(r"(?:\s|\\[tnrf])*,(?:\s|\\[tnrf])*")
_KEY = re.compile(r"^(@\w+\{)[^,]*")  # of BibTeX: whoever writes an entry makes one up
_ITEMS = re.compile(r"<(?:subject|date)\b.*?</(?:subject|date)>", re.DOTALL)


def _sorted(document: bytes, left_out: str) -> str:
    if not document.startswith(b"{"):
        ordered = _LISTS.sub(lambda found: " ".join(sorted(_ITEMS.findall(found[0]))), document.decode())
        return _KEY.sub(r"\1", ordered)
    found = orjson.loads(_COMMA.sub(",", document.decode()))
    found.pop(left_out, None)
    lists = {name: sorted(found[name], key=str) for name in ("subjects", "dates") if name in found}
    return orjson.dumps({**found, **lists}, option=orjson.OPT_INDENT_2).decode()
