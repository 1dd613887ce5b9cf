"""The fields of the legacy schema, one function each: the legacy value in, the RDM value out.

Each takes the value, the path under which faults are told, and the list of faults; nothing (or an empty list) comes
out when there is nothing to say.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from baton.exports.legacy_terms import ALTERNATE
from baton.identifiers.schemes import is_valid, normalize
from baton.imports.imported import Complaints
from baton.records.metadata import limits
from baton.vocabularies.builtin import find
from baton.vocabularies.legacy import licence_of_legacy

# A typing error that Zenodo's own documents once had.
RELATIONS_MISSPELT = {"isorignialformof": "isoriginalformof"}


def text(value: object, path: str, complaints: Complaints) -> str | None:
    """A string without blanks around it."""
    if value is None:
        return None
    if not isinstance(value, str):
        complaints.add(path, f"{_leaf(path)} must be a string.")
        return None
    return value.strip()


def text_or_number(value: object, path: str, complaints: Complaints) -> str | None:
    """A string; a number is taken as written, since clients send versions and volumes so."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return text(value, path, complaints)


def _leaf(path: str) -> str:
    return path.rpartition(".")[2]


def _items(value: object, path: str, complaints: Complaints) -> Iterator[tuple[str, Any]]:
    """The members of a list, each with its path."""
    if value is None:
        return
    if not isinstance(value, list):
        complaints.add(path, f"{_leaf(path)} must be a list.")
        return
    if len(value) > limits.ITEMS:
        complaints.add(path, f"{_leaf(path)} may have {limits.ITEMS:,} items at most.", "too_long")
    for at, item in enumerate(value[: limits.ITEMS]):
        yield f"{path}.{at}", item


