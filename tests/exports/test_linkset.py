"""Signposts: the links of a record for programs, in a header and as a link set."""

from dataclasses import replace
from urllib.parse import urlsplit

import orjson
from requests.utils import parse_header_links
from tests.exports.samples import EVERYBODY, NO_FILES, file_entry, full_record, hostile_record, minimal_record

from baton.exports.formats import FORMATS, signposts
from baton.exports.linkset import MOST_IN_HEADER, PAGE, link_header
from baton.files.entry import Totals

PAGE_OF_FULL = "https://data.example.org/records/124"


def hrefs(targets: list[dict[str, str]]) -> list[str]:
    return [one["href"] for one in targets]


def test_the_page_leads_to_everything_that_belongs_to_the_record() -> None:
    page, *_others = orjson.loads(FORMATS["linkset"].render(full_record(), EVERYBODY))["linkset"]
    assert page["anchor"] == PAGE_OF_FULL
    assert hrefs(page["cite-as"]) == ["https://doi.org/10.5072/baton.124"]
    assert "https://orcid.org/0000-0001-8135-3489" in hrefs(page["author"])
    assert "https://creativecommons.org/publicdomain/zero/1.0/" in hrefs(page["license"])
    assert hrefs(page["type"])[0] == PAGE
    assert len(page["describedby"]) == len(FORMATS) - 1
    assert [one["type"] for one in page["item"]] == [one.mimetype for one in full_record().files]


def test_files_and_documents_lead_back_to_the_page() -> None:
    page, *others = orjson.loads(FORMATS["linkset"].render(full_record(), EVERYBODY))["linkset"]
    back = [{"href": PAGE_OF_FULL, "type": "text/html"}]
    assert {one["anchor"] for one in others if one.get("collection") == back} == set(hrefs(page["item"]))
    assert {one["anchor"] for one in others if one.get("describes") == back} == set(hrefs(page["describedby"]))


def test_files_that_may_not_be_read_are_not_named() -> None:
    assert "/files/" not in FORMATS["linkset"].render(full_record(), NO_FILES).decode()
    assert '"item"' not in link_header(signposts(full_record(), NO_FILES))


def test_a_header_says_what_the_link_set_says() -> None:
    for record in (full_record(), minimal_record(), hostile_record()):
        page = signposts(record, EVERYBODY)
        said = [(one["rel"], one["url"]) for one in parse_header_links(link_header(page))]
        assert said == [(rel, href) for rel, targets in page.items() if rel != "anchor" for href in hrefs(targets)]
        assert all(urlsplit(address).scheme in {"http", "https"} for _rel, address in said)
        assert link_header(page).isprintable()


def test_a_profile_does_not_break_the_header() -> None:
    links = {one["url"]: one for one in parse_header_links(link_header(signposts(full_record(), EVERYBODY)))}
    crate = links[f"{PAGE_OF_FULL}/export/ro-crate"]
    assert (crate["type"], crate["profile"]) == ("application/ld+json", "https://w3id.org/ro/crate/1.1")


def test_link_sets_hold_texts_alone_which_programs_of_the_field_take_for_granted() -> None:
    for links in orjson.loads(FORMATS["linkset"].render(full_record(), EVERYBODY))["linkset"]:
        targets = [one for relation, found in links.items() if relation != "anchor" for one in found]
        assert all(isinstance(value, str) for one in targets for value in one.values())


def test_long_lists_stand_in_the_link_set_only() -> None:
    files = tuple(file_entry(f"{number}.csv") for number in range(MOST_IN_HEADER + 1))
    record = replace(full_record(), files=files, totals=Totals(5000, 5000 * 42))
    assert 'rel="item"' not in link_header(signposts(record, EVERYBODY))
    page, *_others = orjson.loads(FORMATS["linkset"].render(record, EVERYBODY))["linkset"]
    assert hrefs(page["item"])[-1] == f"{EVERYBODY.base_url}/api/records/124/files-archive"
