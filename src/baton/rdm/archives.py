"""All files of a record or a draft in one ZIP, alone or as a crate."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from baton.context import NOT_FORGED, Call, CallerDep, Transaction
from baton.exports.crate_preview import crate_files
from baton.exports.linkset import link_to_page
from baton.files.archive import Member
from baton.files.download import archive_response
from baton.files.errors import NoContent
from baton.kernel.openapi import downloads
from baton.records import queries
from baton.records.record import Record

router = APIRouter(prefix="/api/records/{record_id}", tags=["Files"], dependencies=[NOT_FORGED])


@router.get("/files-archive", operation_id="get_archive", responses=downloads(), response_class=Response)
def get_archive(request: Request, call: CallerDep, record_id: int) -> Response:
    """All files of a published record in one ZIP; can be resumed by `Range`."""
    with call.read() as tx:
        record = queries.get_record_with_files(tx.connection, tx.actor, record_id)
        return _archive(request, call, tx, record, is_public=record.files_access == "public")


@router.get("/draft/files-archive", operation_id="get_draft_archive", responses=downloads(), response_class=Response)
def get_draft_archive(request: Request, call: CallerDep, record_id: int) -> Response:
    """All complete files of a draft in one ZIP."""
    with call.read() as tx:
        draft = queries.get_draft(tx.connection, tx.actor, record_id)
        return _archive(request, call, tx, draft, is_public=False)


def _archive(request: Request, call: Call, tx: Transaction, record: Record, *, is_public: bool) -> Response:
    files = queries.with_all_files(tx.connection, record).files
    if not files:
        raise NoContent("There are no files here.")
    modified = record.published_at or record.updated_at
    name = f"{record.id}.zip"
    return archive_response(request, call.context.downloads, files, name, modified, is_public=is_public)


@router.get("/crate-archive", operation_id="get_crate", responses=downloads(), response_class=Response)
def get_crate(request: Request, call: CallerDep, record_id: int) -> Response:
    """A published record with all its files as an RO-Crate in one ZIP; can be resumed by `Range`.

    A record that has a file `ro-crate-metadata.json` is a crate already, and goes out as it was deposited.
    """
    with call.read() as tx:
        record = queries.get_record_with_files(tx.connection, tx.actor, record_id)
        record = queries.with_all_files(tx.connection, record)
        answer = archive_response(
            request,
            call.context.downloads,
            record.files,
            f"{record.id}.crate.zip",
            record.updated_at,
            is_public=record.files_access == "public",
            before=[Member.of(name, data) for name, data in crate_files(record, tx.view(record))],
        )
        answer.headers.update(link_to_page("describes", record.id, tx.site.base_url))
        return answer
