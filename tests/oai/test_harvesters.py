"""Harvesters that others wrote follow the repository: all of it, then what changed, then what is gone."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from oaipmh.client import Client
from oaipmh.datestamp import datestamp_to_datetime
from oaipmh.error import NoRecordsMatchError
from oaipmh.metadata import MetadataRegistry, oai_dc_reader
from oaipmh_scythe import Scythe
from oaipmh_scythe.exceptions import NoRecordsMatch
from tests.rdm.test_lifecycle import METADATA

PUBLIC = {
    "metadata": METADATA,
    "access": {"record": "public", "files": "public"},
    "files": {"enabled": False},
}
Found = dict[Any, bool]  # identifier -> whether it is there, and not deleted
Harvest = Callable[[str, str | None], Found]


def with_scythe(address: str, begin: str | None) -> Found:
    with Scythe(address) as scythe:
        try:
            records = list(scythe.list_records(metadata_prefix="oai_dc", from_=begin))
        except NoRecordsMatch:
            return {}
    return {record.header.identifier: not record.deleted for record in records}  # type: ignore[union-attr]


def with_oaipmh(address: str, begin: str | None) -> Found:
    registry = MetadataRegistry()
    registry.registerReader("oai_dc", oai_dc_reader)
    more = {"from_": datestamp_to_datetime(begin)} if begin else {}
    try:
        records = list(Client(address, registry).listRecords(metadataPrefix="oai_dc", **more))
    except NoRecordsMatchError:
        return {}
    return {header.identifier(): not header.isDeleted() for header, _metadata, _about in records}


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Depositor:
    """Alice at work."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url = f"{url}/api/records"
        self.session = requests.Session()
        self.session.headers.update({**headers, "Accept": "application/vnd.inveniordm.v1+json"})

    def make(self) -> str:
        return self._publish(self._json("POST", self.url, PUBLIC)["id"])

    def change(self, number: str, body: Any) -> None:
        self._json("POST", f"{self.url}/{number}/draft")
        self._json("PUT", f"{self.url}/{number}/draft", body)
        self._publish(number)

    def _publish(self, number: str) -> str:
        self._json("POST", f"{self.url}/{number}/draft/actions/publish")
        return number

    def _json(self, method: str, url: str, body: Any = None) -> Any:
        answer = self.session.request(method, url, json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json()


def eventually(harvest: Harvest, address: str, begin: str | None, expected: Found) -> None:
    """The worker notes a publication within a second or so."""
    for _attempt in range(40):
        found = harvest(address, begin)
        if found == expected:
            return
        time.sleep(0.25)
    assert found == expected


@pytest.mark.parametrize("harvest", [with_scythe, with_oaipmh])
def test_a_harvester_has_everything_then_what_changed_and_what_is_gone(
    start_server: Callable[..., Any], cast: Any, harvest: Harvest
) -> None:
    server = start_server(OAI_PAGE_SIZE="3")
    address, alice = f"{server.url}/oai2d", Depositor(server.url, cast.alice.headers)
    numbers = [alice.make() for _ in range(7)]
    named = [f"oai:127.0.0.1:{number}" for number in numbers]
    eventually(harvest, address, None, dict.fromkeys(named, True))
    time.sleep(1.1)  # seconds are the finest that the protocol tells apart
    begin = now()
    alice.change(numbers[2], {**PUBLIC, "metadata": {**METADATA, "title": "Corrected"}})
    alice.change(numbers[4], {**PUBLIC, "access": {"record": "restricted", "files": "restricted"}})
    eventually(harvest, address, begin, {named[2]: True, named[4]: False})
    eventually(harvest, address, None, {**dict.fromkeys(named, True), named[4]: False})
