"""A repository that harvesters visit: `ask` is one request, every answer of which is validated."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from starlette.testclient import TestClient
from tests.exports.validators import openaire
from tests.rdm.test_lifecycle import BODY, METADATA, RDM, make_record, publish

from baton.context import Context
from baton.kernel.outbox import pending

SCHEMAS = Path("tests/schemas").absolute()
OAI = "{http://www.openarchives.org/OAI/2.0/}"
# What `metadata` may hold is validated strictly, so the schemas of formats are read together with the protocol's.
_TOGETHER = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="http://www.openarchives.org/OAI/2.0/" schemaLocation="{SCHEMAS}/oai/OAI-PMH.xsd"/>
<xs:import namespace="http://www.openarchives.org/OAI/2.0/oai_dc/" schemaLocation="{SCHEMAS}/oai/oai_dc.xsd"/>
<xs:import namespace="http://www.loc.gov/MARC21/slim" schemaLocation="{SCHEMAS}/MARC21slim.xsd"/>
<xs:import namespace="http://datacite.org/schema/kernel-4"
 schemaLocation="{SCHEMAS}/datacite/kernel-4.7/metadata.xsd"/>
</xs:schema>"""
# Written with some of DataCite's names, which are other elements there, so it is validated alone.
OPENAIRE = "{http://namespace.openaire.eu/schema/oaire/}resource"
# The publishers of these wrappers give out no schema that could be kept here; what is inside is validated.
_WITHOUT_SCHEMA = {
    "{http://schema.datacite.org/oai/oai-1.1/}oai_datacite",
    "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF",
}

Ask = Callable[..., etree._Element]  # noqa: SLF001  that is the name of the type


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(_TOGETHER))


def validated(body: bytes) -> etree._Element:
    """The document, after its validation and that of every record in it."""
    tree = etree.fromstring(body)
    copy = etree.fromstring(body)
    for resource in copy.iter(OPENAIRE):
        openaire(etree.tostring(resource))
    for wrapper in list(copy.iter(OPENAIRE, *_WITHOUT_SCHEMA)):
        record = wrapper.getparent()
        assert record is not None
        payload = wrapper.find("{*}payload")
        if payload is not None:
            record.append(payload[0])
            record.remove(wrapper)
        else:
            about = record.getparent()
            assert about is not None
            about.remove(record)
            about.append(etree.fromstring(f'<metadata xmlns="{OAI[1:-1]}">{_ANY_DC}</metadata>'))
    schema().assertValid(copy)
    return tree


_ANY_DC = '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"/>'


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    """Deposits; her credentials are not those of the harvester."""
    client.headers.update({**cast.alice.headers, **RDM})
    return client


@pytest.fixture
def ask(client: TestClient, context: Context) -> Ask:
    """One request once everything has been noted; arguments that are Python's words end in `_`."""

    def ask(verb: str, **arguments: str) -> etree._Element:
        while has_more_to_note(context):
            context.database.awaited.set()
        params = {"verb": verb, **{name.rstrip("_"): value for name, value in arguments.items()}}
        answer = client.get("/oai2d", params=params, headers={"Authorization": "", "Accept": "*/*"})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        return validated(answer.content)

    return ask


def has_more_to_note(context: Context, reaction: str = "note order") -> bool:
    with context.database.read() as connection:
        return pending(connection, reaction)


def walk(ask: Ask, verb: str, **arguments: str) -> list[etree._Element]:
    """Every page of a list."""
    pages = [ask(verb, **arguments)]
    for _page in range(100):
        token = pages[-1].find(f"{OAI}{verb}/{OAI}resumptionToken")
        if token is None or not token.text:
            return pages
        pages.append(ask(verb, resumptionToken=token.text))
    pytest.fail("the list has no end")


def headers(page: etree._Element) -> list[tuple[str, str | None]]:
    """Number and status of each record on the page."""
    return [
        (str(one.findtext(f"{OAI}identifier")).rpartition(":")[2], one.get("status"))
        for one in page.iter(f"{OAI}header")
    ]


def error_of(page: etree._Element) -> str | None:
    error = page.find(f"{OAI}error")
    return None if error is None else error.get("code")


def restrict(alice: TestClient, number: str) -> None:
    """Take a published record back from the public."""
    alice.post(f"/api/records/{number}/draft")
    body = {**BODY, "access": {"record": "restricted", "files": "restricted"}}
    assert alice.put(f"/api/records/{number}/draft", json=body).status_code == 200
    publish(alice, number)


def edit(alice: TestClient, number: str, title: str) -> None:
    alice.post(f"/api/records/{number}/draft")
    body = {**BODY, "metadata": {**METADATA, "title": title}}
    assert alice.put(f"/api/records/{number}/draft", json=body).status_code == 200
    publish(alice, number)


__all__ = ["make_record"]
