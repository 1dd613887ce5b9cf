"""`/api/docs`: the OpenAPI description as a page that a person can read, without scripts."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from baton.context import CallerDep
from baton.web.render import page

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    id: str
    method: str
    path: str
    summary: str
    parameters: list[dict[str, Any]]
    takes: list[str]  # media types of the body
    answers: list[tuple[str, str]]  # status, meaning


def operations(description: dict[str, Any]) -> dict[str, list[Operation]]:
    """The operations of an OpenAPI document by their first tag, in the order in which routes were added."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in description["paths"].items():
        for method, detail in methods.items():
            group = groups.setdefault((detail.get("tags") or ["Other"])[0], [])
            group.append(
                Operation(
                    id=detail["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=detail.get("description") or detail.get("summary", ""),
                    parameters=detail.get("parameters", []),
                    takes=list(detail.get("requestBody", {}).get("content", {})),
                    answers=[(code, answer["description"]) for code, answer in detail["responses"].items()],
                )
            )
    return groups


@router.get("/api/docs")
def api_docs(call: CallerDep) -> Response:
    """Every operation of the API on one page."""
    with call.read() as tx:
        return page(call, "api_docs.html", actor=tx.actor, groups=operations(call.request.app.openapi()))
