"""Addresses on the web as the identifiers that they stand for, and back to the letter."""

from collections.abc import Collection
from functools import cache
from urllib.parse import unquote

from baton.identifiers.schemes import SCHEMES, detect, normalize, url_for
from baton.records.metadata.identifiers import WORK
from baton.vocabularies.legacy import funder_of_legacy


def identifier_at(address: str, allowed: Collection[str] = WORK) -> dict[str, str] | None:
    """`{"identifier", "scheme"}` of an address or of a bare identifier; `None` where no scheme fits.

    What `url_for` has made of an identifier becomes that identifier again.
    """
    for scheme, prefix in _resolvers():
        if scheme in allowed and address.startswith(prefix):
            normal = normalize(scheme, unquote(address[len(prefix) :]))
            if normal is not None and url_for(scheme, normal) == address:
                return {"identifier": normal, "scheme": scheme}
    found = detect(address, allowed=allowed)
    normal = normalize(found, address) if found else None
    return {"identifier": normal, "scheme": found} if found and normal else None


@cache
def _resolvers() -> tuple[tuple[str, str], ...]:
    return tuple((name, scheme.url.partition("{")[0]) for name, scheme in SCHEMES.items() if scheme.url)


def doi_of(value: str) -> str:
    """The DOI in any way of writing one; empty when it is none."""
    return normalize("doi", value) or ""


def funder_id(value: str) -> str:
    """The ROR id of an organisation, from that or from its DOI among Crossref's funders; empty when it has none."""
    return normalize("ror", value) or funder_of_legacy(doi_of(value)) or ""