def objects(value: object, path: str, what: str, complaints: Complaints) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects of a list; members that are none are told and passed over."""
    for at, item in _items(value, path, complaints):
        if isinstance(item, Mapping):
            yield at, item
        else:
            complaints.add(at, f"Each {what} must be an object.")


def _texts(value: object, path: str, complaints: Complaints) -> list[str]:
    return [found for at, item in _items(value, path, complaints) if (found := text(item, at, complaints))]


def _texts_of(thing: Mapping[str, Any], names: Mapping[str, str], path: str, complaints: Complaints) -> dict[str, str]:
    """The strings of `thing` under their new names; `names` is {legacy: rdm}."""
    found = ((new, text(thing.get(old), f"{path}.{old}", complaints)) for old, new in names.items())
    return {name: value for name, value in found if value}


# --- people ---


def people(value: object, path: str, complaints: Complaints) -> list[dict[str, Any]]:
    """Creators, contributors, supervisors."""
    return [_person(person, at, complaints) for at, person in objects(value, path, "person", complaints)]


def _person(person: Mapping[str, Any], path: str, complaints: Complaints) -> dict[str, Any]:
    given = _texts_of(person, {name: name for name in ("name", "orcid", "gnd", "type")}, path, complaints)
    person_or_org: dict[str, Any] = {"type": "personal", **_name(given.get("name", ""))}
    identifiers = [
        {"scheme": scheme, "identifier": normalize(scheme, given[scheme]) or given[scheme]}
        for scheme in ("orcid", "gnd")
        if scheme in given
    ]
    if identifiers:
        person_or_org["identifiers"] = identifiers
    found: dict[str, Any] = {"person_or_org": person_or_org}
    affiliations = _affiliations(person.get("affiliation"), f"{path}.affiliation", complaints)
    if affiliations:
        found["affiliations"] = [{"name": name} for name in affiliations]
    if "type" in given:
        found["role"] = {"id": given["type"].lower()}
    return found


def _affiliations(value: object, path: str, complaints: Complaints) -> list[str]:
    """One name; some programs send several as a list."""
    if isinstance(value, list):
        return list(dict.fromkeys(_texts(value, path, complaints)))
    name = text(value, path, complaints)
    return [name] if name else []


def _name(name: str) -> dict[str, str]:
    """`Family, Given` in its parts; a name with no comma, or more than one, stays whole."""
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma and family and given and "," not in given:
        return {"family_name": family, "given_name": given}
    return {"family_name": name} if name else {}


# --- lists of words ---


def keywords(value: object, path: str, complaints: Complaints) -> list[dict[str, str]]:
    """Free words are subjects without an id."""
    return [{"subject": keyword} for keyword in _texts(value, path, complaints)]


def references(value: object, path: str, complaints: Complaints) -> list[dict[str, str]]:
    """References as plain strings."""
    return [{"reference": reference} for reference in _texts(value, path, complaints)]


def subjects(value: object, path: str, complaints: Complaints) -> list[dict[str, str]]:
    """Terms of vocabularies that are not ours: kept as they are."""
    names = {name: name for name in ("term", "identifier", "scheme")}
    found = [_texts_of(one, names, at, complaints) for at, one in objects(value, path, "subject", complaints)]
    return [one for one in found if one]


def communities(value: object, path: str, complaints: Complaints) -> list[str]:
    """The slugs of the communities. Zenodo tells faults of this field under its bare name, so the path is that."""
    if value is None:
        return []
    named = [item.get("identifier") for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
    found = [slug for slug in named if isinstance(slug, str)]
    if not isinstance(value, list) or len(found) < len(value):
        complaints.add(path, "Communities must be a list of objects with an `identifier`.")
    return found


def language(value: object, path: str, complaints: Complaints) -> list[dict[str, str]]:
    """An ISO 639 code of two or three letters becomes the code of ISO 639-3."""
    code = (text(value, path, complaints) or "").lower()
    if not code:
        return []
    known = find("languages", code)
    if known is not None:
        return [{"id": known.id}]
    complaints.add(path, "Give the language as a code of ISO 639, such as `eng` or `en`.")
    return []


# --- places, dates, licences ---


def locations(value: object, path: str, complaints: Complaints) -> dict[str, Any] | None:
    """Places, as points where coordinates are given."""
    features = [_location(one, at, complaints) for at, one in objects(value, path, "location", complaints)]
    return {"features": features} if features else None


def _location(location: Mapping[str, Any], path: str, complaints: Complaints) -> dict[str, Any]:
    feature: dict[str, Any] = _texts_of(location, {"place": "place", "description": "description"}, path, complaints)
    longitude, latitude = location.get("lon"), location.get("lat")
    if longitude is None and latitude is None:
        return feature
    for name, degrees, limit in (("lon", longitude, 180), ("lat", latitude, 90)):
        if not isinstance(degrees, (int, float)) or isinstance(degrees, bool) or not -limit <= degrees <= limit:
            complaints.add(f"{path}.{name}", f"{name} must be a number between -{limit} and {limit}.")
    return {**feature, "geometry": {"type": "Point", "coordinates": [longitude, latitude]}}


def dates(value: object, path: str, complaints: Complaints) -> list[dict[str, Any]]:
    """Intervals; with one end, or both alike, they are exact dates, since EDTF level 0 has no open intervals."""
    return [_date(one, at, complaints) for at, one in objects(value, path, "date", complaints)]


def _date(interval: Mapping[str, Any], path: str, complaints: Complaints) -> dict[str, Any]:
    names = {name: name for name in ("start", "end", "type", "description")}
    given = _texts_of(interval, names, path, complaints)
    ends = dict.fromkeys(given[name] for name in ("start", "end") if name in given)
    if not ends:
        complaints.add(path, "Give a `start`, an `end`, or both.", "required")
    found: dict[str, Any] = {"date": "/".join(ends)}
    if "type" in given:
        found["type"] = {"id": given["type"].lower()}
    if "description" in given:
        found["description"] = given["description"]
    return found


def licence(value: object, path: str, complaints: Complaints) -> list[dict[str, Any]]:
    """A legacy or current licence id in any case, or an object that holds one."""
    given = value.get("id") if isinstance(value, Mapping) else value
    if not isinstance(given, str):
        complaints.add(path, "Invalid license value provided: give an id such as `cc-by-4.0`.")
        return []
    found = licence_of_legacy(given)
    if found is None:
        complaints.add(
            path, f"Invalid license provided: {given[:100]!r} is in no list. See /api/vocabularies/licenses."
        )
        return []
    return [{"id": found}]


def resource_type(given: str) -> dict[str, str]:
    """The type by its present id (theses were renamed); what the vocabulary does not know is left to be told."""
    term = find("resourcetypes", given)
    return {"id": term.id if term else given}


# --- identifiers ---


def _identifier(given: Mapping[str, Any], path: str, complaints: Complaints) -> dict[str, Any]:
    """The scheme only where the one given is right; else it is found out when the draft is saved."""
    found: dict[str, Any] = _texts_of(given, {"identifier": "identifier"}, path, complaints)
    scheme = given.get("scheme")
    if isinstance(scheme, str) and is_valid(scheme.lower(), found.get("identifier", "")):
        found["scheme"] = scheme.lower()
    return found


def related_identifiers(
    value: object, path: str, complaints: Complaints
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Identifiers of other things, and those that are other names of the upload itself."""
    related, alternate = [], []
    for at, given in objects(value, path, "related identifier", complaints):
        relation = text(given.get("relation"), f"{at}.relation", complaints) or ""
        if relation.lower() == ALTERNATE.lower():
            alternate.append(_identifier(given, at, complaints))
            continue
        found = _identifier(given, at, complaints)
        if relation:
            found["relation_type"] = {"id": RELATIONS_MISSPELT.get(relation.lower(), relation.lower())}
        kind = text(given.get("resource_type"), f"{at}.resource_type", complaints)
        if kind:
            found["resource_type"] = resource_type(kind)
        related.append(found)
    return related, alternate


def alternate_identifiers(value: object, path: str, complaints: Complaints) -> list[dict[str, Any]]:
    """Other names of the upload, as the legacy record JSON lists them."""
    return [_identifier(one, at, complaints) for at, one in objects(value, path, "alternate identifier", complaints)]
