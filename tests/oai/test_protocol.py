"""OAI-PMH 2.0 as harvesters see it; every answer is validated against the schemas of the protocol and the format."""

import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import update
from starlette.testclient import TestClient
from tests.oai.conftest import (
    OAI,
    Ask,
    edit,
    error_of,
    has_more_to_note,
    headers,
    make_record,
    restrict,
    validated,
    walk,
)
from tests.rdm.test_lifecycle import BODY, make_draft, publish

from baton.app import create_app
from baton.context import Context
from baton.kernel import clock
from baton.kernel.settings import Settings
from baton.oai.formats import HARVESTED, METADATA_FORMATS
from baton.renditions.models import renditions

LISTS = ["ListRecords", "ListIdentifiers"]
DC = {"metadataPrefix": "oai_dc"}
PREFIX = "oai:testserver:"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"oai_page_size": 2})


def test_identify_says_who_we_are(ask: Ask) -> None:
    page = ask("Identify")
    said = {one.tag.removeprefix(OAI): one.text for one in page.findall(f"{OAI}Identify/*")}
    assert said["baseURL"] == "http://testserver/oai2d"
    assert (said["deletedRecord"], said["granularity"]) == ("persistent", "YYYY-MM-DDThh:mm:ssZ")
    assert said["protocolVersion"] == "2.0"


@pytest.mark.parametrize(
    ("site", "host"),
    [
        ("https://data.example.org", "data.example.org"),
        ("https://data.example.org:8443", "data.example.org"),
        ("http://localhost:5000", None),
        ("http://127.0.0.1:5000", None),
        ("https://data.4tu.example", None),
    ],
)
def test_identify_says_how_identifiers_are_made_where_the_host_is_a_domain_name(
    settings: Settings, site: str, host: str | None
) -> None:
    with TestClient(create_app(settings.model_copy(update={"site_url": site})), base_url=site) as client:
        page = etree.fromstring(client.get("/oai2d?verb=Identify").content)
    (identify,) = page.iterfind(f"{OAI}Identify")
    description = identify.find(f"{OAI}description")
    if description is not None:
        identify.remove(description)  # of another namespace, whose schema is not kept here
    validated(etree.tostring(page))
    scheme = {} if description is None else {etree.QName(one).localname: one.text for one in description[0]}
    assert scheme == (
        {
            "scheme": "oai",
            "repositoryIdentifier": host,
            "delimiter": ":",
            "sampleIdentifier": f"oai:{host}:42",
        }
        if host
        else {}
    )


def test_earliest_datestamp_is_before_every_other(alice: TestClient, ask: Ask) -> None:
    make_record(alice)
    earliest = ask("Identify").findtext(f"{OAI}Identify/{OAI}earliestDatestamp")
    stamps = [one.text for one in ask("ListIdentifiers", **DC).iter(f"{OAI}datestamp")]
    assert stamps == [earliest]


def test_every_format_is_announced_with_the_namespace_of_its_root(alice: TestClient, ask: Ask) -> None:
    number = make_record(alice)
    announced = {
        str(one.findtext(f"{OAI}metadataPrefix")): one.findtext(f"{OAI}metadataNamespace")
        for one in ask("ListMetadataFormats").iter(f"{OAI}metadataFormat")
    }
    assert set(announced) == set(METADATA_FORMATS)
    for prefix, namespace in announced.items():
        metadata = ask("GetRecord", identifier=f"{PREFIX}{number}", metadataPrefix=prefix).find(f".//{OAI}metadata")
        assert metadata is not None
        assert metadata[0].tag.startswith(f"{{{namespace}}}")


@pytest.mark.parametrize("verb", LISTS)
def test_a_list_comes_in_pages_that_together_have_every_record_once(alice: TestClient, ask: Ask, verb: str) -> None:
    numbers = [make_record(alice) for _ in range(5)]
    pages = walk(ask, verb, **DC)
    assert [number for page in pages for number, _status in headers(page)] == numbers
    tokens = [page.find(f"{OAI}{verb}/{OAI}resumptionToken") for page in pages]
    assert [(one.get("cursor"), one.get("completeListSize")) for one in tokens if one is not None] == [
        ("0", "5"),
        ("2", "5"),
        ("4", "5"),
    ]
    assert [bool(one is not None and one.text) for one in tokens] == [True, True, False]


def test_a_list_that_fits_on_one_page_has_no_token(alice: TestClient, ask: Ask) -> None:
    for _ in range(2):
        make_record(alice)
    (page,) = walk(ask, "ListRecords", **DC)
    assert page.find(f".//{OAI}resumptionToken") is None


