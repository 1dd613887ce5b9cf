"""Metadata given on the command line: laid over what a file says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from baton.imports.licences import licence
from baton.imports.people import from_text


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says; empty where it says nothing."""

    title: str = ""
    description: str = ""
    creators: Sequence[str] = ()
    licences: Sequence[str] = ()
    kind: str = ""
    publication_date: str = ""
    version: str = ""
    keywords: Sequence[str] = ()
    publisher: str = ""
    access: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Flags":
        """From the options of a command; those that were not given are `None` or empty."""
        return cls(**{name: value for name, value in given.items() if value})

    def as_metadata(self) -> dict[str, Any]:
        """Only what was given."""
        found = {
            "title": self.title,
            "description": self.description,
            "creators": [from_text(creator) for creator in self.creators],
            "rights": [licence(name) for name in self.licences],
            "resource_type": {"id": self.kind} if self.kind else None,
            "publication_date": self.publication_date,
            "version": self.version,
            "subjects": [{"subject": word} for word in self.keywords],
            "publisher": self.publisher,
        }
        return {name: value for name, value in found.items() if value}


def described(read: Mapping[str, Any], flags: Flags) -> dict[str, Any]:
    """The body of a draft as far as the depositor describes it: what was read, with the flags over it."""
    body = {**read, "metadata": {**read.get("metadata", {}), **flags.as_metadata()}}
    if flags.access:
        body["access"] = {"record": "public", "files": flags.access}
    return body


def completed(body: Mapping[str, Any], draft: Mapping[str, Any], today: date, publisher: str | None) -> dict[str, Any]:
    """The whole body to save over `draft`, of which everything stays that the depositor does not say anew."""
    given = body["metadata"]
    defaults = {"resource_type": {"id": "dataset"}, "publication_date": today.isoformat()}
    if publisher:
        defaults["publisher"] = publisher
    access = {
        name: value for name, value in (draft.get("access") or {}).items() if name in {"record", "files", "embargo"}
    }
    kept = {name: draft[name] for name in ("custom_fields", "pids") if draft.get(name)}
    return {
        "access": access or {"record": "public", "files": "public"},
        **kept,
        **body,
        "metadata": {**defaults, **_as_input(draft.get("metadata") or {}), **given},
        "files": {"enabled": True},
    }


# What servers add to a term when they show it, and do not take back.
_SHOWN = {"title", "description", "props", "icon", "scheme", "subject", "acronym", "number", "program"}


def _as_input(value: Any) -> Any:  # noqa: ANN401  any JSON value
    """What a server shows as it wants to be told it: terms by their ids alone."""
    if isinstance(value, Mapping):
        is_term = isinstance(value.get("id"), str)
        return {name: _as_input(inner) for name, inner in value.items() if not (is_term and name in _SHOWN)}
    return [_as_input(inner) for inner in value] if isinstance(value, list) else value
