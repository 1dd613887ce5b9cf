"""Vocabulary terms as exports show them: records keep ids, readers want titles."""

from collections.abc import Mapping
from typing import Any

from baton.vocabularies.builtin import find


def named(vocabulary: str, term_id: str) -> dict[str, Any]:
    """The reference with its title in every language; an id that the vocabulary no longer has stands alone."""
    term = find(vocabulary, term_id)
    return {"id": term_id} if term is None else {"id": term_id, "title": term.title}


def title(vocabulary: str, term_id: str) -> str | None:
    """The English title, or any that there is."""
    term = find(vocabulary, term_id)
    return None if term is None else term.label


def in_english(texts: Mapping[str, str] | None) -> str | None:
    """The English one of several translations, or any that there is."""
    if not texts:
        return None
    return texts.get("en") or next(iter(texts.values()))


def prop(vocabulary: str, term_id: str, name: str) -> str | None:
    """One of the term's mappings to other schemes, such as `schema.org` of a resource type."""
    term = find(vocabulary, term_id)
    value = term.props.get(name) if term is not None else None
    return str(value) if value else None


def language_tag(code: str) -> str | None:
    """The tag of BCP 47 for a language of ISO 639-3: two letters where there are two."""
    term = find("languages", code)
    return str(term.props.get("alpha_2") or term.id) if term is not None else None