@pytest.mark.parametrize("prefix", METADATA_FORMATS)
def test_every_format_is_harvested(alice: TestClient, ask: Ask, prefix: str) -> None:
    for _ in range(3):
        make_record(alice)
    pages = walk(ask, "ListRecords", metadataPrefix=prefix)
    assert sum(len(list(page.iter(f"{OAI}metadata"))) for page in pages) == 3


@pytest.mark.parametrize("prefix", HARVESTED)
def test_what_was_rendered_ahead_is_what_would_be_written(
    alice: TestClient, ask: Ask, context: Context, prefix: str
) -> None:
    make_record(alice)

    def answer() -> str:
        found = ask("ListRecords", metadataPrefix=prefix).find(f".//{OAI}metadata")
        assert found is not None
        return str(etree.tostring(found, encoding="unicode"))

    while has_more_to_note(context, "render"):
        context.database.awaited.set()
    ahead = answer()
    with context.database.write() as connection:
        older = update(renditions).where(renditions.c.format == prefix).values(body=b"<nothing/>", made_for="0.0.1")
        assert connection.execute(older).rowcount == 1
    assert answer() == ahead


@pytest.mark.parametrize("prefix", HARVESTED)
def test_an_edit_replaces_what_was_rendered(alice: TestClient, ask: Ask, prefix: str) -> None:
    number = make_record(alice)
    ask("Identify")
    edit(alice, number, "Corrected")
    assert "Corrected" in str(ask("ListRecords", metadataPrefix=prefix).xpath("string()"))


def test_what_is_public_no_more_is_deleted_for_ever(alice: TestClient, ask: Ask) -> None:
    kept, gone = make_record(alice), make_record(alice)
    ask("Identify")
    restrict(alice, gone)
    assert headers(ask("ListRecords", **DC)) == [(kept, None), (gone, "deleted")]
    record = ask("GetRecord", identifier=f"{PREFIX}{gone}", **DC)
    assert (headers(record), record.find(f".//{OAI}metadata")) == ([(gone, "deleted")], None)


def test_what_has_become_restricted_is_not_shown_for_a_moment(alice: TestClient, client: TestClient, ask: Ask) -> None:
    number = make_record(alice)
    ask("Identify")
    restrict(alice, number)
    # Whether the change has been noted yet or not.
    answer = client.get("/oai2d", params={"verb": "GetRecord", "identifier": f"{PREFIX}{number}", **DC})
    assert headers(validated(answer.content)) == [(number, "deleted")]


def test_a_change_is_harvested_by_whoever_comes_back(alice: TestClient, ask: Ask) -> None:
    begin = datetime(2030, 1, 1, tzinfo=UTC)
    clock.freeze(begin)
    first, second = make_record(alice), make_record(alice)
    ask("Identify")
    clock.freeze(begin + timedelta(hours=1))
    edit(alice, first, "Corrected")
    ask("Identify")
    newer = ask("ListRecords", from_="2030-01-01T00:30:00Z", **DC)
    assert headers(newer) == [(first, None)]
    assert "Corrected" in str(newer.xpath("string()"))
    older = ask("ListRecords", until="2030-01-01T00:30:00Z", **DC)
    assert headers(older) == [(second, None)]
    assert len(headers(ask("ListRecords", from_="2030-01-01", until="2030-01-01", **DC))) == 2
    assert headers(ask("ListRecords", from_="2030-01-01T01:00:00Z", until="2030-01-01T01:00:00Z", **DC)) == [
        (first, None)
    ]


def test_drafts_and_records_that_were_never_public_are_unknown(alice: TestClient, ask: Ask) -> None:
    draft = make_draft(alice)
    closed = make_draft(alice, {**BODY, "access": {"record": "restricted", "files": "restricted"}})
    for number in (draft, closed):
        assert error_of(ask("GetRecord", identifier=f"{PREFIX}{number}", **DC)) == "idDoesNotExist"
    assert error_of(ask("ListRecords", **DC)) == "noRecordsMatch"


@pytest.mark.parametrize(("spec", "is_in"), [("dataset", True), ("openaire_data", True), ("software", False)])
def test_sets_are_of_resource_types(alice: TestClient, ask: Ask, spec: str, is_in: bool) -> None:
    number = make_record(alice)
    page = ask("ListIdentifiers", set=spec, **DC)
    assert (headers(page) if is_in else error_of(page)) == ([(number, None)] if is_in else "noRecordsMatch")


def test_what_is_gone_stays_in_its_sets(alice: TestClient, ask: Ask) -> None:
    number = make_record(alice)
    ask("Identify")
    restrict(alice, number)
    page = ask("ListIdentifiers", set="openaire_data", **DC)
    assert headers(page) == [(number, "deleted")]
    assert [one.text for one in page.iter(f"{OAI}setSpec")] == ["openaire_data", "dataset"]


