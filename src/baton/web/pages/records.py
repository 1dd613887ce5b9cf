"""`/records/{id}`: the page of a record, and what hangs below it."""

from dataclasses import replace

from anyio import to_thread
from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from baton.accounts.actor import Actor
from baton.context import Call, CallerDep, Transaction
from baton.exports.formats import CRATE_ZIP, by_name
from baton.exports.linkset import AS_LINKSET, link_header, link_to_page
from baton.exports.view import View
from baton.files.disposition import disposition, may_be_shown
from baton.files.download import READERS, content_response
from baton.files.entry import FileEntry
from baton.files.folders import FolderPage, list_folder
from baton.identifiers.errors import NoSuchDoi
from baton.kernel.http import DirectRoute
from baton.kernel.paging import last_of
from baton.records import queries
from baton.records.record import Record
from baton.storage.content import ContentStore
from baton.web.addresses import RecordId, found, moved, number_in
from baton.web.render import page, unless_known
from baton.web.view.files import LONGEST_TREE, file_row
from baton.web.view.landing import Landing, Notice, landing
from baton.web.view.preview import READ_BYTES, Kind, is_read, kind_of, preview

router = APIRouter(include_in_schema=False)

FOLDER_PAGE = 100  # files and folders of a long list that are shown at once

PUBLISHED = "Published. This is the page that everybody sees; share its DOI, not its address."


async def show_record(request: Request, record_id: str) -> Response:
    """The page of a published record. The number of a work (concept) leads to its newest version."""
    return await Call(request).run(_show, number_in(record_id))


def _show(call: Call, number: int) -> Response:
    with call.read() as tx:
        record = queries.get_record(tx.connection, tx.actor, number)
        if record.id != number:
            return found(f"/records/{record.id}")
        is_only_one = record.is_latest and record.version_index == 1
        versions = [record] if is_only_one else queries.versions_of(tx.connection, tx.actor, record.work_id)
        shown = landing(record, view := tx.view(record), versions, _folder(call, tx, record, view))
        notice = Notice("good", PUBLISHED) if call.request.query_params.get("done") == "published" else None
        answer = page(call, "record.html", actor=tx.actor, headers=_links(shown), record=shown, done=notice)
        return unless_known(call.request, answer)


def _folder(call: Call, tx: Transaction, record: Record, view: View) -> FolderPage | None:
    """The folder that is looked into, of a record with more files than one page can show."""
    if record.totals.count <= LONGEST_TREE or not view.may_read_files:
        return None
    path, after = (last_of(call.request.query_params, name) for name in ("folder", "after"))
    if path and not path.endswith("/"):
        path += "/"
    return list_folder(tx.connection, record.id, path, after, FOLDER_PAGE)


router.routes.append(DirectRoute("/records/{record_id}", show_record, include_in_schema=False))


def _links(shown: Landing) -> dict[str, str]:
    """Where programs find what the page says (FAIR Signposting, and wire-contract.md 24)."""
    linkset = f"<{shown.api_url}>; {AS_LINKSET}"
    return {"Link": f"{linkset}, {link_header(shown.signposts)}"}


@router.get("/records/{record_id}/latest")
def show_latest(call: CallerDep, record_id: RecordId) -> Response:
    """Lead to the newest version of the work."""
    with call.read() as tx:
        latest = queries.latest_of_work(tx.connection, record_id)
        if latest is None:
            latest = queries.get_record(tx.connection, tx.actor, record_id).latest_id
    return found(f"/records/{latest}")


@router.get("/records/{record_id}/files/{key:path}")
def download(request: Request, call: CallerDep, record_id: RecordId, key: str) -> Response:
    """A file; with `?download=1` it is saved and not shown."""
    with call.read() as tx:
        record, entry = queries.get_record_file(tx.connection, tx.actor, record_id, key)
        is_public = record.files_access == "public"
        is_saved = request.query_params.get("download", "0") != "0" or not may_be_shown(entry.mimetype)
        # What a page shows comes with headers that lock it in, which no bucket can send.
        source = call.context.downloads if is_saved else replace(call.context.downloads, sign=None)
        answer = content_response(request, source, entry, is_public=is_public, attachment=is_saved)
        answer.headers.update(link_to_page("collection", record.id, tx.site.base_url))
        return answer


@router.get("/records/{record_id}/files-archive")
def download_all(request: Request, record_id: RecordId) -> Response:
    """All files in one ZIP, from where programs get it too."""
    return moved(request, f"/api/records/{record_id}/files-archive")


@router.get("/records/{record_id}/preview/{key:path}")
async def show_file(call: CallerDep, record_id: RecordId, key: str) -> Response:
    """The beginning of a file on a page."""
    actor, record, entry = await run_in_threadpool(_find_file, call, record_id, key)
    head = await to_thread.run_sync(_beginning, call.context.store, entry, limiter=READERS)
    return await run_in_threadpool(_previewed, call, actor, record, entry, head)


def _find_file(call: Call, record_id: int, key: str) -> tuple[Actor, Record, FileEntry]:
    with call.read() as tx:
        return tx.actor, *queries.get_record_file(tx.connection, tx.actor, record_id, key)


def _beginning(store: ContentStore, entry: FileEntry) -> bytes:
    """What a preview is made of. Outside of every transaction: a store that hangs must not keep connections."""
    kind = kind_of(entry.key)
    if kind is None or not is_read(kind) or entry.sha256 is None:
        return b""
    with store.open(entry.sha256, entry.size) as content:
        return content.pread(0, min(entry.size or 0, READ_BYTES))


def _previewed(call: Call, actor: Actor, record: Record, entry: FileEntry, head: bytes) -> Response:
    shown = preview(entry.key, kind_of(entry.key) or Kind.NONE, head, entry.size or 0)
    row = file_row(record.id, entry)
    return page(call, "preview.html", actor=actor, record=record, file=row, preview=shown)


@router.get(f"/records/{{record_id}}/export/{CRATE_ZIP}")
def export_crate(request: Request, record_id: RecordId) -> Response:
    """The record with all its files as a crate, from where programs get it too."""
    return moved(request, f"/api/records/{record_id}/crate-archive")


@router.get("/records/{record_id}/export/{name}")
def export(request: Request, call: CallerDep, record_id: RecordId, name: str) -> Response:
    """The record in another format, as a file."""
    form = by_name(name, request.query_params)
    with call.read() as tx:
        record = queries.get_record(tx.connection, tx.actor, record_id)
        body = form.render(record, tx.view(record))
    headers = {
        "Content-Disposition": disposition(f"{record_id}.{form.extension}", attachment=True),
        "Cache-Control": "private, no-cache",
        **link_to_page("describes", record.id, tx.site.base_url),
    }
    return Response(body, headers=headers, media_type=form.media_type)


@router.get("/doi/{doi:path}")
def resolve(call: CallerDep, doi: str) -> Response:
    """Lead to the record, or to the newest version of the work, that the DOI names."""
    with call.read() as tx:
        number = queries.record_of_doi(tx.connection, doi)
    if number is None:
        raise NoSuchDoi(f"The DOI {doi[:200]} leads to nothing here. Try https://doi.org/ with it.")
    return RedirectResponse(f"{call.context.site.base_url}/records/{number}", 302)
