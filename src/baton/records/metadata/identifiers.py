"""Identifiers with their scheme, as creators, references and places have them."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from baton.identifiers.schemes import SCHEMES, detect, normalize
from baton.records.metadata import limits
from baton.records.metadata.fields import MISSING, Finish, Reader, Report, listing, text, thing

PERSON = ("orcid", "isni", "gnd", "ror", "edmo")
PLACE = ("wikidata", "geonames")
_WORK = """
ark arxiv ads crossreffunderid cstr doi ean13 eissn grid handle igsn isbn isni issn istc lissn lsid pmid purl rrid swhid
upc url urn wikidata w3id other
"""
WORK = tuple(_WORK.split())
"""Schemes of works and of whatever they refer to."""


def identified(
    schemes: Collection[str],
    others: Mapping[str, Reader] | None = None,
    required: Collection[str] = (),
    *,
    optional: bool = False,
) -> Reader:
    """An object with `identifier` and `scheme` (found out if not given) and `others`. Values get their normal form.

    A wrong identifier is told and kept as it is, so that it is told again until it is mended.
    """
    members = {"identifier": text(limits.IDENTIFIER), "scheme": text(limits.TERM_ID), **(others or {})}
    return thing(members, required, finish=_settling(frozenset(schemes), optional))


def _settling(schemes: frozenset[str], optional: bool) -> Finish:
    def settle(kept: dict[str, Any], path: str, report: Report) -> None:
        value, scheme = kept.get("identifier"), kept.get("scheme")
        if value is None:
            if scheme is not None or not optional:
                report.add(f"{path}.identifier", MISSING, "required")
            return
        scheme = scheme.lower() if scheme else detect(value, allowed=schemes)
        if scheme is None:
            report.add(f"{path}.scheme", "No valid scheme recognized for identifier.")
            return
        kept["scheme"] = scheme
        if scheme not in schemes:
            report.add(f"{path}.scheme", "Invalid scheme.")
        elif (normal := normalize(scheme, value)) is None:
            report.add(f"{path}.identifier", f"Invalid {SCHEMES[scheme].label} identifier.")
        else:
            kept["identifier"] = normal

    return settle


def one_per_scheme(schemes: Collection[str]) -> Reader:
    """The identifiers of one person or organisation."""
    return listing(
        identified(schemes), _telling(lambda each: each["scheme"], "Only one identifier per scheme is allowed.")
    )


def all_different(schemes: Collection[str]) -> Reader:
    """Other identifiers of one work."""
    return listing(
        identified(schemes),
        _telling(lambda each: (each["scheme"], each.get("identifier")), "Duplicated identifier entry is not allowed."),
    )


def _telling(key: Callable[[dict[str, Any]], object], message: str) -> Callable[[list[Any], str, Report], None]:
    def tell(kept: list[Any], path: str, report: Report) -> None:
        keys = [key(each) for each in kept if "scheme" in each]
        if len(set(keys)) < len(keys):
            report.add(path, message, "duplicate")

    return tell
