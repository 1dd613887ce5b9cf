"""Every format in which a record is given out, and which of them a caller gets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import orjson

from baton.exports.accept import best
from baton.exports.bibtex import bibtex
from baton.exports.cff import cff
from baton.exports.codemeta import codemeta
from baton.exports.croissant import CONFORMS_TO, croissant
from baton.exports.csl_json import csl_json
from baton.exports.data_package import PROFILE as DATA_PACKAGE
from baton.exports.data_package import data_package
from baton.exports.datacite import datacite_json
from baton.exports.datacite_words import KERNELS
from baton.exports.datacite_xml import datacite_xml
from baton.exports.dcat import dcat
from baton.exports.dublin_core import dublin_core
from baton.exports.errors import NoSuchFormat, NoSuchKernel, NotAcceptable
from baton.exports.geojson import geojson
from baton.exports.linkset import Targets, linkset, page_links, target
from baton.exports.marcxml import NAMESPACE as MARC
from baton.exports.marcxml import marcxml
from baton.exports.openaire_literature import NAMESPACE as OPENAIRE
from baton.exports.openaire_literature import openaire_literature
from baton.exports.rdm_json import rdm_json
from baton.exports.ris import ris
from baton.exports.ro_crate import PROFILE as RO_CRATE
from baton.exports.ro_crate import ro_crate
from baton.exports.schema_org import schema_org
from baton.exports.styled import DEFAULT_LOCALE, DEFAULT_STYLE, asked_style, styled
from baton.exports.tables import full_csv, one_table, simple_csv
from baton.exports.ui_json import rdm_ui_json
from baton.exports.view import View
from baton.exports.xml import collection
from baton.exports.zenodo_json import zenodo_json
from baton.records.record import Record

JSON = "application/json"
DATACITE_XML = "application/vnd.datacite.datacite+xml"
LD = "application/ld+json"
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a record down. `as_data` gives what JSON can hold, or the finished text."""

    title: str  # for readers
    media_type: str  # with its profile if it has one
    as_data: Callable[[Record, View], dict[str, Any] | str]
    extension: str  # of a downloaded file, without the dot
    accepted_as: tuple[str, ...] = ()  # what `Accept` calls it, if not or not only `media_type`
    # For formats that can be asked for in several ways: the one that the arguments of the address ask for.
    asked: Callable[[Mapping[str, str]], "Format"] | None = None
    variant: str = ""  # which one it is
    # Several records as one text.
    join: Callable[[Sequence[str]], str] = "\n\n".join

    @property
    def is_text(self) -> bool:
        """Whether it is something else than JSON."""
        return not self.media_type.partition(";")[0].endswith("json")

    def render(self, record: Record, view: View) -> bytes:
        """The bytes that go out."""
        data = self.as_data(record, view)
        return data.encode() if isinstance(data, str) else orjson.dumps(data)


def _in_kernels(form: Format, write: Callable[..., dict[str, Any] | str]) -> Format:
    """The format with an argument `kernel` for the versions of DataCite's schema."""

    def asked(arguments: Mapping[str, str]) -> Format:
        kernel = arguments.get("kernel")
        if kernel is None:
            return whole
        if kernel not in KERNELS:
            raise NoSuchKernel(f"`kernel` is one of {', '.join(KERNELS)}; not {kernel[:40]!r}.")
        return replace(form, as_data=partial(write, kernel=kernel), variant=kernel)

    whole = replace(form, asked=asked)
    return whole


def _in_styles(form: Format) -> Format:
    """The format with arguments `style` and `locale`."""

    def asked(arguments: Mapping[str, str]) -> Format:
        style, locale = asked_style(arguments)
        return replace(form, as_data=partial(styled, style=style, locale=locale), variant=f"{style}-{locale}")

    return replace(form, asked=asked)


def _linkset(record: Record, view: View) -> dict[str, Any]:
    return linkset(record, view, _documents(record, view))


# What `application/json` and no wish at all mean on records: the setting `records_json` says which.
DEFAULTS = {
    "zenodo": Format("Zenodo JSON", JSON, zenodo_json, "json"),
    "rdm": Format("JSON", JSON, rdm_json, "json"),
}

