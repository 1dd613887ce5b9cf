"""Which form a file of metadata has, and its content as the body of a draft."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from baton.client.errors import Failure
from baton.client.metadata.citation_cff import from_citation_cff
from baton.client.metadata.codemeta import from_codemeta
from baton.client.metadata.words import text
from baton.identifiers.policy import DoiPolicy
from baton.imports.zenodo_grants import terms_in
from baton.imports.zenodo_json import Defaults, to_rdm
from baton.kernel.errors import ValidationFailed

# In a folder that is deposited, the first of these describes it: as on Zenodo, its own file comes first.
IN_FOLDER = (".zenodo.json", "CITATION.cff", "codemeta.json")
LARGEST = 8 << 20  # bytes
# Words that only Zenodo's older form has.
_LEGACY = {"upload_type", "access_right", "license", "keywords", "grants", "publication_type", "image_type", "notes"}
# Every DOI that a depositor brings was minted by somebody else.
_NO_DOIS = DoiPolicy("", "")


def find_metadata(paths: Sequence[Path]) -> Path | None:
    """The file in a deposited folder that describes it, if there is one."""
    for name in IN_FOLDER:
        for folder in paths:
            if (folder / name).is_file():
                return folder / name
    return None


def read_metadata(path: Path, today: date) -> dict[str, Any]:
    """The body of a draft from a file in RDM's form, Zenodo's older one, CITATION.cff or codemeta.json.

    Raises `Failure` for what cannot be read.
    """
    if path.stat().st_size > LARGEST:
        raise Failure(f"{path} is too large to be metadata.")
    try:
        # YAML reads JSON as well. Dates are quoted by few people, so they are taken as such.
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise Failure(f"{path} is neither YAML nor JSON: {error}") from None
    if not isinstance(given, Mapping):
        raise Failure(f"{path} must hold an object with a title, creators and the like.")
    if "cff-version" in given:
        return {"metadata": from_citation_cff(given)}
    if "codemeta" in str(given.get("@context")) or "schema.org" in str(given.get("@context")):
        return {"metadata": from_codemeta(given)}
    if path.name == ".zenodo.json" or _is_legacy(given):
        return _legacy(path, _plain(given), today)
    body = _plain(given)
    return body if isinstance(body.get("metadata"), dict) else {"metadata": body}


def _is_legacy(given: Mapping[str, Any]) -> bool:
    metadata = given.get("metadata", given)
    if not isinstance(metadata, Mapping):
        return False
    creators = metadata.get("creators")
    first = creators[0] if isinstance(creators, list) and creators else None
    return bool(_LEGACY & set(metadata)) or (isinstance(first, Mapping) and "name" in first)


def _legacy(path: Path, given: dict[str, Any], today: date) -> dict[str, Any]:
    metadata = given["metadata"] if isinstance(given.get("metadata"), dict) else given
    payload = {"metadata": {"upload_type": "software", **metadata} if path.name == ".zenodo.json" else metadata}
    try:
        body = to_rdm(payload, defaults=Defaults(today, ""), policy=_NO_DOIS, known=terms_in(payload))
    except ValidationFailed as problem:
        faults = [f"  {error.field}: {error.message}" for error in problem.errors]
        raise Failure("\n".join([f"{path} cannot be used:", *faults])) from None
    if not body["metadata"].get("publisher"):
        del body["metadata"]["publisher"]
    return body


def _plain(value: Any) -> Any:  # noqa: ANN401  any YAML value
    """The same as JSON has it: YAML's dates become text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return text(value) if isinstance(value, date) else value
