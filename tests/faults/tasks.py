"""What processes are killed at. Each task is a client, or a job, that goes on after whatever came before."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from tests.faults.visit import METADATA, Refused, Visit

from baton.files.checks import list_bad
from baton.files.compactions import list_objects, queue_compactions
from baton.health import examine
from baton.reactions import compact, copy_contents, sweep, verify_contents

TUS = {"Tus-Resumable": "1.0.0"}
TUS_BODY = {**TUS, "Content-Type": "application/offset+octet-stream"}
LATER = timedelta(days=40)  # when everything that is given up is swept, and everything read again


def put(visit: Visit) -> None:
    """A plain PUT, and another one in the same place; what counts is the last that was acknowledged."""
    bucket = visit.once("bucket", lambda: _bucket(visit))
    for name in ("first", "second"):
        if name not in visit.journal:
            visit.call("PUT", f"{bucket}/a.bin", 200, 201, content=visit.data(name))
            visit.note(name)
    visit.check_file("a.bin", visit.data("second"))


def put_of_unknown_length(visit: Visit) -> None:
    """A PUT whose length nobody has said, which is kept as it comes."""
    bucket = visit.once("bucket", lambda: _bucket(visit))
    data = visit.data()
    if "put" not in visit.journal:
        visit.call("PUT", f"{bucket}/a.bin", 200, 201, content=iter([data[:1000], data[1000:]]))
        visit.note("put")
    visit.check_file("a.bin", data)


def _bucket(visit: Visit) -> str:
    number = visit.draft().split("/")[3]
    deposition = visit.call("GET", f"/api/deposit/depositions/{number}", 200).json()
    return str(deposition["links"]["bucket"]).removeprefix("http://testserver")


def announced(visit: Visit) -> None:
    """InvenioRDM's three steps."""
    files = f"{visit.draft()}/files"
    data = visit.data()
    if "committed" not in visit.journal:
        visit.call("POST", files, 201, 400, json=[{"key": "a.bin"}])
        committed = visit.alice.post(f"{files}/a.bin/commit")
        if committed.status_code != 200:
            assert "sent" not in visit.journal
            visit.call("PUT", f"{files}/a.bin/content", 200, content=data)
            visit.note("sent")
            visit.call("POST", f"{files}/a.bin/commit", 200)
        visit.note("committed")
    visit.check_file("a.bin", data)


def content_range(visit: Visit) -> None:
    """A PUT in three pieces, which asks where to go on."""
    bucket = visit.once("bucket", lambda: _bucket(visit))
    data = visit.data()
    asked = {"Content-Range": f"bytes */{len(data)}"}
    step = len(data) // 3 + 1
    while "stored" not in visit.journal:
        answer = visit.call("PUT", f"{bucket}/a.bin", 200, 201, 202, headers=asked)
        offset = int(answer.headers.get("upload-offset", "0"))
        if answer.status_code == 202 or "checksum" not in answer.json():
            assert offset >= visit.journal.get("offset", 0)
            assert offset < len(data), "all of it is there, and no file comes of it"
            piece = data[offset : offset + step]
            said = {"Content-Range": f"bytes {offset}-{offset + len(piece) - 1}/{len(data)}"}
            answer = visit.call("PUT", f"{bucket}/a.bin", 201, 202, content=piece, headers=said)
            visit.note("offset", offset + len(piece))
        if answer.status_code != 202:
            visit.note("stored")
    visit.check_file("a.bin", data)


def tus(visit: Visit) -> None:
    """Three requests of tus."""
    data = visit.data()
    address = visit.once("address", lambda: _begin_tus(visit, len(data), "filename YS5iaW4="))
    _send_tus(visit, address, data)
    visit.check_file("a.bin", data)


def tus_in_pieces(visit: Visit) -> None:
    """Two uploads of tus, which become one file."""
    data = visit.data()
    cut = len(data) // 2
    piece = {"Upload-Concat": "partial"}
    if "joined" not in visit.journal:
        parts = {"one": data[:cut], "two": data[cut:]}
        addresses = [visit.once(name, partial(_begin_tus, visit, len(part), **piece)) for name, part in parts.items()]
        if not _is_joined(visit, addresses):
            for (name, part), address in zip(parts.items(), addresses, strict=True):
                _send_tus(visit, address, part, f"{name} ")
            said = {"Upload-Concat": "final;" + " ".join(addresses), "Upload-Metadata": "filename YS5iaW4="}
            visit.call("POST", f"{visit.draft()}/uploads", 201, headers={**TUS, **said})
        visit.note("joined")
    visit.check_file("a.bin", data)


def _is_joined(visit: Visit, addresses: list[str]) -> bool:
    """The pieces are used up when, and only when, the file is there."""
    states = {visit.call("GET", address, 200).json()["state"] for address in addresses}
    is_there = visit.alice.get(f"{visit.draft()}/files/a.bin").status_code == 200
    assert ("complete" in states) == is_there
    return is_there


