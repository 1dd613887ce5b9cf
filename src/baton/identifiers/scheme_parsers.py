"""Parsers of identifiers: each gives a value's normal form, or `None` if the value is none of its scheme's.

They get stripped, non-empty values of bounded length. `idutils` decides where it is right; not about GND and ROR, whose
check digits it does not count, nor about web addresses and LSIDs, where it raises on a broken host or takes
`javascript:`.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from baton.identifiers import check_digits
from baton.kernel.libraries import library

Parse = Callable[[str], str | None]


def matching(
    pattern: str,
    form: str = "{}",
    check: Callable[[str], bool] | None = None,
    fold: Callable[[str], str] = str,
) -> Parse:
    """By pattern: its first group, folded, goes into `form` if it passes `check`."""
    compiled = re.compile(pattern, re.IGNORECASE | re.ASCII)

    def parse(value: str) -> str | None:
        found = compiled.fullmatch(value)
        if found is None:
            return None
        core = fold(found[1])
        return form.format(core) if check is None or check(core) else None

    return parse


def as_given(parse: Parse) -> Parse:
    """Only decides: several spellings are in use and none is the normal one."""
    return lambda value: value if parse(value) is not None else None


def asking(judge: str, normal: str | None = None) -> Parse:
    """By functions of idutils. They take the digits of every script, so only printable ASCII gets there."""

    def parse(value: str) -> str | None:
        if not (value.isascii() and value.isprintable() and getattr(_idutils(), judge)(value)):
            return None
        return value if normal is None else str(getattr(_idutils(), normal)(value))

    return parse


def _idutils() -> Any:  # noqa: ANN401  a module without types
    return library("idutils")


def after(first: Parse, second: Parse) -> Parse:
    """`second` on what `first` leaves, which takes addresses and labels off."""

    def parse(value: str) -> str | None:
        core = first(value)
        return None if core is None else second(core)

    return parse


def printable(parse: Parse) -> Parse:
    """For schemes of any script: no blanks but spaces, no control characters."""
    return lambda value: parse(value) if value.isprintable() else None


def anything(value: str) -> str | None:
    """For schemes that have no form."""
    return value


def web_address(value: str) -> str | None:
    """An http or https address with a host. Nothing else is ever a link."""
    if not value[:8].lower().startswith(("http://", "https://")) or " " in value or not value.isprintable():
        return None
    try:
        parts = urlsplit(value)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a broken IPv6 host or port
        return None
    return value if usable else None


def w3id(value: str) -> str | None:
    """An address under w3id.org, which people also write without `https://`."""
    full = web_address(value if "://" in value else f"https://{value}")
    return full if full and urlsplit(full).hostname == "w3id.org" else None


def isbn(value: str) -> str | None:
    """ISBN-13 with the hyphens of its agency; outside the ranges given to agencies there are none to put in."""
    core = _ISBN(value)
    if core is None or not _idutils().is_isbn(core):
        return None
    return str(_idutils().normalize_isbn(core) or re.sub(r"[\s-]", "", core))


def rrid(value: str) -> str | None:
    """A value that calls itself an RRID may name any authority; idutils lists some, for those that do not."""
    return value if _RRID(value) or _KNOWN_RRID(value) else None


def _isni_holds(value: str) -> bool:
    return check_digits.mod_11_2(re.sub(r"[\s-]", "", value))


_ISBN = matching(r"(?:isbn(?:-1[03])?:?\s*)?((?:\d[- ]?){9,12}[\dX])", fold=str.upper)
_ISSN = matching(r"(?:https?://portal\.issn\.org/resource/issn/|issn:?\s*)?(\d{4}[- ]?\d{3}[\dX])")
_ORCID = r"(?:(?:https?://)?(?:www\.)?orcid\.org/|orcid:\s*)?(\d{4}[- ]?\d{4}[- ]?\d{4}[- ]?\d{3}[\dX])/?"
_ISNI = r"(?:(?:https?://)?(?:www\.)?isni\.org/(?:isni/)?|isni:\s*)?(\d{4}[- ]?\d{4}[- ]?\d{4}[- ]?\d{3}[\dX])"
_RRID = matching(r"(rrid:\s*[a-z]+(?:[-_][a-z]+)*[_:][\w.:-]+)")
_KNOWN_RRID = asking("is_rrid")

ads = after(matching(r"(?:ads:)?(\d{4}[A-Z]\S{13}[A-Z.:])"), asking("is_ads", "normalize_ads"))
ark = as_given(matching(r"(?:https?://[^\s/]+/)?(ark:/?[0-9bcdfghjkmnpqrstvwxz]+/\S+)"))
arxiv = after(matching(r"(?:https?://arxiv\.org/abs/)?(\S+)"), asking("is_arxiv", "normalize_arxiv"))
cstr = asking("is_cstr")
crossref_funder = as_given(matching(r"(?:https?://(?:dx\.)?doi\.org/)?((?:10\.13039/)?\d{3,})"))
doi = printable(matching(r"(?:doi:\s*|(?:https?://)?(?:dx\.|www\.)?doi\.org/)?(10\.\d+(?:\.\d+)*/\S+)"))
ean13 = matching(r"(\d{13})", check=check_digits.gtin)
edmo = matching(r"(?:(?:https?://)?edmo\.seadatanet\.org/report/|edmo:)?(\d{1,9})", "edmo:{}")
geonames = as_given(matching(r"(?:https?://(?:www\.|sws\.)?geonames\.org/)?(\d{1,12})(?:/\S*)?"))
gnd = matching(
    r"(?:gnd:|(?:https?://)?d-nb\.info/gnd/)?(1[012]?\d{7}[\dX]|[1-9]\d{0,7}-[\dX]|3\d{7}[\dX])",
    "gnd:{}",
    check_digits.gnd,
    str.upper,
)
grid = as_given(matching(r"(?:https?://(?:www\.)?grid\.ac/institutes/)?(grid\.\d+\.[0-9a-f]+)"))
handle = printable(matching(r"(?:hdl:\s*|https?://hdl\.handle\.net/)?((?!https?:)[^\s/]+/\S+)"))
igsn = printable(as_given(matching(r"(?:igsn:?\s*)?(\S+)")))
isni = matching(_ISNI, check=_isni_holds, fold=str.upper)
issn = after(_ISSN, asking("is_issn", "normalize_issn"))
istc = asking("is_istc")
lsid = matching(r"(urn:lsid:[^:\s]+(?::[^:\s]+){2,3})")
orcid = after(matching(_ORCID, fold=str.upper), asking("is_orcid", "normalize_orcid"))
pmid = matching(r"(?:pmid:\s*|https?://pubmed\.ncbi\.nlm\.nih\.gov/)?(\d{1,10})/?")
purl = after(web_address, asking("is_purl"))
ror = matching(
    rf"(?:(?:https?://)?ror\.org/)?(0[{check_digits.CROCKFORD}]{{6}}\d\d)/?", check=check_digits.ror, fold=str.lower
)
swhid = asking("is_swh")
upc = matching(r"(\d{12})", check=check_digits.gtin)
urn = printable(matching(r"(?:https?://nbn-resolving\.org/)?urn:([a-z0-9][a-z0-9-]{0,31}:\S+)", "urn:{}"))
wikidata = matching(r"(?:wikidata:\s*|(?:https?://)?(?:www\.)?wikidata\.org/(?:entity|wiki)/)?(Q\d+)", fold=str.upper)