def test_all_sets_are_listed(ask: Ask) -> None:
    specs = [one.text for one in ask("ListSets").iter(f"{OAI}setSpec")]
    assert {"openaire", "openaire_data", "software", "publication:article", "image:photo"} <= set(specs)
    assert len(specs) == len(set(specs))


def test_a_token_is_good_after_a_restart(alice: TestClient, ask: Ask, settings: Settings) -> None:
    numbers = [make_record(alice) for _ in range(3)]
    token = ask("ListRecords", **DC).findtext(f".//{OAI}resumptionToken")
    with TestClient(create_app(settings)) as restarted:
        answer = restarted.get("/oai2d", params={"verb": "ListRecords", "resumptionToken": token or ""})
    assert headers(validated(answer.content)) == [(numbers[2], None)]


def test_a_record_that_changes_during_a_harvest_is_met_at_its_end(alice: TestClient, ask: Ask) -> None:
    numbers = [make_record(alice) for _ in range(4)]
    first = ask("ListIdentifiers", **DC)
    edit(alice, numbers[3], "Changed meanwhile")
    ask("Identify")
    edit(alice, numbers[0], "Changed as well")
    token = first.findtext(f".//{OAI}resumptionToken")
    pages = walk(ask, "ListIdentifiers", resumptionToken=str(token))
    assert [number for page in pages for number, _status in headers(page)] == [numbers[2], numbers[3], numbers[0]]


@pytest.mark.parametrize("days", [40, 61])
def test_tokens_live_for_weeks(alice: TestClient, ask: Ask, days: int) -> None:
    for _ in range(3):
        make_record(alice)
    token = ask("ListRecords", **DC).findtext(f".//{OAI}resumptionToken")
    clock.freeze(clock.now() + timedelta(days=days))
    assert error_of(ask("ListRecords", resumptionToken=str(token))) == ("badResumptionToken" if days > 60 else None)


def test_post_and_gzip(client: TestClient) -> None:
    answer = client.post("/oai2d", data={"verb": "Identify"}, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert error_of(validated(answer.content)) is None
    plain = client.post("/oai2d", data={"verb": "Identify"}, headers={"Accept-Encoding": "identity"})
    assert len(gzip.compress(plain.content)) < len(plain.content)


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("*", True),
        ("*;q=0, gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, deflate", False),
        ("*, gzip;q=0", False),
        ("deflate, br", False),
        ("xgzip", False),
        (";q=gzip," * 1000, False),
        ("", False),
    ],
)
def test_gzip_is_for_those_who_want_it(client: TestClient, accepted: str, compressed: bool) -> None:
    answer = client.get("/oai2d?verb=Identify", headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("content-encoding") == "gzip") is compressed
    assert error_of(validated(answer.content)) is None


def test_head_is_get_without_a_body(client: TestClient) -> None:
    answer = client.head("/oai2d?verb=Identify")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"


def test_what_was_never_public_is_in_no_answer(alice: TestClient, ask: Ask) -> None:
    draft = make_draft(alice)
    never = make_draft(alice)
    body = {**BODY, "files": {"enabled": False}, "access": {"record": "restricted", "files": "restricted"}}
    assert alice.put(f"/api/records/{never}/draft", json=body).status_code == 200
    publish(alice, never)
    for number in (draft, never):
        for prefix in METADATA_FORMATS:
            page = ask("GetRecord", identifier=f"{PREFIX}{number}", metadataPrefix=prefix)
            assert error_of(page) == "idDoesNotExist"
        assert error_of(ask("ListMetadataFormats", identifier=f"{PREFIX}{number}")) == "idDoesNotExist"
        assert alice.get(f"/oai/{PREFIX}{number}").status_code == 404
    for verb in LISTS:
        assert error_of(ask(verb, **DC)) == "noRecordsMatch"


