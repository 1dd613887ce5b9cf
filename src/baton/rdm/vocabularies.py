"""Vocabularies over HTTP: lists, suggestions and single terms. Public, and read only."""

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from baton.context import CallerDep
from baton.kernel.http import JsonResponse
from baton.kernel.openapi import TEXT, answers, in_query, whole_number
from baton.kernel.paging import number_of
from baton.rdm.schemas import TermJson, TermsJson
from baton.vocabularies import shape
from baton.vocabularies.queries import get_term, list_terms, vocabulary_names

router = APIRouter(prefix="/api", tags=["Vocabularies"])

MOST_TERMS, MOST_PAGES = 1000, 10_000
# Vocabularies that have an address of their own beside `/vocabularies/{name}`; `/licenses` is the old Zenodo's.
OWN_ADDRESSES = ("affiliations", "awards", "funders", "licenses", "names", "subjects")

PARAMETERS = in_query(
    {
        "q": (TEXT, "Words that a term must have."),
        "suggest": (TEXT, "The beginning of words, while somebody types."),
        "tags": (TEXT, "Tags that a term must have; may come several times."),
        "sort": (TEXT, "bestmatch, title, newest, oldest."),
        "page": (whole_number(MOST_PAGES), "The page, from 1."),
        "size": (whole_number(MOST_TERMS), "Terms on a page, 25 by default."),
    }
)


@router.get("/vocabularies", operation_id="list_vocabularies", responses=answers(200, TermsJson))
def list_vocabularies(call: CallerDep) -> Response:
    """Every vocabulary there is."""
    base = call.context.site.base_url
    hits = [{"id": name, "links": {"self": shape.address(name, base)}} for name in vocabulary_names()]
    return JsonResponse({"hits": {"hits": hits, "total": len(hits)}, "links": {"self": f"{base}/api/vocabularies"}})


@router.get(
    "/vocabularies/{vocabulary}",
    operation_id="list_terms",
    responses=answers(200, TermsJson, 404),
    openapi_extra=PARAMETERS,
)
def get_terms(call: CallerDep, vocabulary: str) -> Response:
    """Search one vocabulary, or list it."""
    params = call.request.query_params
    page, size = number_of(params, "page", 1, MOST_PAGES), number_of(params, "size", 25, MOST_TERMS)
    with call.read() as tx:
        found, total = list_terms(
            tx.connection,
            vocabulary,
            q=params.get("q", ""),
            suggest=params.get("suggest", ""),
            tags=[tag for tag in params.getlist("tags") if tag],
            sort=params.get("sort", ""),
            page=page,
            size=size,
        )
    base = call.context.site.base_url
    kept = [(name, value) for name, value in params.multi_items() if name not in {"page", "access_token"}]
    pages = {"self": page, "prev": page - 1, "next": page + 1 if page * size < total else 0}
    links = {
        name: f"{shape.address(vocabulary, base)}?{urlencode([*kept, ('page', number)])}"
        for name, number in pages.items()
        if number
    }
    hits = [shape.as_json(term, base) for term in found]
    return JsonResponse({"hits": {"hits": hits, "total": total}, "aggregations": {}, "links": links})


@router.get("/vocabularies/{vocabulary}/{term_id:path}", operation_id="get_term", responses=answers(200, TermJson, 404))
def get_one_term(call: CallerDep, vocabulary: str, term_id: str) -> Response:
    """One term, by its id or another name of it."""
    with call.read() as tx:
        term = get_term(tx.connection, vocabulary, term_id)
    return JsonResponse(shape.as_json(term, call.context.site.base_url))


def _add_own_address(vocabulary: str) -> None:
    def terms(call: CallerDep) -> Response:
        return get_terms(call, vocabulary)

    def term(call: CallerDep, term_id: str) -> Response:
        return get_one_term(call, vocabulary, term_id)

    router.add_api_route(
        f"/{vocabulary}",
        terms,
        operation_id=f"list_{vocabulary}",
        responses=answers(200, TermsJson),
        openapi_extra=PARAMETERS,
        description=f"Search {vocabulary}, or list them.",
    )
    router.add_api_route(
        f"/{vocabulary}/{{term_id:path}}",
        term,
        operation_id=f"get_{vocabulary}",
        responses=answers(200, TermJson, 404),
        description=f"One of the {vocabulary}.",
    )


for _vocabulary in OWN_ADDRESSES:
    _add_own_address(_vocabulary)
