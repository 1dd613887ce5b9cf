"""Bring a draft's files to what the local ones are: skip what is there, go on with what was begun, send the rest."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from baton.client.delta import SMALLEST_DELTA, DeltaBody, Plan, is_worth_it, plan
from baton.client.errors import Refused, WrongContent
from baton.client.journal import Journal
from baton.client.local import LocalFile, Seen, Slice, check_unchanged, md5_of
from baton.client.pool import Pool
from baton.client.progress import Counted, Progress
from baton.client.repository import ANNOUNCED_AT_ONCE, OCTETS, NewFile, RemoteFile, Repository

# More parts than this no server takes.
MOST_PARTS = 10_000
# How servers say that they do not take files in parts: at once, or only when the first part comes.
_NO_PARTS = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_IMPLEMENTED,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A local file with its MD5, as it should be on the server."""

    file: LocalFile
    md5: str
    part_size: int | None  # when it is large enough for parts
    delta: Plan | None = None  # when little of it is new

    def announcement(self, *, in_parts: bool) -> NewFile:
        """How it is announced."""
        return NewFile(self.file.key, self.file.size, self.md5, self.part_size if in_parts else None)


def read_md5(file: LocalFile, journal: Journal, seen: Seen) -> str:
    """The MD5 of a file, which is not read again when an earlier run has done so."""
    known = journal.known(file)
    if known is None:
        known = md5_of(file.path, seen)
        check_unchanged(file)
        journal.learn(file, known)
    return known


