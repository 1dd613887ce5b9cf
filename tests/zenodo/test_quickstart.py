"""The quickstart of Zenodo's developer pages, step by step, as its readers have copied it into their programs."""

from typing import Any

from starlette.testclient import TestClient

DEPOSITIONS = "/api/deposit/depositions"
DESCRIBED = {
    "metadata": {
        "title": "My first upload",
        "upload_type": "poster",
        "description": "This is my first upload",
        "creators": [{"name": "Doe, John", "affiliation": "Zenodo"}],
    }
}


def test_the_quickstart_with_a_token_in_every_address(client: TestClient, cast: Any) -> None:
    """wire-contract 4, 6, 9, 17, 18, 20."""
    params = {"access_token": cast.alice.token}
    assert client.get(DEPOSITIONS).status_code == 403  # documented as 401
    listed = client.get(DEPOSITIONS, params=params)
    assert listed.status_code == 200
    assert listed.json() == []

    created = client.post(DEPOSITIONS, params=params, json={})
    assert created.status_code == 201
    assert created.headers["content-type"] == "application/json"
    deposition = created.json()
    number = deposition["id"]
    assert isinstance(number, int)
    assert deposition["record_id"] == number
    assert deposition["conceptrecid"] == str(number - 1)
    assert deposition["title"] == ""
    assert deposition["owner"] == cast.alice.id
    assert (deposition["state"], deposition["submitted"]) == ("unsubmitted", False)
    assert "doi" not in deposition
    assert deposition["metadata"]["prereserve_doi"] == {"doi": f"10.5072/baton.{number}", "recid": number}
    assert deposition["files"] == []

    uploaded = client.put(f"{deposition['links']['bucket']}/data.csv", params=params, content=b"1, 2, 3")
    assert uploaded.status_code == 201
    assert uploaded.json()["checksum"] == "md5:66ce05ea43c73b8e33c74c12d0371bc9"
    old_way = client.post(
        f"{DEPOSITIONS}/{number}/files", params=params, data={"name": "more.csv"}, files={"file": b"1, 2, 3"}
    )
    assert old_way.status_code == 201
    assert old_way.json()["checksum"] == "66ce05ea43c73b8e33c74c12d0371bc9"

    described = client.put(f"{DEPOSITIONS}/{number}", params=params, json=DESCRIBED)
    assert described.status_code == 200
    assert described.json()["title"] == "My first upload"

    published = client.post(f"{DEPOSITIONS}/{number}/actions/publish", params=params)
    assert published.status_code == 202
    assert published.json()["id"] == number
    assert published.json()["doi"] == f"10.5072/baton.{number}"
    assert published.json()["doi_url"] == f"https://doi.org/10.5072/baton.{number}"
    assert (published.json()["state"], published.json()["submitted"]) == ("done", True)

    record = client.get(published.json()["links"]["self"])  # by anybody
    assert record.status_code == 200
    assert record.json()["doi"] == f"10.5072/baton.{number}"
    assert {file["key"] for file in record.json()["files"]} == {"data.csv", "more.csv"}


def test_the_quickstart_by_the_links_alone(client: TestClient, cast: Any) -> None:
    """wire-contract 4, 9, 14, 17, 19: no address is built, none has a Content-Type that helps, slashes are doubled."""
    client.headers.update(cast.alice.headers)
    deposition = client.post("/api//deposit//depositions/", content=b"{}").json()
    links = deposition["links"]
    for link in ("self", "html", "files", "bucket", "publish", "edit", "discard", "newversion", "latest_draft"):
        assert links[link].startswith("http://testserver/"), link
    assert client.get(links["self"]).json()["id"] == deposition["id"]
    assert client.get(links["latest_draft"]).json()["id"] == deposition["id"]
    assert client.put(f"{links['bucket']}//plot.png", content=b"\x89PNG").status_code == 201
    assert [file["filename"] for file in client.get(links["files"]).json()] == ["plot.png"]
    body = b'{"metadata": {"title": "By links", "upload_type": "image", "creators": [{"name": "Roe, Jane"}]}}'
    assert client.put(links["self"], content=body).status_code == 200
    published = client.post(links["publish"]).json()
    for link in ("record", "record_html", "latest", "latest_html", "doi", "parent_doi", "bucket"):
        assert link in published["links"], link
    assert client.get(published["links"]["record"]).json()["metadata"]["title"] == "By links"
    latest = client.get(published["links"]["latest"])
    assert latest.status_code == 301
    assert client.get(latest.headers["location"]).json()["id"] == deposition["id"]
