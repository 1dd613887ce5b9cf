"""Requests: which verb, and its arguments, checked as section 3.2 and the verbs' own sections ask for. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from baton.oai.errors import BadArgument, BadVerb, OaiError
from baton.oai.formats import METADATA_FORMATS

_SELECTIVE = frozenset({"from", "until", "set"})


@dataclass(frozen=True, slots=True)
class Verb:
    """The arguments that a verb needs, those that it takes, and whether it can go on with a token instead."""

    required: frozenset[str] = field(default_factory=frozenset)
    optional: frozenset[str] = field(default_factory=frozenset)
    resumes: bool = False


VERBS = {
    "Identify": Verb(),
    "ListMetadataFormats": Verb(optional=frozenset({"identifier"})),
    "ListSets": Verb(resumes=True),
    "GetRecord": Verb(required=frozenset({"identifier", "metadataPrefix"})),
    "ListIdentifiers": Verb(frozenset({"metadataPrefix"}), _SELECTIVE, resumes=True),
    "ListRecords": Verb(frozenset({"metadataPrefix"}), _SELECTIVE, resumes=True),
}
TOKEN = "resumptionToken"  # noqa: S105  the name of an argument
# `setSpecType` of the protocol's schema: an answer that repeats anything else is invalid.
_SET = re.compile(r"[A-Za-z0-9_.!~*'()-]+(:[A-Za-z0-9_.!~*'()-]+)*")
_SHOWN = 60  # characters of what was sent, in messages


def parse(pairs: Sequence[tuple[str, str]]) -> tuple[str, dict[str, str]]:
    """The verb and its arguments. Raises `BadVerb`, `BadArgument`, `cannotDisseminateFormat` for unknown formats."""
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1:
        raise BadVerb(f"`verb` is given {len(verbs)} times. It is one of {', '.join(VERBS)}.")
    verb = verbs[0]
    if verb not in VERBS:
        raise BadVerb(f"{verb[:_SHOWN]!r} is no verb. There are {', '.join(VERBS)}.")
    others = [(name, value) for name, value in pairs if name != "verb"]
    repeated = [name for name, times in Counter(name for name, _value in others).items() if times > 1]
    if repeated:
        raise BadArgument(f"Given more than once: {_listed(repeated)}.")
    arguments = dict(others)
    _check(verb, arguments)
    return verb, arguments


def _check(verb: str, arguments: Mapping[str, str]) -> None:
    takes = VERBS[verb]
    if takes.resumes and TOKEN in arguments:
        if len(arguments) > 1:
            raise BadArgument(f"`{TOKEN}` is the only argument when a list goes on.")
        return
    foreign = [name for name in arguments if name not in takes.required | takes.optional]
    if foreign:
        raise BadArgument(f"{verb} takes no {_listed(foreign)}.")
    missing = sorted(takes.required - arguments.keys())
    if missing:
        raise BadArgument(f"{verb} needs {_listed(missing)}.")
    empty = [name for name, value in arguments.items() if not value]
    if empty:
        raise BadArgument(f"Empty: {_listed(empty)}.")
    if "set" in arguments and not _SET.fullmatch(arguments["set"]):
        raise BadArgument("`set` is no name of a set. ListSets names all that there are.")
    prefix = arguments.get("metadataPrefix")
    if prefix is not None and prefix not in METADATA_FORMATS:
        raise OaiError(
            "cannotDisseminateFormat", f"{prefix[:_SHOWN]!r} is no format. There are {', '.join(METADATA_FORMATS)}."
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name[:_SHOWN]) for name in names[:5])
