"""Metadata and custom fields in the RDM dialect: as stored, with the titles of built-in vocabularies filled in."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from baton.exports.terms import named
from baton.records.metadata.custom import VOCABULARIES
from baton.vocabularies.builtin import find

# Inside the objects of a list: which members are references, and to which vocabulary.
REFERENCES_IN = {
    "creators": {"role": "creatorsroles"},
    "contributors": {"role": "contributorsroles"},
    "additional_titles": {"type": "titletypes", "lang": "languages"},
    "additional_descriptions": {"type": "descriptiontypes", "lang": "languages"},
    "dates": {"type": "datetypes"},
    "related_identifiers": {"relation_type": "relationtypes", "resource_type": "resourcetypes"},
}


def rdm_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A new object that shares its unchanged parts with the stored one: read it, do not write into it."""
    shown = dict(metadata)
    for field, fill in _FILLED.items():
        if metadata.get(field):
            shown[field] = fill(metadata[field])
    return shown


def rdm_custom_fields(custom_fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same for the few custom fields that refer to a vocabulary."""
    if custom_fields.keys().isdisjoint(VOCABULARIES):
        return custom_fields
    shown = dict(custom_fields)
    for field in VOCABULARIES.keys() & custom_fields.keys():
        vocabulary, value = VOCABULARIES[field], custom_fields[field]
        several = isinstance(value, list)
        filled = [named(vocabulary, reference["id"]) for reference in (value if several else [value])]
        shown[field] = filled if several else filled[0]
    return shown


def _licence(right: Mapping[str, Any]) -> Mapping[str, Any]:
    """A licence by id gets its title, description and address; one in the depositor's own words has them."""
    term = find("licenses", right["id"]) if right.get("id") else None
    if term is None:
        return right
    filled: dict[str, Any] = {**right, "title": term.title}
    if term.description:
        filled["description"] = term.description
    if term.icon:
        filled["icon"] = term.icon
    props = {name: term.props[name] for name in ("url", "scheme") if term.props.get(name)}
    return {**filled, "props": props} if props else filled


def _with_references(vocabularies: Mapping[str, str]) -> Callable[[Sequence[Mapping[str, Any]]], list[Any]]:
    def fill(things: Sequence[Mapping[str, Any]]) -> list[Any]:
        filled = []
        for thing in things:
            references = {
                member: named(vocabulary, thing[member]["id"])
                for member, vocabulary in vocabularies.items()
                if (thing.get(member) or {}).get("id")
            }
            filled.append({**thing, **references} if references else thing)
        return filled

    return fill


_FILLED: dict[str, Callable[[Any], Any]] = {
    "resource_type": lambda reference: named("resourcetypes", reference["id"]),
    "languages": lambda languages: [named("languages", language["id"]) for language in languages],
    "rights": lambda rights: [_licence(right) for right in rights],
    **{field: _with_references(vocabularies) for field, vocabularies in REFERENCES_IN.items()},
}
