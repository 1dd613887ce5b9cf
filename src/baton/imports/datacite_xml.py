"""DataCite XML, kernels 4.0 to 4.7, as the JSON that `datacite` reads: element by element."""

from collections.abc import Callable, Iterable
from typing import Any
from xml.etree.ElementTree import Element

from baton.exports.datacite_xml import NAMESPACE
from baton.imports.datacite import from_datacite
from baton.imports.errors import UnreadableDocument
from baton.imports.imported import Complaints, Imported, filled

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Attribute of XML -> member of JSON, where they differ.
_ATTRIBUTES = {
    "schemeURI": "schemeUri",
    "valueURI": "valueUri",
    "rightsURI": "rightsUri",
    "awardURI": "awardUri",
    _LANG: "lang",
}
# List of elements that hold a text -> the member that the text becomes.
_FLAT = {
    "titles": "title",
    "subjects": "subject",
    "dates": "date",
    "alternateIdentifiers": "alternateIdentifier",
    "relatedIdentifiers": "relatedIdentifier",
    "rightsList": "rights",
    "descriptions": "description",
}
_Document = dict[str, Any]


def from_datacite_xml(root: Element) -> Imported:
    """What a `resource` says, alone or in OAI-PMH's `oai_datacite` envelope."""
    resource = _resource(root)
    document: _Document = {}
    unread = []
    for child in resource:
        name = _local(child)
        read = _READERS.get(name)
        if read is not None:
            document |= read(child)
        elif _has_content(child):
            unread.append(name)
    found = from_datacite(filled(document))
    complaints = Complaints(list(found.lost))
    for name in unread:
        complaints.lose(name)
    return Imported(found.body, tuple(complaints.errors))


def _resource(root: Element) -> Element:
    for element in root.iter():
        namespace, _brace, name = str(element.tag).removeprefix("{").partition("}")
        if name == "resource" and namespace == NAMESPACE:
            return element
        if name == "resource" and "datacite.org/schema/kernel-" in namespace:
            kernel = namespace.rpartition("-")[2][:10]
            raise UnreadableDocument(f"This is DataCite XML of kernel {kernel}; those of kernel 4 are read.")
    raise UnreadableDocument(f"The document has no element `resource` of the namespace {NAMESPACE}.")


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element | None) -> str:
    """Its words, with what stands in elements within it, such as the `br` of descriptions."""
    if element is None:
        return ""
    parts = [element.text or ""]
    for child in element:
        parts += ["\n" if _local(child) == "br" else _text_within(child), child.tail or ""]
    return "".join(parts).strip()


def _text_within(element: Element) -> str:
    return "".join(element.itertext())


def _has_content(element: Element) -> bool:
    return any(text.strip() for text in element.itertext())


def _leaf(element: Element, member: str) -> _Document:
    """An element with a text: its attributes as members, its text as `member`."""
    attributes = {_ATTRIBUTES.get(name, name.rpartition("}")[2]): value for name, value in element.attrib.items()}
    return filled({**attributes, member: _text(element)})


def _flat(element: Element) -> _Document:
    name = _local(element)
    return {name: [_leaf(child, _FLAT[name]) for child in element]}


def _texts(element: Element) -> _Document:
    return {_local(element): [_text(child) for child in element]}


def _plain(element: Element) -> _Document:
    return {_local(element): _text(element)}


def _identifier(element: Element) -> _Document:
    return {"identifiers": [_leaf(element, "identifier")]}


def _resource_type(element: Element) -> _Document:
    return {"types": _leaf(element, "resourceType")}


def _people(element: Element) -> _Document:
    return {_local(element): [_person(child) for child in element]}


def _person(element: Element) -> _Document:
    found: _Document = {**_attributes(element), "nameIdentifiers": [], "affiliation": []}
    for child in element:
        match _local(child):
            case "creatorName" | "contributorName":
                found |= _leaf(child, "name")
            case "nameIdentifier":
                found["nameIdentifiers"].append(_leaf(child, "nameIdentifier"))
            case "affiliation":
                found["affiliation"].append(_leaf(child, "name"))
            case other:
                found[other] = _text(child)
    return filled(found)


def _attributes(element: Element) -> _Document:
    return {name.rpartition("}")[2]: value for name, value in element.attrib.items()}


def _places(element: Element) -> _Document:
    return {"geoLocations": [_place(child) for child in element]}


def _place(element: Element) -> _Document:
    found: _Document = {}
    for child in element:
        name = _local(child)
        if name == "geoLocationPlace":
            found[name] = _text(child)
        elif name == "geoLocationPolygon":
            corners = [_members(each) for each in child if _local(each) == "polygonPoint"]
            found.setdefault("geoLocationPolygons", []).append({"polygonPoints": corners})
        else:
            found.setdefault(name, []).append(_members(child))
    return found


def _members(element: Element) -> _Document:
    return {_local(child): _text(child) for child in element}


def _funding(element: Element) -> _Document:
    found = []
    for reference in element:
        one: _Document = {}
        for child in reference:
            one |= _leaf(child, _local(child))
        found.append(one)
    return {"fundingReferences": found}


def _items(element: Element) -> _Document:
    return {"relatedItems": [_item(child) for child in element]}


def _item(element: Element) -> _Document:
    found: _Document = dict(_attributes(element))
    for child in element:
        name = _local(child)
        if name == "titles":
            found |= _flat(child)
        elif name == "relatedItemIdentifier":
            found[name] = _leaf(child, name)
        elif not len(child):
            found[name] = _text(child)
    return found


def _table(names: Iterable[str], read: Callable[[Element], _Document]) -> dict[str, Callable[[Element], _Document]]:
    return dict.fromkeys(names, read)


_READERS: dict[str, Callable[[Element], _Document]] = {
    "identifier": _identifier,
    "resourceType": _resource_type,
    "publisher": _plain,
    "publicationYear": _plain,
    "language": _plain,
    "version": _plain,
    "geoLocations": _places,
    "fundingReferences": _funding,
    "relatedItems": _items,
    **_table(_FLAT, _flat),
    **_table(("creators", "contributors"), _people),
    **_table(("sizes", "formats"), _texts),
}