def _begin_tus(visit: Visit, length: int, metadata: str = "", **headers: str) -> str:
    said = {"Upload-Length": str(length), **({"Upload-Metadata": metadata} if metadata else {})}
    return str(
        visit.call("POST", f"{visit.draft()}/uploads", 201, headers={**TUS, **said, **headers}).headers["location"]
    )


def _send_tus(visit: Visit, address: str, data: bytes, name: str = "") -> None:
    step = len(data) // 3 + 1
    while True:
        offset = int(visit.call("HEAD", address, 200, headers=TUS).headers["upload-offset"])
        assert offset >= visit.journal.get(f"{name}offset", 0)
        if offset == len(data):
            return
        said = {"Upload-Offset": str(offset)}
        visit.call("PATCH", address, 204, content=data[offset : offset + step], headers={**TUS_BODY, **said})
        visit.note(f"{name}offset", offset + len(data[offset : offset + step]))


def tus_given_up(visit: Visit) -> None:
    """An upload that is begun and cancelled leaves nothing."""
    address = visit.once("address", lambda: _begin_tus(visit, 1000, "filename YS5iaW4="))
    if "sent" not in visit.journal:
        offset = visit.call("HEAD", address, 200, headers=TUS).headers["upload-offset"]
        data = bytes(500 - int(offset))
        visit.call("PATCH", address, 204, content=data, headers={**TUS_BODY, "Upload-Offset": offset})
        visit.note("sent")
    visit.call("DELETE", address, 204, 410, headers=TUS)
    assert visit.call("GET", address, 200).json()["state"] == "cancelled"


def in_parts(visit: Visit) -> None:
    """Transfer M: parts in any order, then put together."""
    data = visit.data(size=150_000 + visit.seed)
    files = f"{visit.draft()}/files"
    transfer = {"type": "M", "parts": 3, "part_size": 60_000}
    if "committed" not in visit.journal:
        visit.call("POST", files, 201, 400, json=[{"key": "a.bin", "size": len(data), "transfer": transfer}])
        for number in (3, 1, 2):
            if f"part {number}" not in visit.journal:
                part = data[(number - 1) * 60_000 : number * 60_000]
                if visit.call("PUT", f"{files}/a.bin/content/{number}", 200, 400, content=part).status_code == 400:
                    break  # the file is complete
                visit.note(f"part {number}")
        visit.call("POST", f"{files}/a.bin/commit", 200)
        visit.note("committed")
    visit.check_file("a.bin", data)


def fetched(visit: Visit) -> None:
    """Transfer F: the server fetches from another one, by the worker."""
    files = f"{visit.draft()}/files"
    source = {"type": "F", "url": f"{visit.origin}/{visit.seed}"}
    visit.call("POST", files, 201, 400, json=[{"key": "a.bin", "transfer": source}])
    visit.note("announced")
    with visit.later():
        visit.context.fetcher.fetch_due(lambda: False)
    if visit.call("GET", f"{files}/a.bin", 200).json()["status"] == "pending":
        raise Refused(503)
    visit.check_file("a.bin", visit.data("fetched"))


def publish(visit: Visit) -> None:
    """A record with a file, and a new version of it."""
    first = visit.draft().removesuffix("/draft")
    if "first" not in visit.journal:
        if visit.alice.get(first).status_code != 200:
            _fill_and_publish(visit, first, "one")
        visit.note("first")
    visit.check_file("one.bin", visit.data("one"), first)
    if "second" not in visit.journal:
        latest = str(visit.call("GET", f"{first}/versions/latest", 200, 301, 302).json()["id"])
        if latest == visit.journal["draft"]["id"]:
            latest = str(visit.call("POST", f"{first}/versions", 201).json()["id"])
            changed = {"metadata": METADATA}
            visit.call("PUT", f"/api/records/{latest}/draft", 200, json=changed)
            _fill_and_publish(visit, f"/api/records/{latest}", "two")
        visit.note("second", latest)
    visit.check_file("two.bin", visit.data("two"), f"/api/records/{visit.journal['second']}")
    visit.check_file("one.bin", visit.data("one"), first)


def _fill_and_publish(visit: Visit, record: str, name: str) -> None:
    files = f"{record}/draft/files"
    visit.call("POST", files, 201, 400, json=[{"key": f"{name}.bin"}])
    if visit.alice.post(f"{files}/{name}.bin/commit").status_code != 200:
        visit.call("PUT", f"{files}/{name}.bin/content", 200, content=visit.data(name))
        visit.call("POST", f"{files}/{name}.bin/commit", 200)
    visit.call("POST", f"{record}/draft/actions/publish", 202)


# --- jobs ---


def two_versions(visit: Visit) -> None:
    """Two published versions of a table, the second of which waits to be compared with the first."""
    first = visit.draft().removesuffix("/draft")
    _publish_table(visit, first, _table(visit, 1))
    second = f"/api/records/{visit.call('POST', f'{first}/versions', 201).json()['id']}"
    visit.call("PUT", f"{second}/draft", 200, json={"metadata": METADATA})
    _publish_table(visit, second, _table(visit, 2))
    visit.note("versions", [first, second])
    with visit.context.database.write() as connection:
        queue_compactions(connection, int(second.split("/")[3]), int(first.split("/")[3]))