# By the name in `/records/{id}/export/{name}`, in the order in which pages show them.
FORMATS = {
    "json": DEFAULTS["rdm"],
    "rdm": Format("InvenioRDM JSON", "application/vnd.inveniordm.v1+json", rdm_ui_json, "json"),
    "zenodo": Format("Zenodo JSON", "application/vnd.zenodo.v1+json", zenodo_json, "json"),
    "json-ld": Format("JSON-LD (schema.org)", LD, schema_org, "jsonld"),
    "datacite-json": _in_kernels(
        Format("DataCite JSON", "application/vnd.datacite.datacite+json", datacite_json, "json"), datacite_json
    ),
    "datacite-xml": _in_kernels(
        Format(
            "DataCite XML",
            DATACITE_XML,
            datacite_xml,
            "xml",
            (DATACITE_XML, "application/x-datacite+xml"),
            join=collection,
        ),
        datacite_xml,
    ),
    "dublincore": Format("Dublin Core", "application/x-dc+xml", dublin_core, "xml", join=collection),
    "openaire": Format(
        "OpenAIRE", f'application/xml;profile="{OPENAIRE}"', openaire_literature, "xml", join=collection
    ),
    "marcxml": Format("MARCXML", "application/marcxml+xml", marcxml, "xml", join=partial(collection, namespace=MARC)),
    "dcat-ap": Format("DCAT-AP", "application/dcat+xml", dcat, "xml", join=collection),
    "csl": Format("CSL JSON", "application/vnd.citationstyles.csl+json", csl_json, "json"),
    "bibtex": Format("BibTeX", "application/x-bibtex", bibtex, "bib"),
    "citation": _in_styles(
        Format(
            "Citation in a style",
            "text/plain; charset=utf-8",
            partial(styled, style=DEFAULT_STYLE, locale=DEFAULT_LOCALE),
            "txt",
            ("text/x-bibliography",),
        )
    ),
    "ris": Format("RIS", "application/x-research-info-systems", ris, "ris"),
    "cff": Format("Citation File Format", "application/yaml", cff, "cff", ("application/yaml", "application/x-yaml")),
    "codemeta": Format("CodeMeta", "application/vnd.codemeta.ld+json", codemeta, "json"),
    "datapackage": Format("Data Package", f'{LD};profile="{DATA_PACKAGE}"', data_package, "json"),
    "croissant": Format("Croissant", f'{LD};profile="{CONFORMS_TO}"', croissant, "json"),
    "ro-crate": Format("RO-Crate", f'{LD};profile="{RO_CRATE}"', ro_crate, "json"),
    "geojson": Format("GeoJSON", "application/vnd.geo+json", geojson, "geojson"),
    "linkset": Format("Link set", "application/linkset+json", _linkset, "json"),
    "csv": Format(
        "CSV", CSV, simple_csv, "csv", ("application/vnd.inveniordm.v1.simple+csv", "text/csv"), join=one_table
    ),
    "csv-full": Format(
        "CSV, every field", CSV, full_csv, "csv", ("application/vnd.inveniordm.v1.full+csv",), join=one_table
    ),
}
# No document, but the record with its files, which has an address of its own.
CRATE_ZIP = "ro-crate-zip"
# What Zenodo's addresses of old call them.
ALIASES = {"hx": "bibtex", "dcite4": "datacite-xml", "xd": "dublincore", "xm": "marcxml", "dcat": "dcat-ap"}
_NEGOTIABLE = {
    name: served for served in FORMATS.values() for name in served.accepted_as or (served.media_type,) if name != JSON
}
# What `Accept` can ask for beside plain JSON.
OTHER_FORMATS = tuple(_NEGOTIABLE)
_OFFERED = (JSON, *_NEGOTIABLE)
_NOTHING: Mapping[str, str] = MappingProxyType({})


def signposts(record: Record, view: View) -> dict[str, Any]:
    """Where the page of a record leads programs: addresses by their relation (FAIR Signposting)."""
    return page_links(record, view, _documents(record, view))


def _documents(record: Record, view: View) -> Targets:
    """All formats that describe the record."""
    exports = f"{view.base_url}/records/{record.id}/export"
    return [target(f"{exports}/{name}", form.media_type) for name, form in FORMATS.items() if name != "linkset"]


def negotiate(accept: str | None, default: Format, asked: Mapping[str, str] = _NOTHING) -> Format:
    """The format for this `Accept` header; `default` is one of `DEFAULTS`, `asked` the arguments of the address.

    Raises `NotAcceptable`, and what the format has to say about its arguments.
    """
    if not accept or accept in {"*/*", JSON}:
        return default
    chosen = best(accept, _OFFERED)
    if chosen is None:
        raise NotAcceptable(f"This is served as {', '.join(_OFFERED)}. Ask for one of these in `Accept`.")
    return _as_asked(_NEGOTIABLE.get(chosen, default), asked)


def by_name(name: str, asked: Mapping[str, str] = _NOTHING) -> Format:
    """The format of an export address. Raises `NoSuchFormat`, and what the format has to say about its arguments."""
    found = FORMATS.get(ALIASES.get(name, name))
    if found is None:
        raise NoSuchFormat(f"Records are exported as {', '.join((*FORMATS, CRATE_ZIP))}; not as {name[:40]!r}.")
    return _as_asked(found, asked)


def _as_asked(form: Format, asked: Mapping[str, str]) -> Format:
    return form if form.asked is None else form.asked(asked)


def etag_of(record: Record, view: View, form: Format) -> str:
    """The revision; for a published record with what else changes the answer: format, view, a newer version."""
    if record.is_draft:
        return f'"{record.revision}"'
    sight = "".join("01"[flag] for flag in (view.may_read_files, view.may_manage, record.is_latest))
    name = "-".join(filter(None, (form.media_type.replace('"', ""), form.variant)))
    return f'"{record.revision}-{name}-{sight}"'
