"""Every format in which a record is given out, and which of them a caller gets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from baton.exports.accept import best
from baton.exports.bibtex import bibtex
from baton.exports.errors import NoSuchFormat, NotAcceptable
from baton.exports.rdm_json import rdm_json
from baton.exports.schema_org import schema_org
from baton.exports.ui_json import rdm_ui_json
from baton.exports.view import View
from baton.exports.zenodo_json import zenodo_json
from baton.records.record import Record

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a record down. `as_data` gives what JSON can hold, or the finished text."""

    media_type: str
    as_data: Callable[[Record, View], dict[str, Any] | str]
    extension: str  # of a downloaded file, without the dot

    @property
    def is_text(self) -> bool:
        """Whether it is something else than JSON."""
        return not self.media_type.endswith("json")

    def render(self, record: Record, view: View) -> bytes:
        """The bytes that go out."""
        data = self.as_data(record, view)
        return data.encode() if isinstance(data, str) else orjson.dumps(data)


# What `application/json` and no wish at all mean on records: the setting `records_json` says which.
DEFAULTS = {"zenodo": Format(JSON, zenodo_json, "json"), "rdm": Format(JSON, rdm_json, "json")}

# By the name in `/records/{id}/export/{name}`.
FORMATS = {
    "json": DEFAULTS["rdm"],
    "rdm": Format("application/vnd.inveniordm.v1+json", rdm_ui_json, "json"),
    "zenodo": Format("application/vnd.zenodo.v1+json", zenodo_json, "json"),
    "json-ld": Format("application/ld+json", schema_org, "jsonld"),
    "bibtex": Format("application/x-bibtex", bibtex, "bib"),
}
_NEGOTIABLE = {served.media_type: served for served in FORMATS.values() if served.media_type != JSON}
# What `Accept` can ask for beside plain JSON.
OTHER_FORMATS = tuple(_NEGOTIABLE)
_OFFERED = (JSON, *_NEGOTIABLE)


def negotiate(accept: str | None, default: Format) -> Format:
    """The format for this `Accept` header; `default` is one of `DEFAULTS`. Raises `NotAcceptable`."""
    if not accept or accept in {"*/*", JSON}:
        return default
    chosen = best(accept, _OFFERED)
    if chosen is None:
        raise NotAcceptable(f"This is served as {', '.join(_OFFERED)}. Ask for one of these in `Accept`.")
    return _NEGOTIABLE.get(chosen, default)


def by_name(name: str) -> Format:
    """The format of an export address. Raises `NoSuchFormat`."""
    found = FORMATS.get(name)
    if found is None:
        raise NoSuchFormat(f"Records are exported as {', '.join(FORMATS)}; not as {name[:40]!r}.")
    return found


def etag_of(record: Record, view: View, form: Format) -> str:
    """The revision; for a published record with what else changes the answer: format, view, a newer version."""
    if record.is_draft:
        return f'"{record.revision}"'
    sight = "".join("01"[flag] for flag in (view.may_read_files, view.may_manage, record.is_latest))
    return f'"{record.revision}-{form.media_type}-{sight}"'
