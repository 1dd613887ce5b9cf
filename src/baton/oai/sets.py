"""Sets: OpenAIRE's, and one for each resource type below that of its kind. Pure."""

from functools import cache

from baton.exports.legacy import split_type
from baton.vocabularies.builtin import vocabulary

# Set -> what the vocabulary of resource types says of its members.
_OPENAIRE = {"openaire": ("publication", "OpenAIRE: publications"), "openaire_data": ("dataset", "OpenAIRE: data")}


@cache
def all_sets() -> dict[str, tuple[str, frozenset[str]]]:
    """Name and resource types of each set, by its `setSpec`; a kind of resource includes its subtypes."""
    found = vocabulary("resourcetypes")
    terms = found.terms if found else ()
    sets = {
        spec: (name, frozenset(term.id for term in terms if term.props.get("openaire_type") == said))
        for spec, (said, name) in _OPENAIRE.items()
    }
    for term in terms:
        kind = split_type(term.id)[0]
        members = {other.id for other in terms if split_type(other.id)[0] == kind}
        sets[_spec(term.id)] = (term.label, frozenset(members if term.id == kind else {term.id}))
    return sets


@cache
def sets_of(resource_type: str | None) -> tuple[str, ...]:
    """Every set that a record of this type is in."""
    return tuple(spec for spec, (_name, members) in all_sets().items() if resource_type in members)


def _spec(resource_type: str) -> str:
    kind, subtype = split_type(resource_type)
    return f"{kind}:{subtype}" if subtype else kind
