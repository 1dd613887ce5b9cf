"""The description of the API is true: it validates, and the program answers as it says, whatever is sent."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient
from tests.refusals import make_draft, make_record

from baton.rdm.router import ROUTES as RDM_ROUTES
from baton.zenodo.router import ROUTES as ZENODO_ROUTES

OPERATIONS = sorted(str(route.operation_id) for route in (*RDM_ROUTES, *ZENODO_ROUTES) if isinstance(route, APIRoute))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
    negative_data_rejection,
]
EXAMPLES = 25
# Bytes are bytes, whatever they are called.
schemathesis.serializer.alias(
    ["application/offset+octet-stream", "application/partial-upload", "application/vnd.baton.delta"],
    "application/octet-stream",
)
ACCEPTED = ["application/json", "application/vnd.inveniordm.v1+json", "*/*", "application/x-bibtex", "image/png"]


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    return dict(client.get("/api/openapi.json").json())


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_document_validates(document: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(document).validate()


def test_every_operation_has_an_id_a_text_and_a_model_for_what_it_answers(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["operationId"], name
        assert operation.get("description"), name
        for code, answer in operation["responses"].items():
            has_no_body = code in {"204", "302", "304"}
            assert has_no_body or all(media["schema"] for media in answer["content"].values()), (name, code)


def test_every_refusal_has_the_one_shape(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        refusals = {code: answer for code, answer in operation["responses"].items() if code[0] in "45"}
        assert refusals.keys() >= {"400"} or name in {"GET /ping", "GET /health"}
        for code, answer in refusals.items():
            expected = "HealthJson" if name == "GET /health" else "ProblemJson"
            schema = {"$ref": f"#/components/schemas/{expected}"}
            assert answer["content"] == {"application/json": {"schema": schema}}, (name, code)


def test_nothing_is_described_that_the_framework_would_answer_and_we_never_do(document: dict[str, Any]) -> None:
    assert all("422" not in operation["responses"] for _name, operation in operations(document))
    assert not [name for name in document["components"]["schemas"] if "ValidationError" in name]


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update(cast.alice.headers)
    return client


def real_parameters(alice: TestClient) -> list[dict[str, Any]]:
    """What paths may be about: a draft with a file, and a published record with one."""
    found = []
    for number in (make_draft(alice), make_record(alice)):
        deposition = alice.get(f"/api/deposit/depositions/{number}").json()
        bucket = deposition["links"]["bucket"].rpartition("/")[2]
        alice.put(f"/api/files/{bucket}/a.txt", content=b"hello")
        files = alice.get(f"/api/deposit/depositions/{number}/files").json()
        found.append(
            {
                "record_id": int(number),
                "deposition_id": int(number),
                "bucket_id": bucket,
                "key": "a.txt",
                "file_id": files[0]["id"],
                "vocabulary": "licenses",
                "term_id": "cc-by-4.0",
            }
        )
    return found


def send(alice: TestClient, case: Any, accept: str) -> Any:
    """What the case asks for, made into bytes by the library that it was made for, and sent by ours."""
    headers = {**dict(alice.headers), "Accept": accept}
    arguments = case.as_transport_kwargs(base_url="http://testserver", headers=headers)
    made = requests.Request(**arguments).prepare()
    answer = alice.request(str(made.method), str(made.url), headers=dict(made.headers), content=made.body)
    answer.request.read()
    return answer


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_the_program_answers_as_its_description_says(
    alice: TestClient, document: dict[str, Any], operation_id: str
) -> None:
    operation = schemathesis.openapi.from_dict(document).find_operation_by_id(operation_id)
    named = {parameter.name for parameter in operation.path_parameters}
    known = [{name: value for name, value in given.items() if name in named} for given in real_parameters(alice)]
    strategies = [
        operation.as_strategy(generation_mode=mode, path_parameters=parameters)
        for mode in GenerationMode
        for parameters in (*known, {})
    ]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(strategies), accept=st.sampled_from(ACCEPTED))
    def answers(case: Any, accept: str) -> None:
        case.validate_response(send(alice, case, accept), checks=CHECKS)

    answers()
