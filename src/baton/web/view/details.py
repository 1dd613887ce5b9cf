"""The smaller facts of a record: related works, funding, dates, places, custom fields. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from baton.exports.dates import in_words
from baton.exports.plain_text import plain_text
from baton.exports.terms import in_english, prop, title
from baton.identifiers.schemes import SCHEMES, url_for
from baton.web.view.words import Fact, Group, Link, label_of

Json = Mapping[str, Any]

# Custom fields by the part of their name before the colon; others are headed by that part itself.
GROUPS = {
    "journal": "Journal",
    "meeting": "Conference",
    "imprint": "Published in",
    "thesis": "Thesis",
    "code": "Software",
    "dwc": "Biodiversity (Darwin Core)",
    "gbif-dwc": "Biodiversity (Darwin Core)",
    "ac": "Audiovisual",
    "geo": "Location",
    "mixs": "Sequencing",
    "obo": "Ontology terms",
}
INTERNAL = "legacy"
ACRONYMS = {"issn": "ISSN", "isbn": "ISBN", "url": "Web page"}


def related_works(metadata: Json) -> tuple[Fact, ...]:
    """Other works by how this one is related to them."""
    by_relation: dict[str, list[Link]] = {}
    for one in metadata.get("related_identifiers") or ():
        relation = title("relationtypes", (one.get("relation_type") or {}).get("id", "")) or "Related"
        kind = title("resourcetypes", (one.get("resource_type") or {}).get("id", ""))
        by_relation.setdefault(relation, []).append(identifier_link(one, kind))
    return tuple(Fact(relation, tuple(links)) for relation, links in by_relation.items())


def identifier_link(one: Json, kind: str | None = None) -> Link:
    """The identifier with its kind, `10.1234/abc (DOI, Journal article)`, leading to where it resolves."""
    scheme, value = one.get("scheme", ""), str(one.get("identifier", ""))
    label = SCHEMES[scheme].label if scheme in SCHEMES and scheme not in {"url", "other"} else None
    remark = ", ".join(text for text in (label, kind) if text)
    return Link(f"{value} ({remark})" if remark else value, url_for(scheme, value))


def references(metadata: Json) -> tuple[Link, ...]:
    """The works that this one refers to."""
    return tuple(
        Link(one.get("reference", ""), url_for(one.get("scheme", ""), str(one.get("identifier", ""))))
        for one in metadata.get("references") or ()
    )


def funding(metadata: Json) -> tuple[Fact, ...]:
    """Who paid, and under which awards."""
    return tuple(_award(one.get("funder") or {}, one.get("award") or {}) for one in metadata.get("funding") or ())


def _award(funder: Json, award: Json) -> Fact:
    number, name = award.get("number") or "", in_english(award.get("title")) or ""
    acronym = f"{award['acronym']}: " if award.get("acronym") and name else ""
    text = f"{acronym}{name}" + (f" ({number})" if number and name else number)
    hrefs = (url_for(one.get("scheme", ""), one.get("identifier", "")) for one in award.get("identifiers") or ())
    values = (Link(text, next((href for href in hrefs if href), None)),) if text else ()
    return Fact(funder.get("name") or funder.get("id") or "Funder", values)


def facts(metadata: Json) -> tuple[Fact, ...]:
    """Publisher, languages, dates, sizes and the like, as far as given."""
    found = {label: tuple(values(metadata)) for label, values in _FACTS.items()}
    found |= {fact.label: fact.values for fact in _dates(metadata)}
    return tuple(Fact(label, values) for label, values in found.items() if values)


def _languages(metadata: Json) -> Iterator[Link]:
    for one in metadata.get("languages") or ():
        yield Link(title("languages", one["id"]) or one["id"])


def _identifiers(metadata: Json) -> Iterator[Link]:
    for one in metadata.get("identifiers") or ():
        yield identifier_link(one)


def _places(metadata: Json) -> Iterator[Link]:
    for one in (metadata.get("locations") or {}).get("features") or ():
        text = ", ".join(part for part in (one.get("place"), _coordinates(one.get("geometry") or {})) if part)
        if one.get("description"):
            text = f"{text}: {one['description']}" if text else one["description"]
        hrefs = (url_for(id_.get("scheme", ""), id_.get("identifier", "")) for id_ in one.get("identifiers") or ())
        yield Link(text, next((href for href in hrefs if href), None))


def _coordinates(geometry: Json) -> str:
    """A point as latitude and longitude with their letters; other shapes by their name."""
    if geometry.get("type") != "Point":
        return label_of(geometry.get("type", ""))
    longitude, latitude = geometry["coordinates"][:2]
    return f"{abs(latitude):g}° {'N' if latitude >= 0 else 'S'} {abs(longitude):g}° {'E' if longitude >= 0 else 'W'}"


def _texts(field: str) -> Any:  # noqa: ANN401  a function, as `_FACTS` wants it
    return lambda metadata: (Link(str(text)) for text in metadata.get(field) or ())


_FACTS = {
    "Publisher": lambda metadata: [Link(metadata["publisher"])] if metadata.get("publisher") else [],
    "Languages": _languages,
    "Alternate identifiers": _identifiers,
    "Locations": _places,
    "Sizes": _texts("sizes"),
    "Formats": _texts("formats"),
    "Copyright": lambda metadata: [Link(plain_text(metadata["copyright"]))] if metadata.get("copyright") else [],
}


def _dates(metadata: Json) -> Iterator[Fact]:
    by_label: dict[str, list[Link]] = {}
    for one in metadata.get("dates") or ():
        label = title("datetypes", (one.get("type") or {}).get("id", "")) or "Date"
        remark = f" ({one['description']})" if one.get("description") else ""
        by_label.setdefault(label, []).append(Link(f"{in_words(one.get('date', ''))}{remark}"))
    return (Fact(label, tuple(links)) for label, links in by_label.items())


def custom_groups(custom_fields: Json) -> tuple[Group, ...]:
    """The custom fields under the headings of their kinds."""
    groups: dict[str, list[Fact]] = {}
    for name, value in custom_fields.items():
        namespace, _colon, _rest = name.partition(":")
        if value and namespace != INTERNAL:
            heading = GROUPS.get(namespace, label_of(namespace))
            groups.setdefault(heading, []).extend(_custom(name, value))
    return tuple(Group(heading, tuple(found)) for heading, found in groups.items() if found)


def _custom(name: str, value: object) -> Iterator[Fact]:
    if isinstance(value, Mapping) and "id" not in value:
        for member, text in value.items():
            if text:
                label = ACRONYMS.get(member, label_of(member))
                yield Fact(label, tuple(_custom_values(text)))
    else:
        yield Fact(label_of(name), tuple(_custom_values(value)))


def _custom_values(value: object) -> Iterator[Link]:
    for one in value if isinstance(value, list) else [value]:
        text = _custom_text(one)
        yield Link(text, url_for("url", text) if text.startswith(("http://", "https://")) else None)


def _custom_text(value: object) -> str:
    if isinstance(value, Mapping):
        return in_english(value.get("title")) or str(value.get("id") or "; ".join(map(str, value.values())))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def licences(metadata: Json) -> tuple[Link, ...]:
    """Under what terms the work may be used."""
    return tuple(_licence(right) for right in metadata.get("rights") or ())


def _licence(right: Json) -> Link:
    if not right.get("id"):
        text = in_english(right.get("title")) or in_english(right.get("description")) or right.get("link") or ""
        return Link(text, url_for("url", right["link"]) if right.get("link") else None)
    return Link(title("licenses", right["id"]) or right["id"], prop("licenses", right["id"], "url"))