def two_packed_versions(visit: Visit) -> None:
    """The same in gzip."""
    visit.note("packed")
    two_versions(visit)


def _table(visit: Visit, version: int) -> bytes:
    first = visit.data(size=150_000).hex().encode()
    data = first if version == 1 else first[:1000] + visit.data("new", 10_000) + first[1000:]
    return gzip.compress(data, mtime=0) if "packed" in visit.journal else data


def _publish_table(visit: Visit, record: str, data: bytes) -> None:
    bucket = visit.call("GET", f"/api/deposit/depositions/{record.split('/')[3]}", 200).json()["links"]["bucket"]
    visit.call("PUT", f"{bucket}/a.csv", 201, content=data)
    visit.call("POST", f"{record}/draft/actions/publish", 202)


def check_versions(visit: Visit) -> None:
    for number, record in enumerate(visit.journal["versions"], start=1):
        visit.check_file("a.csv", _table(visit, number), record)


def compaction(visit: Visit) -> None:
    """The second version is compared with the first, by a worker whose predecessor's lease is over."""
    with visit.later():
        compact(visit.context, lambda: False)
    check_versions(visit)


def remains(visit: Visit) -> None:
    """A file and a part that nothing names any more, an upload given up by its sender, and a recipe."""
    two_versions(visit)
    compaction(visit)
    visit.journal.pop("draft")
    bucket = _bucket(visit)
    visit.call("PUT", f"{bucket}/gone.bin", 201, content=visit.data("gone"))
    visit.call("DELETE", f"{bucket}/gone.bin", 204)
    visit.call("PUT", f"{bucket}/a.bin", 201, content=visit.data("kept"))
    address = _begin_tus(visit, 1000, "filename Yi5iaW4=")
    visit.call("PATCH", address, 204, content=bytes(500), headers={**TUS_BODY, "Upload-Offset": "0"})


def sweeping(visit: Visit) -> None:
    with visit.later(LATER):
        sweep(visit.context)
    check_versions(visit)
    visit.check_file("a.bin", visit.data("kept"))


def damage(visit: Visit) -> None:
    """Two files that a second store has, one of which is damaged and the other lost, and one that it has not yet."""
    bucket = _bucket(visit)
    for name in ("damaged", "lost"):
        visit.call("PUT", f"{bucket}/{name}.bin", 201, content=visit.data(name))
    copy_contents(visit.context, lambda: False)
    for name in ("damaged", "lost"):
        entry = visit.call("GET", f"{visit.draft()}/files/{name}.bin", 200).json()
        path = visit.context.uploads.staging.root.parent / "objects" / entry["sha256"][:2] / entry["sha256"]
        if name == "lost":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-1] + b"?")
    visit.call("PUT", f"{bucket}/new.bin", 201, content=visit.data("new"))


def scrubbing(visit: Visit) -> None:
    """Everything is read again, healed and copied, by a worker whose predecessor's lease is over."""
    with visit.later(LATER):
        verify_contents(visit.context, lambda: False)
        copy_contents(visit.context, lambda: False)
    with visit.context.database.read() as connection:
        assert not list_bad(connection)
    for name in ("damaged", "lost", "new"):
        visit.check_file(f"{name}.bin", visit.data(name))


def check_all(visit: Visit) -> None:
    """The doctor is content; and once everything that was given up is swept, nothing is left over."""
    assert not [finding for finding in examine(visit.context) if finding.part in {"database", "storage"}]
    with visit.later(LATER):
        sweep(visit.context)
    files = visit.context.uploads.staging.root.parent
    with visit.context.database.read() as connection:
        known = dict(list_objects(connection))
    assert dict(visit.context.store.walk()) == known
    assert [path for name in ("incoming", "staged") for path in (files / name).glob("*")] == []


def _nothing(_visit: Visit) -> None:
    """Needs nothing beforehand."""


@dataclass(frozen=True)
class Task:
    """What is done, and what it finds."""

    do: Callable[[Visit], None]
    prepare: Callable[[Visit], None] = _nothing


UPLOADS = {
    "put": Task(put),
    "put of unknown length": Task(put_of_unknown_length),
    "announced": Task(announced),
    "content-range": Task(content_range),
    "tus": Task(tus),
    "tus in pieces": Task(tus_in_pieces),
    "tus given up": Task(tus_given_up),
    "in parts": Task(in_parts),
    "fetched": Task(fetched),
}
TASKS = {
    **UPLOADS,
    "publish": Task(publish),
    "compaction": Task(compaction, two_versions),
    "compaction of gzip files": Task(compaction, two_packed_versions),
    "sweep": Task(sweeping, remains),
    "scrub": Task(scrubbing, damage),
}
