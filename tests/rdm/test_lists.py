"""Lists of records come in the format that is asked for, like single records."""

import pytest
from starlette.testclient import TestClient
from tests.refusals import make_record


@pytest.mark.parametrize("path", ["/api/records", "/api/user/records", "/api/records/{}/versions"])
@pytest.mark.parametrize("accept", ["application/json", "application/vnd.inveniordm.v1+json", "application/ld+json"])
def test_a_list_in_json_says_which_json_it_is(alice: TestClient, path: str, accept: str) -> None:
    number = make_record(alice)
    answer = alice.get(path.format(number), headers={"Accept": accept})
    assert answer.headers["content-type"] == accept
    assert len(answer.json()["hits"]["hits"]) == answer.json()["hits"]["total"] == 1


@pytest.mark.parametrize("path", ["/api/records?sort=oldest", "/api/user/records", "/api/records/{}/versions"])
def test_a_list_in_a_format_of_text_is_a_text(alice: TestClient, path: str) -> None:
    number = make_record(alice)
    answer = alice.get(path.format(number), headers={"Accept": "application/x-bibtex"})
    assert answer.headers["content-type"].startswith("application/x-bibtex")
    assert answer.text.startswith("@")
    assert alice.get("/api/records?q=nosuch", headers={"Accept": "application/x-bibtex"}).text == ""
