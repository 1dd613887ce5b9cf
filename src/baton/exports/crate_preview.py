"""The page in a crate by which people see what it holds: all that the metadata file says of the whole, and the files.

It needs nothing beside it, and runs no script; RO-Crate asks for the copy of the metadata in its head.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from baton.exports.citation import citation
from baton.exports.ro_crate import METADATA_FILE, crate_in_archive
from baton.exports.schema_org import in_script
from baton.exports.view import View
from baton.exports.xml import escape
from baton.records.record import Record

PREVIEW = "ro-crate-preview.html"
# Nobody scrolls through more, and the page would be as heavy as the metadata.
MOST_FILES = 1000

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<script type="application/ld+json">{metadata}</script>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2733; }}
h1 {{ line-height: 1.2; }}
.text {{ white-space: pre-line; }}
.cite {{ background: #eef3f7; padding: .75rem 1rem; }}
dt {{ font-weight: 600; margin-top: .5rem; }}
dd {{ margin: 0; }}
h1, p, dd, td {{ overflow-wrap: anywhere; }}
th, td {{ text-align: left; padding: .25rem 1.5rem .25rem 0; vertical-align: top; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="text">{description}</p>
<p class="cite"><strong>Cite as</strong> {cited_as}</p>
<dl>
{facts}
</dl>
{files}
<p>Programs find all of this in <a href="ro-crate-metadata.json">ro-crate-metadata.json</a>.</p>
</main>
</body>
</html>
"""
_FILES = """\
<h2>Files</h2>
<table>
<thead><tr><th>Name</th><th>Bytes</th><th>Type</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>"""
# What people look for comes first.
_FIRST = ("creator", "contributor", "datePublished", "version", "license", "identifier")
# What stands elsewhere on the page, or names the crate itself.
_SHOWN = {"@id", "@type", "name", "description", "hasPart"}
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ADDRESS = re.compile(r"https?://")


def crate_files(record: Record, view: View) -> Iterator[tuple[str, bytes]]:
    """What makes a crate of the files of a record, unless they are one: the metadata, and the page."""
    keys = {entry.key for entry in record.files}
    if METADATA_FILE in keys:
        return
    metadata = crate_in_archive(record, view)
    yield METADATA_FILE, metadata
    if PREVIEW not in keys and len(keys) <= MOST_FILES:
        yield PREVIEW, crate_preview(metadata, citation(record, view))


def crate_preview(metadata: bytes, cited_as: str) -> bytes:
    """The page for this metadata file, whose root is its second thing."""
    _about, root, *others = orjson.loads(metadata)["@graph"]
    things = {one["@id"]: one for one in others}
    files = [one for one in others if one["@type"] == "File"]
    facts = {name: root[name] for name in (*_FIRST, *root) if name in root and name not in _SHOWN}
    page = _PAGE.format(
        title=escape(root["name"]),
        metadata=in_script(metadata).decode(),
        description=escape(root["description"]),
        cited_as=escape(cited_as),
        facts="\n".join(_fact(name, value, things) for name, value in facts.items()),
        files=_FILES.format(rows="\n".join(map(_row, files))) if files else "",
    ).encode()
    return page + _seal(page)


def is_preview_as_written(page: bytes) -> bool:
    """Whether this is a `crate_preview` to the letter."""
    at = page.rfind(b"<!--")
    return at > 0 and page[at:] == _seal(page[:at])


def _seal(page: bytes) -> bytes:
    return b"<!-- sha256:%b -->\n" % hashlib.sha256(page).hexdigest().encode()


def _fact(name: str, value: Any, things: Mapping[str, Any]) -> str:  # noqa: ANN401  any JSON-LD
    values = value if isinstance(value, list) else [value]
    shown = "".join(f"<dd>{_shown(one, things)}</dd>" for one in values)
    return f"<dt>{escape(_HUMP.sub(' ', name).capitalize())}</dt>{shown}"


def _shown(value: Any, things: Mapping[str, Any]) -> str:  # noqa: ANN401  any JSON-LD
    """A value in words, which lead to where an address leads."""
    words = escape(_words(value, things))
    address = value["@id"] if isinstance(value, dict) else str(value)
    return f'<a href="{escape(address)}">{words}</a>' if _ADDRESS.match(address) else words


def _words(value: Any, things: Mapping[str, Any]) -> str:  # noqa: ANN401  any JSON-LD
    """A thing by its name and what it belongs to; one without a name by all that is said of it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_words(one, things) for one in value)
        case {"@id": str(address)}:
            thing = things.get(address, {})
            whole = thing.get("affiliation") or thing.get("funder")
            parts = [_words(one, things) for name, one in thing.items() if not name.startswith("@")]
            named = thing.get("name") or ", ".join(parts) or address
            return f"{named} ({_words(whole, things)})" if whole else named
        case _:
            return str(value)


def _row(file: Mapping[str, Any]) -> str:
    cells = (f"{int(file['contentSize']):,}", escape(file["encodingFormat"]))
    link = f'<a href="{escape(file["@id"])}">{escape(file["name"])}</a>'
    return f"<tr><td>{link}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