class Upload:
    """One draft and the local files that it should hold. `part_size`: bytes above which a file comes in parts.

    `base`: the published record whose files these are the next versions of.
    """

    def __init__(
        self,
        repository: Repository,
        draft: str,
        journal: Journal,
        pool: Pool,
        progress: Progress,
        *,
        part_size: int,
        base: str | None = None,
    ) -> None:
        self._repository = repository
        self._draft = draft
        self._journal = journal
        self._pool = pool
        self._progress = progress
        self._part_size = part_size
        self._takes_parts = True  # until the server says otherwise
        self._base = base

    def send(self, files: Sequence[LocalFile]) -> None:
        """Make the draft hold exactly `files`. May be stopped at any moment and called again."""
        there = self._repository.draft_files(self._draft)
        names = {file.key for file in files}
        for key in sorted(there.keys() - names):
            self._repository.delete_file(self._draft, key)
        for start in range(0, len(files), ANNOUNCED_AT_ONCE):
            self._send(files[start : start + ANNOUNCED_AT_ONCE], there)

    def _send(self, files: Sequence[LocalFile], there: Mapping[str, RemoteFile]) -> None:
        unsent = [wanted for wanted in self._pool.each(self._read, files) if not self._is_there(wanted, there)]
        begun = {
            key: there[key]
            for wanted in unsent
            if (key := wanted.file.key) in there and self._goes_on(wanted, there[key])
        }
        anew = self._pool.each(self._with_delta, [wanted for wanted in unsent if wanted.file.key not in begun])
        unsent = [wanted for wanted in unsent if wanted.file.key in begun] + anew
        for wanted in anew:
            if wanted.file.key in there:
                self._repository.delete_file(self._draft, wanted.file.key)
        taken = begun | self._announce(anew)
        whole = [wanted for wanted in unsent if not taken[wanted.file.key].parts]
        self._pool.each(self._send_whole, whole)
        for wanted in unsent:
            if (file := taken[wanted.file.key]).parts:
                self._send_large(wanted, file)

    def _read(self, file: LocalFile) -> Wanted:
        part_size = max(self._part_size, -(-file.size // MOST_PARTS)) if file.size > self._part_size else None
        return Wanted(file, read_md5(file, self._journal, self._progress.watch), part_size)

    def _with_delta(self, wanted: Wanted) -> Wanted:
        """The file as what changed since the version before, where that is much less than all of it."""
        if self._base is None or wanted.file.size < SMALLEST_DELTA:
            return wanted
        before = self._repository.chunks(self._base, wanted.file.key)
        if before is None:
            return wanted
        made = plan(wanted.file.path, before, int(self._base), wanted.file.key, self._progress.watch)
        if not is_worth_it(made.new_bytes, wanted.file.size):
            return wanted
        return replace(wanted, delta=made, part_size=None)

    def _is_there(self, wanted: Wanted, there: Mapping[str, RemoteFile]) -> bool:
        found = there.get(wanted.file.key)
        if found is None or not found.is_complete or (found.md5, found.size) != (wanted.md5, wanted.file.size):
            return False
        self._progress.add(wanted.file.size)
        return True

    def _goes_on(self, wanted: Wanted, found: RemoteFile) -> bool:
        """Whether what was begun on the server is this very content in these very parts."""
        if found.is_complete:
            return False
        if not found.parts:
            return wanted.part_size is None
        each = wanted.part_size
        return each is not None and bool(self._journal.parts(wanted.file.key, wanted.md5, each))

    def _announce(self, files: Sequence[Wanted]) -> dict[str, RemoteFile]:
        """Announce files, in parts if the server may take that."""
        if not files:
            return {}
        for wanted in files:
            self._journal.again(wanted.file.key)
        in_parts = self._takes_parts and any(wanted.part_size for wanted in files)
        try:
            return self._repository.announce(self._draft, [one.announcement(in_parts=in_parts) for one in files])
        except Refused as refusal:
            if not in_parts or refusal.status not in _NO_PARTS:
                raise
            self._takes_parts = False
            return self._announce(files)

    def _send_whole(self, wanted: Wanted) -> None:
        """Send a file in one piece, again from its beginning whenever that fails."""
        if wanted.delta is not None and self._send_delta(wanted, wanted.delta):
            return
        counted = Counted(self._progress)

        def body() -> Slice:
            counted.restart()
            return Slice(wanted.file, 0, wanted.file.size, counted.add)

        digest = base64.b64encode(bytes.fromhex(wanted.md5)).decode()
        try:
            self._repository.put_content(self._draft, wanted.file.key, body, {**OCTETS, "Content-MD5": digest})
        except Refused:
            check_unchanged(wanted.file)  # says more than that the digest is another one
            raise
        self._commit(wanted)

    def _send_delta(self, wanted: Wanted, made: Plan) -> bool:
        """Send what changed; returns whether the server has taken it."""
        counted = Counted(self._progress)
        file = wanted.file

        def body() -> DeltaBody:
            counted.restart()
            return DeltaBody(made, file.path, file.size, counted.add)

        try:
            self._repository.put_delta(self._draft, file.key, body)
        except Refused:
            check_unchanged(file)  # else it would be sent whole, in vain
            counted.restart()
            return False
        self._commit(wanted)
        return True

    def _send_large(self, wanted: Wanted, file: RemoteFile) -> None:
        """Send a file in parts; in one piece when the server turns out not to take them."""
        try:
            self._send_parts(wanted, file)
        except Refused as refusal:
            if self._journal.parts(wanted.file.key, wanted.md5, wanted.part_size or 0):
                raise
            if refusal.status not in _NO_PARTS:
                raise
            self._takes_parts = False
            self._repository.delete_file(self._draft, wanted.file.key)
            self._announce([wanted])
            self._send_whole(wanted)

    def _send_parts(self, wanted: Wanted, file: RemoteFile) -> None:
        each = wanted.part_size or 0
        key, size = wanted.file.key, wanted.file.size
        sent = self._journal.parts(key, wanted.md5, each)
        self._progress.add(sum(min(each, size - each * (part - 1)) for part in sent))

        def send(part: int) -> None:
            offset = each * (part - 1)
            counted = Counted(self._progress)

            def body() -> Slice:
                counted.restart()
                return Slice(wanted.file, offset, min(each, size - offset), counted.add)

            self._repository.put_part(self._draft, file, part, body)
            self._journal.sent(key, wanted.md5, each, part)

        self._pool.each(send, [part for part in sorted(file.parts) if part not in sent])
        try:
            self._commit(wanted)
        except Refused:
            # The server has lost parts of an earlier run, or they were damaged: the next run begins anew.
            self._journal.again(key)
            raise

    def _commit(self, wanted: Wanted) -> None:
        check_unchanged(wanted.file)
        file = self._repository.commit(self._draft, wanted.file.key)
        if file.md5 is not None and file.md5 != wanted.md5:
            self._repository.delete_file(self._draft, wanted.file.key)
            raise WrongContent(
                f"{wanted.file.path} arrived as other bytes (MD5 {file.md5}, not {wanted.md5}). "
                "It was taken off the draft; run the same command again."
            )
