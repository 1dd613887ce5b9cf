"""From a record to what the index holds of it. Pure, and closed unless proved open: who may find it is decided here.

A version has up to two documents: of its published state and of its open draft.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias

from baton.files.entry import NO_FILES, FileEntry
from baton.records.record import Record
from baton.search.analysis import LONGEST_KEYWORD, keyword, plain, words
from baton.search.dates import LOW_BITS, Bounds, day_bounds, milliseconds
from baton.search.fields import ALWAYS, Kind, at_path
from baton.vocabularies.legacy import legacy_of_funder

# Grows with every change of what is in a document, so that older indexes are rebuilt.
DOCUMENTS = 2

Document: TypeAlias = dict[str, Any]

RESTRICTED, PUBLIC = "restricted", "public"
# Words of the field `state`, by which lists leave documents out: an open draft, a published version that is not the
# newest, a published state with a draft beside it, anything that is not the newest state of its work.
DRAFT, OLD, REPLACED, SUPERSEDED = "draft", "old", "replaced", "superseded"

MOST_FILES = 500
LONGEST_EXTENSION = 20
MOST_VALUES = 20_000
# Geometry is numbers that nobody types.
_SKIPPED = frozenset({"metadata.locations.features.geometry"})
# Parts of what is indexed as `name` already.
_IN_NAME = frozenset({"metadata.creators.person_or_org.family_name", "metadata.creators.person_or_org.given_name"})
# Found by their own field only: whole bibliographies would make every word find everything.
_NOT_EVERYWHERE = ("metadata.references.reference", "metadata.rights.description", "metadata.copyright")
_NUMBER = re.compile(r"\d{1,9}")
# Between the values of one field, so that no phrase runs from one into the next: nobody's word. One long text costs the
# engine a third less than as many short ones.
_BETWEEN = " | "


def key_of(number: int, *, is_draft: bool) -> int:
    """The key of the document of a version's published state or of its draft: both say which version it is."""
    return number << 1 | is_draft


def documents(states: Iterable[Record]) -> Iterator[Document]:
    """The documents of whole works: of every version each state that there is, published and draft.

    Which of them stands for the work in its owner's list (the newest version, of that the draft) can be said only when
    none is missing.
    """
    ordered = sorted(states, key=attrgetter("work_id"))
    for _work, versions in groupby(ordered, key=attrgetter("work_id")):
        group = sorted(versions, key=attrgetter("version_index", "is_draft"), reverse=True)
        drafted = {state.id for state in group if state.is_draft}
        for state in group:
            is_replaced = not state.is_draft and state.id in drafted
            yield document(state, is_replaced=is_replaced, is_newest=state is group[0])


def document(record: Record, *, is_replaced: bool = False, is_newest: bool = True) -> Document:
    """What the index holds of one state of a version.

    `is_replaced`: there is a draft beside this published state; `is_newest`: no other state of the work is newer.
    """
    values = _values(record)
    doc: Document = {
        "key": key_of(record.id, is_draft=record.is_draft),
        "record_id": record.id,
        "work_id": record.work_id,
        "owner_id": record.owner_id,
        "version_index": record.version_index,
        "acl": access_tokens(record),
        "state": _state(record, is_replaced=is_replaced, is_newest=is_newest),
        "access_status": _access_status(record),
        "is_published": _truth(record.is_published),
        "present": " ".join(sorted({path for path, _value in values} - ALWAYS)),
        **_texts(values),
        **_types(record),
        **_days(record),
        **_files(record),
        **_sort_keys(record),
    }
    return {name: value for name, value in doc.items() if value not in (None, [], "")}


def access_tokens(record: Record) -> list[str]:
    """Who may find it: nothing for everybody, else `restricted` and who may all the same.

    Only a published state whose access is known to be public is for everybody; anything unknown is restricted.
    """
    if not record.is_draft and record.is_published and _access(record).get("record") == PUBLIC:
        return []
    return [RESTRICTED, user_token(record.owner_id)]


def user_token(user_id: int) -> str:
    """What a user shows to find what is theirs."""
    return f"user:{user_id}"


def _access(record: Record) -> Mapping[str, Any]:
    return record.body.get("access") or {}


def _access_status(record: Record) -> str:
    is_known = _access(record).get("record") == PUBLIC and _access(record).get("files") in {PUBLIC, RESTRICTED}
    return record.access_status if is_known else RESTRICTED


def _state(record: Record, *, is_replaced: bool, is_newest: bool) -> list[str]:
    marks = {DRAFT: record.is_draft, OLD: not record.is_latest, REPLACED: is_replaced, SUPERSEDED: not is_newest}
    return [mark for mark, holds in marks.items() if holds]


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _values(record: Record) -> list[tuple[str, str]]:
    """Every value that the depositor wrote, with its path, and what follows from them; list positions are left out."""
    body = record.body
    values: list[tuple[str, str]] = []
    for name, root in (
        ("metadata", body["metadata"]),
        ("custom_fields", body["custom_fields"]),
        ("pids", body["pids"]),
    ):
        _collect(name, root, values)
    del values[MOST_VALUES:]
    _collect("access", _access(record), values)
    values.append(("versions.is_latest", _truth(record.is_latest)))
    if record.concept_doi:
        values.append(("parent.pids.doi.identifier", record.concept_doi))
    kind, _, rest = _type_id(record).partition("-")
    if kind:
        values.append(("metadata.resource_type.props.type", kind))
    if rest:
        values.extend(("metadata.resource_type.props.subtype", name) for name in (f"{kind}-{rest}", rest))
    funders = ((funding.get("funder") or {}).get("id") or "" for funding in record.metadata.get("funding") or ())
    dois = filter(None, map(legacy_of_funder, funders))
    values.extend(("metadata.funding.funder.identifiers.identifier", doi) for doi in dois)
    for entry in _visible_files(record)[:MOST_FILES]:
        values.extend((("files.entries.key", entry.key), ("files.entries.mimetype", entry.mimetype)))
        values.append(("files.entries.checksum", f"md5:{entry.md5}"))
    return values


