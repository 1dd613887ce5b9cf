"""`/api/exporter`: the dumps of all public metadata, as Zenodo lists and serves them."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from baton.context import Call, CallerDep
from baton.feeds.dumps import MANIFEST, Dump, DumpFile
from baton.feeds.errors import NoSuchDump
from baton.kernel.http import JsonResponse
from baton.kernel.openapi import answers, downloads

router = APIRouter(prefix="/api/exporter", tags=["Harvesting"])


@router.get("", operation_id="list_dumps", responses=answers(200, dict[str, list[dict[str, Any]]]))
def list_dumps(call: CallerDep) -> Response:
    """Every file of every dump, by its name, the newest first. `self_head` always leads to the newest."""
    listed: dict[str, list[dict[str, Any]]] = {}
    base = f"{call.context.site.base_url}/api/exporter"
    for place, dump in enumerate(call.context.dumps.newest_first()):
        for file in dump.files:
            listed.setdefault(file.key, []).append(_shown(dump, file, base, is_head=place == 0))
    return JsonResponse(listed, headers={"Cache-Control": "no-cache"})


def _shown(dump: Dump, file: DumpFile, base: str, *, is_head: bool) -> dict[str, Any]:
    head = {"self_head": f"{base}/{file.key}"} if is_head else {}
    return {
        "version_id": dump.version_id,
        "created": dump.created.isoformat(),
        "is_head": is_head,
        "size": file.size,
        "checksum": f"md5:{file.md5}",
        "sha256": file.sha256,
        "records": dump.records,
        "links": {
            "self": f"{base}/{file.key}/{dump.version_id}",
            "manifest": f"{base}/{MANIFEST}/{dump.version_id}",
            **head,
        },
    }


@router.get("/{key}", operation_id="get_newest_dump", responses=downloads(), response_class=Response)
def get_newest(request: Request, call: CallerDep, key: str) -> Response:
    """A file of the newest dump: `records.jsonl.gz`, `records.parquet` or `manifest.json`. Takes `Range`."""
    return _file(request, call, key, None)


@router.get("/{key}/{version_id}", operation_id="get_dump", responses=downloads(), response_class=Response)
def get_version(request: Request, call: CallerDep, key: str, version_id: str) -> Response:
    """A file of one dump. Takes `Range`."""
    return _file(request, call, key, version_id)


def _file(request: Request, call: Call, key: str, version_id: str | None) -> Response:
    for dump in call.context.dumps.newest_first():
        kinds = {MANIFEST: "application/json", **{file.key: file.media_type for file in dump.files}}
        if key in kinds and version_id in {None, dump.version_id}:
            etag = f'"{dump.version_id}"'
            headers = {"ETag": etag, "Cache-Control": "public, max-age=3600" if version_id else "no-cache"}
            if etag in request.headers.get("if-none-match", ""):
                return Response(status_code=304, headers=headers)
            path = call.context.dumps.path(dump, key)
            return FileResponse(path, headers=headers, media_type=kinds[key], filename=key)
    raise NoSuchDump(f"There is no dump {key[:40]!a}. /api/exporter lists those that there are.")
