"""From Zenodo's legacy deposit metadata to the RDM dialect. Pure: what the vocabularies know is handed in.

Tolerant where Zenodo is: unknown metadata keys, nulls, empty strings and lists are passed over. What a depositor must
still complete is not judged here but when the draft is saved.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from baton.exports.legacy_terms import COMMUNITIES, CUSTOM_FIELDS, SUBJECTS
from baton.identifiers.policy import DoiPolicy
from baton.identifiers.schemes import normalize
from baton.imports import zenodo_fields as fields
from baton.imports.imported import Complaints
from baton.imports.zenodo_grants import funding
from baton.kernel.errors import FieldError, ValidationFailed

TOP_LEVEL = {"metadata", "files"}


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a deposit says when it does not say it itself."""

    publication_date: date
    publisher: str


def to_rdm(
    payload: object, *, defaults: Defaults, policy: DoiPolicy, known: Collection[tuple[str, str]] = ()
) -> dict[str, Any]:
    """The RDM body of a legacy request body; `pids` only when a DOI is given, so that a reserved one is kept.

    `known` are those of `terms_in(payload)` that the vocabularies have. Raises `ValidationFailed` with every fault at
    once, each under its legacy name.
    """
    complaints = Complaints()
    metadata = _metadata_of(payload, complaints)
    body = translated(metadata or {}, policy, complaints, known)
    if metadata is not None:
        body["metadata"] = {**_defaults(metadata, defaults), **body["metadata"]}
    if complaints.errors:
        raise ValidationFailed(complaints.errors)
    return body


def translated(
    metadata: Mapping[str, Any], policy: DoiPolicy, complaints: Complaints, known: Collection[tuple[str, str]] = ()
) -> dict[str, Any]:
    """What the deposit's metadata say, and no more; faults are left to the caller."""
    body = {
        "metadata": _metadata(metadata, known, complaints),
        "custom_fields": _custom_fields(metadata, complaints),
        "access": _access(metadata, complaints),
        "files": {"enabled": True},
    }
    if metadata.get("doi"):
        body["pids"] = {"doi": _doi(metadata["doi"], policy, complaints)}
    return body


def _defaults(metadata: Mapping[str, Any], defaults: Defaults) -> dict[str, Any]:
    """Where others may get at the files and nothing is said of a licence: CC0 for datasets, CC BY for all else."""
    found: dict[str, Any] = {
        "publication_date": defaults.publication_date.isoformat(),
        "publisher": defaults.publisher,
    }
    is_open = metadata.get("access_right", "open") in ("open", "embargoed")
    if metadata and is_open and metadata.get("license") is None:
        found["rights"] = [{"id": "cc0-1.0" if metadata.get("upload_type") == "dataset" else "cc-by-4.0"}]
    return found