def _collect(path: str, value: Any, values: list[tuple[str, str]]) -> None:  # noqa: ANN401  JSON
    if isinstance(value, str):
        if value:
            values.append((path, value))
    elif isinstance(value, dict):
        for name, part in value.items():
            inner = f"{path}.{name}"
            if inner not in _SKIPPED:
                _collect(inner, part, values)
    elif isinstance(value, list):
        for part in value:
            _collect(path, part, values)
    elif isinstance(value, bool):
        values.append((path, _truth(value)))
    elif value is not None:
        values.append((path, str(value)))


def _texts(values: Sequence[tuple[str, str]]) -> Document:
    """Every value in the field that its path has, folded and split into words or as a whole.

    `more` is everything else that a word without a field is looked for in.
    """
    texts: dict[str, list[str]] = {"words": [], "more": []}
    exact = set()
    for path, value in values:
        field = at_path(path)
        kind = field.kind
        if kind is Kind.PATH:
            exact.add(f"{path}={keyword(value)}")
        elif kind is Kind.TEXT and path not in _IN_NAME:
            texts.setdefault(field.engine, []).append(" ".join(words(plain(value))))
        elif kind is Kind.WORDS:
            found = words(plain(value))
            if not found:
                continue
            texts["words"].append(f"{path}:" + f" {path}:".join(found))
            if not path.startswith(_NOT_EVERYWHERE):
                texts["more"].append(" ".join(found))
    return {**{name: _BETWEEN.join(parts) for name, parts in texts.items()}, "exact": sorted(exact)}


def _type_id(record: Record) -> str:
    return str((record.metadata.get("resource_type") or {}).get("id") or "").lower()


def _types(record: Record) -> Document:
    """Both levels of the resource type (`publication`, `publication-article`), and subjects, as facets count them."""
    type_id = _type_id(record)
    subjects = [str(item.get("subject") or item.get("id") or "") for item in record.metadata.get("subjects") or []]
    return {
        "type": type_id.partition("-")[0],
        "subtype": type_id if "-" in type_id else "",
        "subject": sorted({" ".join(subject.split())[:LONGEST_KEYWORD] for subject in subjects} - {""}),
    }


def _days(record: Record) -> Document:
    published = _published(record)
    embargo = record.embargo_until
    until = embargo.year * 10000 + embargo.month * 100 + embargo.day if embargo else None
    return {
        "published_first": published[0] if published else None,
        "published_last": published[1] if published else None,
        "year": published[0] // 10000 if published else None,
        "embargo_first": until,
        "embargo_last": until,
    }


def _published(record: Record) -> Bounds | None:
    return day_bounds(str(record.metadata.get("publication_date") or ""))


def _visible_files(record: Record) -> list[FileEntry]:
    """The files of this state, none if there are readers of this document who may not know them."""
    is_hidden = _access(record).get("files") != PUBLIC or record.embargo_until is not None
    if is_hidden and not record.is_draft:
        return []
    return [entry for entry in record.files if entry.status == "completed"]


def _files(record: Record) -> Document:
    entries = _visible_files(record)
    totals = record.totals if entries else NO_FILES
    return {
        "file_count": totals.count or None,
        "total_bytes": totals.bytes or None,
        "file_type": sorted({_extension(entry.key) for entry in entries} - {""}),
    }


def _extension(key: str) -> str:
    stem, _dot, extension = key.rpartition(".")
    is_one = bool(stem) and extension.isalnum() and len(extension) <= LONGEST_EXTENSION
    return extension.lower() if is_one else ""


def _sort_keys(record: Record) -> Document:
    """Unique numbers of 63 bits to sort by: the engine sorts by one field and leaves ties in no lasting order.

    A published state is as old as its publication, not as its first draft: `newest` is what was published last.
    """
    published = record.published_at if record.is_published and not record.is_draft else None
    created = milliseconds(published or record.created_at)
    day = _ordinal((_published(record) or (0, 0))[0])
    place = _journal_place(record)
    meeting = record.body["custom_fields"].get("meeting:meeting") or {}
    return {
        "created": unique(created, record.id),
        "updated": unique(milliseconds(record.updated_at), record.id),
        "by_version": min(record.version_index, 2**20 - 1) << 42 | created,
        "by_published": day << 41 | created // 1000 << 8 | record.id & 0xFF,
        "by_journal_up": day << 41 | place,
        "by_journal_down": day << 41 | (2**41 - 1 - place),
        "by_session": " ".join(str(meeting.get(part) or "") for part in ("session", "session_part")).strip().lower(),
    }


def unique(moment: int, number: int) -> int:
    """Milliseconds as a sort key that no two versions share."""
    return moment << LOW_BITS | number & (1 << LOW_BITS) - 1


def _ordinal(day: int) -> int:
    """A day like 20240131 in 22 bits."""
    return (day // 10000 * 12 + day // 100 % 100) * 32 + day % 100


def _journal_place(record: Record) -> int:
    """Volume, issue and first page in 41 bits; what is missing or no number comes last."""
    journal = record.body["custom_fields"].get("journal:journal") or {}
    place = 0
    for part, bits in (("volume", 14), ("issue", 10), ("pages", 17)):
        number = _NUMBER.match(str(journal.get(part) or ""))
        largest = (1 << bits) - 1
        place = place << bits | (min(int(number.group()), largest) if number else largest)
    return place
