"""A file that describes a work: which format it has, by its name and by what stands in it."""

from collections.abc import Callable, Mapping
from typing import Any

from baton.imports.codemeta import from_codemeta
from baton.imports.datacite import from_datacite
from baton.imports.errors import UnreadableDocument
from baton.imports.formats import FORMATS, from_json_ld
from baton.imports.imported import Given, Imported
from baton.imports.parse import BOM, parse_json, parse_typed_yaml
from baton.imports.ro_crate import from_ro_crate
from baton.imports.zenodo import from_zenodo

# In a folder that is deposited, the first of these describes it: as on Zenodo, its own file comes first.
IN_FOLDER = (".zenodo.json", "CITATION.cff", "codemeta.json", "ro-crate-metadata.json")
# Words that only Zenodo's older form has.
_LEGACY = {"upload_type", "access_right", "license", "keywords", "grants", "publication_type", "image_type", "notes"}
# Members that DataCite's form has as lists or objects of its own, and no other form has.
_DATACITE = {"titles", "types", "rightsList", "schemaVersion", "publicationYear"}


def read_file(name: str, data: bytes) -> Given:
    """What the file says: as a body of the RDM dialect if it has that form, else what was read of it.

    Raises `UnreadableDocument`.
    """
    start = data.removeprefix(BOM).lstrip()[:1]
    if not start:
        raise UnreadableDocument("The file is empty.")
    if start == b"<" or name.endswith(".xml"):
        return FORMATS["datacite-xml"].read(data)
    if start == b"@" or name.endswith(".bib"):
        return FORMATS["bibtex"].read(data)
    if start == b"{":
        return _read_json(name, parse_json(data))
    given = parse_typed_yaml(data)
    if "cff-version" in given or name.endswith(".cff"):
        return FORMATS["cff"].read(data)
    return _read_json(name, given)


def _read_json(name: str, given: dict[str, Any]) -> Given:
    if name in _BY_NAME:
        return _BY_NAME[name](given)
    if "@graph" in given or "@context" in given:
        return from_json_ld(given)
    if _DATACITE & given.keys() or isinstance(given.get("data"), Mapping):
        return from_datacite(given)
    if _is_legacy(given):
        return from_zenodo(given)
    return given if isinstance(given.get("metadata"), dict) else {"metadata": given}


def _zenodo_file(given: Mapping[str, Any]) -> Imported:
    """A `.zenodo.json` lies beside software unless it says otherwise."""
    return from_zenodo({"upload_type": "software", **given})


# Files of these names are of these formats, whatever stands in them.
_BY_NAME: dict[str, Callable[[Mapping[str, Any]], Imported]] = {
    ".zenodo.json": _zenodo_file,
    "codemeta.json": from_codemeta,
    "ro-crate-metadata.json": from_ro_crate,
}


def _is_legacy(given: Mapping[str, Any]) -> bool:
    metadata = given.get("metadata", given)
    if not isinstance(metadata, Mapping):
        return False
    creators = metadata.get("creators")
    first = creators[0] if isinstance(creators, list) and creators else None
    return bool(_LEGACY & metadata.keys()) or (isinstance(first, Mapping) and "name" in first)