BAD: list[tuple[str, str]] = [
    ("", "badVerb"),
    ("verb=", "badVerb"),
    ("verb=Nonsense", "badVerb"),
    ("verb=identify", "badVerb"),
    ("verb=Identify&verb=Identify", "badVerb"),
    ("verb=Identify&x=y", "badArgument"),
    ("verb=ListSets&set=software", "badArgument"),
    ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
    ("verb=GetRecord&identifier=oai:testserver:1", "badArgument"),
    ("verb=GetRecord&identifier=oai:testserver:1&metadataPrefix=", "badArgument"),
    ("verb=ListRecords", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2024-01-02&until=2024-01-01", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2024-01-02&until=2024-01-03T00:00:00Z", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=0000-01-01", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2024-02-30", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2024-01-01T00:00:00", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2024-01-01T00:00:00%2B01:00", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2024", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=%D9%A2%D9%A0%D9%A2%D9%A4-01-01", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=9999-12-31", "noRecordsMatch"),
    ("verb=ListRecords&metadataPrefix=oai_dc&until=0001-01-01", "noRecordsMatch"),
    ("verb=ListRecords&metadataPrefix=oai_dc&until=9999-12-31T23:59:59Z", "noRecordsMatch"),
    ("verb=ListRecords&metadataPrefix=oai_dc&set=user-nobody", "noRecordsMatch"),
    ("verb=ListRecords&metadataPrefix=pdf", "cannotDisseminateFormat"),
    ("verb=ListRecords&resumptionToken=", "badResumptionToken"),
    ("verb=ListRecords&resumptionToken=x", "badResumptionToken"),
    ("verb=ListRecords&resumptionToken=%00%C3%A9%F0%9F%90%99", "badResumptionToken"),
    ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
    ("verb=GetRecord&identifier=oai:testserver:0&metadataPrefix=oai_dc", "idDoesNotExist"),
    ("verb=GetRecord&identifier=oai:testserver:007&metadataPrefix=oai_dc", "idDoesNotExist"),
    ("verb=GetRecord&identifier=oai:elsewhere:1&metadataPrefix=oai_dc", "idDoesNotExist"),
    ("verb=GetRecord&identifier=oai:testserver:99999999999999999999&metadataPrefix=oai_dc", "idDoesNotExist"),
    ("verb=GetRecord&identifier=%3Cscript%3E%00%26&metadataPrefix=oai_dc", "idDoesNotExist"),
    ("verb=ListMetadataFormats&identifier=x", "idDoesNotExist"),
]


@pytest.mark.parametrize(("query", "code"), BAD)
def test_bad_requests_are_answered_with_the_protocols_errors(client: TestClient, query: str, code: str) -> None:
    answer = client.get(f"/oai2d?{query}")
    assert answer.status_code == 200
    page = validated(answer.content)
    assert error_of(page) == code
    request = page.find(f"{OAI}request")
    assert request is not None
    if code in {"badVerb", "badArgument"}:
        assert not request.attrib


def test_a_token_that_was_changed_or_is_of_another_list_is_refused(alice: TestClient, ask: Ask) -> None:
    for _ in range(3):
        make_record(alice)
    token = str(ask("ListRecords", **DC).findtext(f".//{OAI}resumptionToken"))
    other = "A" if token[30] != "A" else "B"
    for forged in (token[:30] + other + token[31:], token[:-4], token + "AAAA", token[::-1]):
        assert error_of(ask("ListRecords", resumptionToken=forged)) == "badResumptionToken"
    assert error_of(ask("ListIdentifiers", resumptionToken=token)) == "badResumptionToken"


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/json", b'{"verb": "Identify"}', "badVerb"),
        ("multipart/form-data; boundary=x", b"--x--", "badVerb"),
        ("application/x-www-form-urlencoded", b"", "badVerb"),
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00", "badVerb"),
        ("nonsense", b"verb=Identify", None),
    ],
)
def test_a_form_is_read_whatever_it_is_called(
    client: TestClient, content_type: str, body: bytes, code: str | None
) -> None:
    answer = client.post("/oai2d", content=body, headers={"Content-Type": content_type})
    assert error_of(validated(answer.content)) == code


@pytest.mark.parametrize("name", ["verb", "set", "from", "until", "metadataPrefix", "resumptionToken", "nonsense"])
@pytest.mark.parametrize("value", ["x" * 8192, '\x00\x0b&<>"' * 1000])
def test_long_and_hostile_arguments_are_answered_shortly(client: TestClient, name: str, value: str) -> None:
    others = {} if name in {"verb", "resumptionToken"} else {**DC}
    answer = client.post("/oai2d", data={"verb": "ListRecords", **others, name: value})
    assert error_of(validated(answer.content)) is not None
    assert answer.status_code == 200


def test_errors_can_have_the_status_that_the_incumbent_gives_them(settings: Settings) -> None:
    with TestClient(create_app(settings.model_copy(update={"oai_error_status": "422"}))) as client:
        answer = client.get("/oai2d?verb=Nonsense")
    assert (answer.status_code, error_of(validated(answer.content))) == (422, "badVerb")


def test_identifiers_lead_to_pages(alice: TestClient, ask: Ask) -> None:
    number = make_record(alice)
    ask("Identify")
    answer = alice.get(f"/oai/{PREFIX}{number}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"http://testserver/records/{number}")
    for unknown in ("oai:elsewhere:1", f"{PREFIX}999", "x", f"{PREFIX}x"):
        assert alice.get(f"/oai/{unknown}").status_code == 404


def test_nothing_is_asked_of_the_index(alice: TestClient, ask: Ask, client: TestClient) -> None:
    number = make_record(alice)
    ask("Identify")
    application: Any = client.app
    while not hasattr(application, "state"):
        application = next(value for name, value in vars(application).items() if name in {"_app", "app"})
    application.state.context.search.close()
    assert headers(ask("ListRecords", **DC)) == [(number, None)]
