"""Identifier schemes: which one a value belongs to, its normal form and its address. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from baton.identifiers import scheme_parsers as parsers

MAX_LENGTH = 2_000
"""Characters; longer values belong to no scheme. Keeps every pattern cheap."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of identifier. `prefix` is what a normal form carries and an address, `url`, does not.

    `guess` says what a value must look like for us to believe in the scheme when nobody named it.
    """

    label: str
    parse: parsers.Parse
    guess: re.Pattern[str] | None = None
    url: str | None = None
    prefix: str = ""


def normalize(scheme: str, value: str) -> str | None:
    """The value as the scheme writes it (a DOI without its resolver, a bare ORCID), or `None` if it is invalid."""
    known = SCHEMES.get(scheme)
    value = value.strip()
    if known is None or not value or len(value) > MAX_LENGTH:
        return None
    return known.parse(value)


def is_valid(scheme: str, value: str) -> bool:
    """Whether the value is one of that scheme's, check digits included; nothing belongs to an unknown scheme."""
    return normalize(scheme, value) is not None


def detect(value: str, hint: str | None = None, allowed: Collection[str] | None = None) -> str | None:
    """The scheme that the value most likely belongs to: `hint` if it is valid there, else the first that fits.

    `allowed` narrows the choice to what a field accepts. idutils is not asked: it runs forty patterns, and can raise.
    """
    if hint and (allowed is None or hint in allowed) and is_valid(hint, value):
        return hint
    core = value.strip()
    if not core or len(core) > MAX_LENGTH:
        return None
    for name, scheme in SCHEMES.items():
        if scheme.guess is None or (allowed is not None and name not in allowed):
            continue
        if scheme.guess.match(core) and scheme.parse(core) is not None:
            return name
    return None


def url_for(scheme: str, value: str) -> str | None:
    """Where the identifier leads, always http or https and quoted for an `href`; `None` if it leads nowhere."""
    normal = normalize(scheme, value)
    if normal is None:
        return None
    if parsers.web_address(normal):
        return quote(normal, safe="%/:;()@!$*,=+~?#[]&'")
    template = SCHEMES[scheme].url
    if template is None or (scheme == "urn" and not normal.lower().startswith("urn:nbn:")):
        return None
    core = normal.removeprefix(SCHEMES[scheme].prefix).replace(" ", "")
    return template.format(quote(core, safe="/:;()@!$*,=+~"))


def _looks(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


_WEB = _looks("https?://")
_ISSN_URL = "https://portal.issn.org/resource/ISSN/{}"

# The order is that of guessing: what can be told from the outside first, bare numbers and any address last.
_ORDERED = {
    "doi": Scheme("DOI", parsers.doi, _looks(r"doi:|10\.|(https?://)?(dx\.|www\.)?doi\.org/"), "https://doi.org/{}"),
    "orcid": Scheme("ORCID", parsers.orcid, _looks(r"\d{4}[- ]?\d{4}|orcid|https?://.*orcid"), "https://orcid.org/{}"),
    "ror": Scheme("ROR", parsers.ror, _looks(r"0\w{8}/?$|(https?://)?ror\.org/"), "https://ror.org/{}"),
    "ark": Scheme("ARK", parsers.ark, _looks(r"(https?://[^\s/]+/)?ark:"), "https://n2t.net/{}"),
    "purl": Scheme("PURL", parsers.purl, _WEB),
    "w3id": Scheme("W3ID", parsers.w3id, _looks(r"(https?://)?w3id\.org/")),
    "lsid": Scheme("LSID", parsers.lsid, _looks("urn:lsid:")),
    "urn": Scheme("URN", parsers.urn, _looks("urn:|https?://nbn-resolving"), "https://nbn-resolving.org/{}"),
    "swhid": Scheme("SWHID", parsers.swhid, _looks("swh:"), "https://archive.softwareheritage.org/{}"),
    "ads": Scheme("Bibcode", parsers.ads, _looks(r"ads:|\d{4}[A-Z]"), "https://ui.adsabs.harvard.edu/abs/{}"),
    "arxiv": Scheme(
        "arXiv",
        parsers.arxiv,
        _looks(r"arxiv:|https?://arxiv|\d{4}\.|[a-z.-]+/\d"),
        "https://arxiv.org/abs/{}",
        "arXiv:",
    ),
    "isbn": Scheme("ISBN", parsers.isbn, _looks(r"isbn|\d[\d -]{8,16}[\dX]$")),
    "issn": Scheme("ISSN", parsers.issn, _looks(r"issn|https?://portal\.issn|\d{4}[- ]?\d{3}"), _ISSN_URL),
    "isni": Scheme("ISNI", parsers.isni, _looks(r"\d{4}[- ]?\d{4}|isni|https?://.*isni"), "https://isni.org/isni/{}"),
    "ean13": Scheme("EAN13", parsers.ean13, _looks(r"\d{13}$")),
    "istc": Scheme("ISTC", parsers.istc, _looks(r"[0-9A-F]{3}[- ]?\d{4}[- ]?[0-9A-F]")),
    "gnd": Scheme("GND", parsers.gnd, _looks(r"gnd:|\d|(https?://)?d-nb\."), "https://d-nb.info/gnd/{}", "gnd:"),
    "wikidata": Scheme(
        "Wikidata",
        parsers.wikidata,
        _looks(r"Q\d|wikidata|(https?://)?(www\.)?wikidata"),
        "https://www.wikidata.org/entity/{}",
    ),
    "rrid": Scheme("RRID", parsers.rrid, _looks("rrid:"), "https://scicrunch.org/resolver/{}"),
    "cstr": Scheme("CSTR", parsers.cstr, _looks(r"cstr:|\d+\.\d+\."), "https://www.cstr.cn/{}"),
    "edmo": Scheme(
        "EDMO",
        parsers.edmo,
        _looks(r"edmo|https?://edmo"),
        "https://edmo.seadatanet.org/report/{}",
        "edmo:",
    ),
    "geonames": Scheme(
        "GeoNames", parsers.geonames, _looks(r"https?://(www\.|sws\.)?geonames"), "https://www.geonames.org/{}"
    ),
    "pmid": Scheme("PMID", parsers.pmid, _looks(r"pmid:|https?://pubmed|\d+$"), "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    "handle": Scheme("Handle", parsers.handle, _looks(r"hdl:|https?://hdl\.|\d[\d.]*/"), "https://hdl.handle.net/{}"),
    "url": Scheme("URL", parsers.web_address, _WEB),
    "crossreffunderid": Scheme("Crossref Funder ID", parsers.crossref_funder),
    "eissn": Scheme("EISSN", parsers.issn, url=_ISSN_URL),
    "grid": Scheme("GRID", parsers.grid),
    "igsn": Scheme("IGSN", parsers.igsn),
    "lissn": Scheme("LISSN", parsers.issn, url=_ISSN_URL),
    "upc": Scheme("UPC", parsers.upc),
    "other": Scheme("Other", parsers.anything),
}
SCHEMES: Mapping[str, Scheme] = MappingProxyType(_ORDERED)
