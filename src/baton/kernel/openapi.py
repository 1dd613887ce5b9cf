"""How routes tell what they answer: tables for FastAPI's `responses` and request bodies."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, Field

# Bytes of any kind, as downloads answer them.
_ANY_BYTES = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
TEXT = {"type": "string"}

_PROBLEMS = {
    400: "The request is malformed or breaks a rule; `errors` says which.",
    403: "The caller may not do this, or their token lacks a scope.",
    404: "There is no such thing, or nothing that the caller may know of.",
    405: "This address does not take this method.",
    406: "None of the accepted media types is served here.",
    408: "Nothing came for too long.",
    409: "The request does not fit to what is there by now; the answer says what is.",
    410: "This is over; nothing can be added.",
    412: "The thing has changed since the caller read it.",
    413: "The body is larger than this server reads.",
    415: "The body is of a media type that is not taken here.",
    416: "The range lies beyond the end.",
    423: "Another request is at work on this; try again in a moment.",
    460: "The bytes are not those of the checksum that came with them.",
    503: "A part of the service is down; try again later.",
    507: "The server has no room for these bytes.",
}


# What may keep bytes from being added to an upload.
REFUSED_UPLOADS = (403, 404, 405, 408, 409, 410, 412, 415, 423, 460, 503, 507)


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    messages: list[str]


class ProblemJson(BaseModel):
    """Every error answer: RFC 9457 with the members that clients of InvenioRDM and Zenodo read."""

    status: int
    message: str
    title: str = ""
    detail: str = ""
    errors: list[FieldProblem] = Field(default_factory=list)


Answers = dict[int | str, dict[str, Any]]


def answers(status: int, model: Any, *problems: int, formats: Iterable[str] = ()) -> Answers:  # noqa: ANN401  any type
    """What a route may answer: its success with the body's model (`None`: no JSON body) and its problems.

    `formats`: the media types beside plain JSON in which the body can be asked for.
    """
    success: dict[str, Any] = {"description": "Done."}
    if model is not None:
        success["model"] = model
    if formats:
        kinds = {name: "object" if name.endswith("json") else "string" for name in formats}
        success["content"] = {name: {"schema": {"type": kind}} for name, kind in kinds.items()}
    table: Answers = {status: success}
    for code in sorted({400, *problems}):
        table[code] = {"model": ProblemJson, "description": _PROBLEMS[code]}
    return table


def downloads() -> Answers:
    """What a route may answer that gives out stored bytes; it must have `response_class=Response`."""
    return {
        **answers(200, None, 403, 404, 412, 416, 503),
        200: {"description": "All bytes.", "content": _ANY_BYTES},
        206: {"description": "The bytes that `Range` asked for.", "content": _ANY_BYTES},
        302: {"description": "The bytes, or those that `Range` asks for, are at `Location` for some minutes."},
        304: {"description": "The caller has these bytes already, says `If-None-Match`."},
    }


def whole_number(most: int) -> dict[str, Any]:
    """The schema of a number from 1 to `most`."""
    return {"type": "integer", "minimum": 1, "maximum": most}


def in_query(parameters: Mapping[str, tuple[Mapping[str, Any], str]]) -> dict[str, Any]:
    """Arguments that a route reads itself, each with its schema and a description, for `openapi_extra`.

    Empty ones count as not given: browsers send every field of a form.
    """
    return {
        "parameters": [
            {"name": name, "in": "query", "description": text, "schema": schema, "allowEmptyValue": True}
            for name, (schema, text) in parameters.items()
        ]
    }


def tidied(document: dict[str, Any]) -> dict[str, Any]:
    """The framework's description without answers that it would give and we never do; with how callers log in."""
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
    components = document["components"]
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A personal access token."}
    }
    document["security"] = [{}, {"token": []}]
    return document


def takes(model: type[BaseModel], *, required: bool = True, also: Iterable[str] = ()) -> dict[str, Any]:
    """The JSON body of a route that reads it itself, for `openapi_extra`; `null` is as good as no body.

    `also`: media types of documents that may come in its place.
    """
    schema = model.model_json_schema()
    kind = {} if required else {"type": [schema["type"], "null"]}
    body = streams("application/json", schema | kind, required=required)
    body["requestBody"]["content"] |= {name: {"schema": {"type": "string"}} for name in also}
    return body


def streams(media_type: str, schema: dict[str, Any] | None = None, *, required: bool = False) -> dict[str, Any]:
    """As `takes`, for bodies of any media type; without a schema, any bytes."""
    content = {media_type: {"schema": schema or {"type": "string", "format": "binary"}}}
    return {"requestBody": {"required": required, "content": content}}
