"""Lists of records as answers: one envelope for every JSON, and one text for formats that are no JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from baton.exports.formats import Format
from baton.kernel.http import JsonResponse


def list_response(
    form: Format, hits: Sequence[dict[str, Any] | str], total: int, beside: Mapping[str, Any]
) -> Response:
    """Hits in the format that was asked for; `beside` stands around them where there is room for it."""
    if form.is_text:
        return Response(form.join([str(hit) for hit in hits]), media_type=form.media_type)
    body = {"hits": {"hits": hits, "total": total}, **beside}
    return JsonResponse(body, media_type=form.media_type)