def _metadata_of(payload: object, complaints: Complaints) -> dict[str, Any] | None:
    """The deposit's own metadata without what is empty; `None` if it has none at all."""
    if payload is None:
        return None
    if not isinstance(payload, Mapping):
        raise ValidationFailed([FieldError("", "Send a JSON object with a `metadata` object in it.")])
    for name in payload:
        if name not in TOP_LEVEL:
            complaints.add(str(name), "Unknown field. A deposit takes `metadata` only; describe the upload in there.")
    metadata = payload.get("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, Mapping):
        complaints.add("metadata", "metadata must be an object.")
        return None
    return {name: value for name, value in metadata.items() if value is not None and value not in ("", [], {})}


def _metadata(
    metadata: Mapping[str, Any], known: Collection[tuple[str, str]], complaints: Complaints
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (target, translate) in FIELDS.items():
        if name in metadata:
            value = translate(metadata[name], f"metadata.{name}", complaints)
            if value:
                found[target] = value
    several = {
        "resource_type": _resource_type(metadata, complaints),
        "contributors": _contributors(metadata, complaints),
        "additional_descriptions": _additional_descriptions(metadata, complaints),
        "rights": fields.licence(metadata["license"], "metadata.license", complaints)
        if "license" in metadata
        else None,
        "funding": funding(metadata.get("grants"), known, complaints),
        **_identifiers(metadata, complaints),
    }
    return found | {target: value for target, value in several.items() if value}


FIELDS: dict[str, tuple[str, Callable[[Any, str, Complaints], Any]]] = {
    "title": ("title", fields.text),
    "publication_date": ("publication_date", fields.text),
    "description": ("description", fields.text),
    "version": ("version", fields.text_or_number),
    "imprint_publisher": ("publisher", fields.text),
    "creators": ("creators", fields.people),
    "keywords": ("subjects", fields.keywords),
    "references": ("references", fields.references),
    "language": ("languages", fields.language),
    "locations": ("locations", fields.locations),
    "dates": ("dates", fields.dates),
}


def _resource_type(metadata: Mapping[str, Any], complaints: Complaints) -> dict[str, str] | None:
    """`publication` with `publication_type: article` is `publication-article`."""
    kind = fields.text(metadata.get("upload_type"), "metadata.upload_type", complaints)
    if not kind:
        return None
    field = f"{kind}_type"
    subtype = fields.text(metadata.get(field), f"metadata.{field}", complaints)
    return fields.resource_type(f"{kind}-{subtype}" if subtype else kind)


def _contributors(metadata: Mapping[str, Any], complaints: Complaints) -> list[dict[str, Any]]:
    """A thesis' supervisors, then the contributors."""
    supervisors = fields.people(metadata.get("thesis_supervisors"), "metadata.thesis_supervisors", complaints)
    contributors = fields.people(metadata.get("contributors"), "metadata.contributors", complaints)
    return [{**supervisor, "role": {"id": "supervisor"}} for supervisor in supervisors] + contributors


def _additional_descriptions(metadata: Mapping[str, Any], complaints: Complaints) -> list[dict[str, Any]]:
    found = []
    for name, kind in (("notes", "notes"), ("method", "methods")):
        description = fields.text(metadata.get(name), f"metadata.{name}", complaints)
        if description:
            found.append({"description": description, "type": {"id": kind}})
    return found


def _identifiers(metadata: Mapping[str, Any], complaints: Complaints) -> dict[str, list[dict[str, Any]]]:
    """The legacy schema keeps other names of the upload itself among the related identifiers."""
    related, alternate = fields.related_identifiers(
        metadata.get("related_identifiers"), "metadata.related_identifiers", complaints
    )
    others = fields.alternate_identifiers(
        metadata.get("alternate_identifiers"), "metadata.alternate_identifiers", complaints
    )
    return {"related_identifiers": related, "identifiers": alternate + others}


def _custom_fields(metadata: Mapping[str, Any], complaints: Complaints) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (field, member) in CUSTOM_FIELDS.items():
        value = fields.text_or_number(metadata.get(name), f"metadata.{name}", complaints)
        if value:
            found.setdefault(field, {})[member] = value
    subjects = fields.subjects(metadata.get("subjects"), "metadata.subjects", complaints)
    if subjects:
        found[SUBJECTS] = subjects
    communities = fields.communities(metadata.get("communities"), "communities", complaints)
    if communities:
        found[COMMUNITIES] = communities
    custom = metadata.get("custom", {})
    if not isinstance(custom, Mapping):
        complaints.add("metadata.custom", "custom must be an object.")
        return found
    return {**found, **custom}


def _access(metadata: Mapping[str, Any], complaints: Complaints) -> dict[str, Any]:
    right = metadata.get("access_right", "open")
    if right == "open":
        return {"record": "public", "files": "public"}
    if right in ("restricted", "closed"):
        return {"record": "public", "files": "restricted"}
    if right != "embargoed":
        complaints.add("metadata.access_right", "Choose one of open, embargoed, restricted, closed.")
        return {}
    until = fields.text(metadata.get("embargo_date"), "metadata.embargo_date", complaints)
    if not until:
        complaints.add("metadata.embargo_date", "An embargoed upload needs the date on which it opens.", "required")
    return {"record": "public", "files": "restricted", "embargo": {"active": True, "until": until}}


def _doi(value: object, policy: DoiPolicy, complaints: Complaints) -> dict[str, str]:
    """One of our own prefix is ours to mint; any other was given by somebody else."""
    given = fields.text(value, "metadata.doi", complaints) or ""
    doi = normalize("doi", given) or given
    if policy.is_own(doi):
        return {"identifier": doi, "provider": "datacite", "client": "datacite"}
    return {"identifier": doi, "provider": "external"}
