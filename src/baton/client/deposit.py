"""`baton deposit`: from files and a description to a draft or a publication; called again, it goes on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any

from baton.client.addresses import has_record, record_number
from baton.client.errors import Failure, Refused
from baton.client.journal import Journal
from baton.client.local import LocalFile
from baton.client.metadata.flags import completed
from baton.client.pool import Pool, pool
from baton.client.progress import Progress, told
from baton.client.repository import Repository
from baton.client.room import check_room
from baton.client.upload import Upload, read_md5
from baton.kernel import clock


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted, beside files and description."""

    publish: bool = False
    new_version_of: str | None = None
    unless_same: bool = False  # no new version when no file has changed
    parallel: int = 4
    part_size: int = 64 << 20  # bytes
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Deposited:
    """What has come of it."""

    number: str
    url: str
    doi: str | None
    is_published: bool
    lacks: Sequence[str]  # what must be mended before it can be published


def deposit(
    repository: Repository,
    files: Sequence[LocalFile],
    body: Mapping[str, Any],
    order: Order,
    journal: Journal,
    stopped: Event,
) -> Deposited:
    """Make a draft hold `files` and say `body`, then publish it if that is wanted.

    Raises `Failure`; what was done until then is kept, and the next call goes on from there.
    """
    newest = _newest(repository, order.new_version_of)
    body = _as_new(repository, body)
    with pool(order.parallel, stopped) as threads:
        read = partial(_read, files, journal, threads, stopped, order)
        if newest and journal.draft is None and order.unless_same and _are_same(repository, newest, files, read):
            told("No file has changed since the newest version, so there is no next one.")
            return _published(repository.record(newest))
        number = _draft(repository, body, newest, journal)
        if number is None:
            return _published(repository.record(journal.draft or ""))
        lacks = _describe(repository, number, body)
        if order.publish and (faults := [lack for lack in lacks if lack.startswith("metadata.")]):
            advice = "Before it can be published, this must be mended; nothing was sent yet:"
            raise Failure("\n  ".join([advice, *faults]))
        check_room(files, repository.limits(number))
        read()
        # Deltas name records by numbers.
        base = newest if newest and newest.isdecimal() else None
        with Progress("Uploading", sum(file.size for file in files), stopped, quiet=order.quiet) as progress:
            Upload(repository, number, journal, threads, progress, part_size=order.part_size, base=base).send(files)
    if order.publish:
        return _published(repository.publish(number))
    draft = repository.draft(number) or {}
    return Deposited(number, _page(draft), _doi(draft), is_published=False, lacks=lacks)


def _newest(repository: Repository, record: str | None) -> str | None:
    """The number of the newest version of a record, however old the one is that was named."""
    if record is None:
        return None
    # The number of a work leads to a version of it.
    return repository.latest(repository.record(record_number(repository, record))["id"])


def _as_new(repository: Repository, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The description without a DOI that has a record on this server, such as that of a crate which came from here."""
    doi = _doi(body)
    if doi is None or not has_record(repository.remote, doi):
        return body
    told(f"{doi} is a record of this repository already; this one gets a DOI of its own.")
    return {name: part for name, part in body.items() if name != "pids"}


def _are_same(
    repository: Repository, newest: str, files: Sequence[LocalFile], read: Callable[[], Sequence[str]]
) -> bool:
    there = repository.files(newest)
    if {(file.key, file.size) for file in files} != {(file.key, file.size) for file in there.values()}:
        return False
    return [there[file.key].md5 for file in files] == read()


def _read(files: Sequence[LocalFile], journal: Journal, threads: Pool, stopped: Event, order: Order) -> Sequence[str]:
    """The MD5 of each file. The journal remembers them."""
    unread = sum(file.size for file in files if journal.known(file) is None)
    with Progress("Reading", unread, stopped, quiet=order.quiet) as progress:
        return threads.each(lambda file: read_md5(file, journal, progress.add), files)


def _draft(repository: Repository, body: Mapping[str, Any], newest: str | None, journal: Journal) -> str | None:
    """The draft to fill; `None` when an earlier run has published it and could not say so any more."""
    if journal.draft is not None:
        if repository.draft(journal.draft) is not None:
            told(f"Going on with the draft {journal.draft}.")
            return journal.draft
        if repository.published(journal.draft) is not None:
            return None
        told(f"The draft {journal.draft} is gone; beginning anew.")
    number = repository.create(body) if newest is None else _new_version(repository, newest)
    journal.begin(number)
    return number


def _new_version(repository: Repository, number: str) -> str:
    """The draft of the next version, with the files of the one before it, of which the bytes need not be sent."""
    draft = repository.new_version(number)
    if repository.draft_files(draft):
        told(f"The next version is begun already, as the draft {draft}. It will hold what is here, and nothing else.")
    else:
        try:
            repository.import_files(draft)
        except Refused as refusal:
            told(f"The files of the version before cannot be taken over ({refusal}); all are sent.")
    return draft


def _describe(repository: Repository, number: str, body: Mapping[str, Any]) -> Sequence[str]:
    """Save the description; returns what must still be mended."""
    draft = repository.draft(number) or {}
    has_publisher = body["metadata"].get("publisher") or (draft.get("metadata") or {}).get("publisher")
    publisher = None if has_publisher else repository.publisher()
    return repository.save(number, completed(body, draft, clock.today(), publisher))


def _published(record: Mapping[str, Any]) -> Deposited:
    return Deposited(str(record["id"]), _page(record), _doi(record), is_published=True, lacks=())


def _page(record: Mapping[str, Any]) -> str:
    links = record.get("links") or {}
    return str(links.get("self_html") or links.get("self") or "")


def _doi(record: Mapping[str, Any]) -> str | None:
    identifier = ((record.get("pids") or {}).get("doi") or {}).get("identifier")
    return str(identifier) if identifier else None


def check_described(body: Mapping[str, Any]) -> None:
    """Raise `Failure` when nothing says what this is: better before hours of uploading than after."""
    metadata = body["metadata"]
    lacks = [flag for name, flag in (("title", "--title"), ("creators", "--creator")) if not metadata.get(name)]
    if lacks:
        raise Failure(
            f"Nothing says what this is: give {' and '.join(lacks)}, a file with --metadata, "
            "or put a CITATION.cff, codemeta.json, ro-crate-metadata.json or .zenodo.json into the folder."
        )
