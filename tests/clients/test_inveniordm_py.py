"""inveniordm-py: InvenioRDM's own client."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from inveniordm_py.client import InvenioAPI
from inveniordm_py.files.metadata import FilesListMetadata, OutgoingStream
from inveniordm_py.records.metadata import DraftMetadata

METADATA = {
    "title": "Made by a client",
    "resource_type": {"id": "publication-article"},
    "publication_date": "2024",
    "publisher": "Somebody",
    "creators": [{"person_or_org": {"family_name": "Brown", "given_name": "Troy", "type": "personal"}}],
}


@pytest.fixture
def invenio(server: Any, cast: Any) -> Iterator[Any]:
    with requests.Session() as session:
        yield InvenioAPI(f"{server.url}/api/", cast.alice.token, session=session)


def upload(draft: Any, path: Path) -> None:
    draft.files.create(FilesListMetadata([{"key": path.name}]))
    file, stream = draft.files(path.name), OutgoingStream()
    with path.open("rb") as content:
        stream._data = content  # noqa: SLF001  its constructor takes keywords only
        file.set_contents(stream)
    file.commit()


def test_it_makes_fills_publishes_and_reads_a_record(invenio: Any, small: Path, big: Path) -> None:
    draft = invenio.records.create(data=DraftMetadata(metadata={**METADATA, "title": "First title"}))
    draft.update(data=DraftMetadata(metadata=METADATA))
    assert draft.get().data["metadata"]["title"] == "Made by a client"
    for path in (small, big):
        upload(draft, path)
    assert sorted(file.data["key"] for file in draft.files) == ["big.bin", "small file.txt"]
    assert draft.files("small file.txt").get().data["status"] == "completed"
    record = draft.publish()
    number = record.data["id"]
    read = invenio.records(number).get()
    assert read.data["title"] == "Made by a client"
    assert len(invenio.records(number).files.get().data["entries"]) == 2
    assert invenio.records(number).files("big.bin").download().content == big.read_bytes()
    assert invenio.records(number).versions.latest().data["id"] == number


def test_it_edits_and_makes_new_versions(invenio: Any, small: Path) -> None:
    draft = invenio.records.create(data=DraftMetadata(metadata=METADATA))
    upload(draft, small)
    record = invenio.records(draft.publish().data["id"])
    draft = record.edit()
    draft.data["metadata"]["title"] = "Edited title"
    draft.update()  # sends back everything that it was given
    assert draft.publish().data["title"] == "Edited title"
    number = record.new_version().data["id"]
    draft = invenio.records(number).draft
    assert [file.data["key"] for file in draft.files] == []
    upload(draft, small)
    draft.update(data=DraftMetadata(metadata={**METADATA, "title": "Edited title"}))
    draft.publish()
    assert len(record.versions.search(allversions=True)) == 2
    discarded = invenio.records.create(data=DraftMetadata(metadata=METADATA))
    assert discarded.delete()


def test_it_searches_page_by_page(invenio: Any, small: Path) -> None:
    for word in ("one", "two"):
        draft = invenio.records.create(data=DraftMetadata(metadata={**METADATA, "title": f"Pelican {word}"}))
        upload(draft, small)
        draft.publish()
    page = invenio.records.search(q="pelican", size=1, sort="oldest")
    assert [hit.data["metadata"]["title"] for hit in page] == ["Pelican one"]
    following = page.next_page()
    assert [hit.data["metadata"]["title"] for hit in following] == ["Pelican two"]
