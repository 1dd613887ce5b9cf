"""Depositions, files and buckets in the legacy deposit API's JSON."""

import orjson
import pytest
from tests.exports.samples import (
    BASE,
    NO_FILES,
    OWNER,
    empty_draft,
    file_entry,
    full_record,
    hostile_record,
    make_body,
    make_draft,
    pending_file,
)

from baton.exports.legacy_terms import CONTRIBUTOR_TYPES, RELATIONS
from baton.identifiers.policy import DoiPolicy
from baton.vocabularies.builtin import find
from baton.zenodo.deposition import (
    bucket_file_json,
    deposition_file_json,
    deposition_files_json,
    deposition_json,
)

POLICY = DoiPolicy("10.5072", "baton.{id}")
PUBLISHED = deposition_json(full_record(), OWNER, POLICY)
EMPTY = deposition_json(empty_draft(), OWNER, POLICY)
RESERVED = make_body({"title": "T"}, pids={"doi": {"identifier": "10.5072/baton.124", "provider": "datacite"}})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("created", "2024-05-30T08:00:00.123456+00:00"),
        ("modified", "2024-05-31T09:30:00+00:00"),
        ("id", 124),
        ("record_id", 124),
        ("conceptrecid", "123"),
        ("doi", "10.5072/baton.124"),
        ("doi_url", "https://doi.org/10.5072/baton.124"),
        ("conceptdoi", "10.5072/baton.123"),
        ("owner", 7),
        ("title", "A study of everything"),
        ("state", "done"),
        ("submitted", True),
    ],
)
def test_a_published_deposition_has(field: str, value: object) -> None:
    assert PUBLISHED[field] == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("upload_type", "publication"),
        ("publication_type", "article"),
        ("doi", "10.5072/baton.124"),
        ("license", "cc-zero"),
        ("imprint_publisher", "Example Press"),
        ("imprint_isbn", "978-3-16-148410-0"),
        ("partof_title", "Big Book"),
        ("journal_title", "Journal of All"),
        ("conference_acronym", "GM'24"),
        ("conference_session_part", "1"),
        ("thesis_university", "Uni of Life"),
        ("communities", [{"identifier": "c1"}, {"identifier": "c2"}]),
        ("grants", [{"id": "10.13039/501100000780::755021"}]),
        ("prereserve_doi", {"doi": "10.5072/baton.124", "recid": 124}),
        (
            "related_identifiers",
            [
                {
                    "identifier": "10.1234/foo",
                    "relation": "isSupplementTo",
                    "resource_type": "dataset",
                    "scheme": "doi",
                },
                {"identifier": "https://example.com/part", "relation": "hasPart", "scheme": "url"},
                {"identifier": "2011ApJS..192...18K", "relation": "isAlternateIdentifier", "scheme": "ads"},
            ],
        ),
    ],
)
def test_metadata_are_in_the_form_in_which_they_are_deposited(field: str, value: object) -> None:
    assert PUBLISHED["metadata"][field] == value


def test_an_empty_deposition() -> None:
    assert {name: EMPTY[name] for name in ("title", "state", "submitted", "files", "metadata")} == {
        "title": "",
        "state": "unsubmitted",
        "submitted": False,
        "files": [],
        "metadata": {"access_right": "open", "prereserve_doi": {"doi": "10.5072/baton.124", "recid": 124}},
    }


def test_a_doi_stands_at_the_top_only_once_published() -> None:
    draft = deposition_json(make_draft(RESERVED), OWNER, POLICY)
    assert {"doi", "doi_url", "conceptdoi"}.isdisjoint(draft)
    assert draft["metadata"]["doi"] == "10.5072/baton.124"
    edit = deposition_json(make_draft(RESERVED, is_published=True), OWNER, POLICY)
    assert (edit["doi"], edit["state"], edit["submitted"]) == ("10.5072/baton.124", "inprogress", True)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("self", f"{BASE}/api/deposit/depositions/124"),
        ("html", f"{BASE}/uploads/124"),
        ("bucket", f"{BASE}/api/files/5a2f0b9e-0000-4000-8000-00000000000b"),
        ("files", f"{BASE}/api/deposit/depositions/124/files"),
        ("publish", f"{BASE}/api/deposit/depositions/124/actions/publish"),
        ("edit", f"{BASE}/api/deposit/depositions/124/actions/edit"),
        ("discard", f"{BASE}/api/deposit/depositions/124/actions/discard"),
        ("newversion", f"{BASE}/api/deposit/depositions/124/actions/newversion"),
        ("latest_draft", f"{BASE}/api/deposit/depositions/124"),
        ("latest_draft_html", f"{BASE}/uploads/124"),
    ],
)
def test_a_draft_links_to(name: str, address: str) -> None:
    assert EMPTY["links"][name] == address


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("self", f"{BASE}/api/records/124"),
        ("html", f"{BASE}/records/124"),
        ("bucket", f"{BASE}/api/files/5a2f0b9e-0000-4000-8000-00000000000b"),
        ("doi", "https://doi.org/10.5072/baton.124"),
        ("parent_doi", "https://doi.org/10.5072/baton.123"),
        ("record", f"{BASE}/api/records/124"),
        ("record_html", f"{BASE}/records/124"),
        ("latest", f"{BASE}/api/records/124/versions/latest"),
        ("latest_html", f"{BASE}/records/124/latest"),
        ("newversion", f"{BASE}/api/deposit/depositions/124/actions/newversion"),
    ],
)
def test_a_published_deposition_links_to(name: str, address: str) -> None:
    assert PUBLISHED["links"][name] == address


def test_what_is_not_published_has_no_record_to_link_to() -> None:
    assert {"record", "record_html", "latest", "doi", "parent_doi"}.isdisjoint(EMPTY["links"])


def test_a_file_has_a_bare_checksum() -> None:
    draft = make_draft(make_body())
    assert deposition_file_json(draft, draft.files[0], OWNER) == {
        "id": "5a2f0b9e-0000-4000-8000-000000000001",
        "filename": "data/table 1.csv",
        "filesize": 42,
        "checksum": "0123456789abcdef0123456789abcdef",
        "links": {
            "self": f"{BASE}/api/deposit/depositions/124/files/5a2f0b9e-0000-4000-8000-000000000001",
            "download": f"{BASE}/api/records/124/draft/files/data/table%201.csv/content",
        },
    }


def test_a_published_file_is_downloaded_from_the_record() -> None:
    assert PUBLISHED["files"][1]["links"]["download"] == f"{BASE}/api/records/124/files/paper.pdf/content"


def test_a_file_that_has_not_arrived_is_not_listed() -> None:
    draft = make_draft(make_body(), files=(pending_file(), file_entry("here.txt", size=0)))
    listed = [(file["filename"], file["filesize"]) for file in deposition_files_json(draft, draft.files, OWNER)]
    assert listed == [("here.txt", 0)]


def test_files_that_may_not_be_read_are_not_shown() -> None:
    assert deposition_json(full_record(), NO_FILES, POLICY)["files"] == []


def test_a_file_of_a_bucket_names_the_algorithm() -> None:
    own = f"{BASE}/api/files/5a2f0b9e-0000-4000-8000-00000000000b/data/table%201.csv"
    assert bucket_file_json(full_record(), file_entry(), OWNER) == {
        "created": "2024-05-30T08:00:00.123456+00:00",
        "updated": "2024-05-30T08:00:00.123456+00:00",
        "version_id": "5a2f0b9e-0000-4000-8000-000000000002",
        "key": "data/table 1.csv",
        "size": 42,
        "mimetype": "text/csv",
        "checksum": "md5:0123456789abcdef0123456789abcdef",
        "sha256": "ab" * 32,
        "last_verified": None,
        "verification": "pending",
        "is_head": True,
        "delete_marker": False,
        "links": {
            "self": own,
            "version": f"{own}?version_id=5a2f0b9e-0000-4000-8000-000000000002",
            "uploads": f"{own}?uploads=1",
        },
    }


def test_hostile_text_stays_text() -> None:
    assert orjson.loads(orjson.dumps(deposition_json(hostile_record(), OWNER, POLICY)))["id"] == 124


DOCUMENTED_RELATIONS = (
    "isCitedBy cites isSupplementTo isSupplementedBy isContinuedBy continues isDescribedBy describes hasMetadata"
    " isMetadataFor isNewVersionOf isPreviousVersionOf isPartOf hasPart isReferencedBy references isDocumentedBy"
    " documents isCompiledBy compiles isVariantFormOf isOriginalFormOf isIdenticalTo isReviewedBy reviews isDerivedFrom"
    " isSourceOf requires isRequiredBy isObsoletedBy obsoletes"
)
DOCUMENTED_CONTRIBUTORS = (
    "ContactPerson DataCollector DataCurator DataManager Distributor Editor HostingInstitution Producer ProjectLeader"
    " ProjectManager ProjectMember RegistrationAgency RegistrationAuthority RelatedPerson Researcher ResearchGroup"
    " RightsHolder Supervisor Sponsor WorkPackageLeader Other"
)
DOCUMENTED_TYPES = (
    "publication poster presentation dataset image video software lesson physicalobject other"
    " publication-annotationcollection publication-book publication-section publication-conferencepaper"
    " publication-datamanagementplan publication-article publication-patent publication-preprint"
    " publication-deliverable publication-milestone publication-proposal publication-report"
    " publication-softwaredocumentation publication-taxonomictreatment publication-technicalnote publication-thesis"
    " publication-workingpaper publication-other image-figure image-plot image-drawing image-diagram image-photo"
    " image-other"
)


@pytest.mark.parametrize(
    ("words", "table", "vocabulary"),
    [
        (DOCUMENTED_RELATIONS, RELATIONS, "relationtypes"),
        (DOCUMENTED_CONTRIBUTORS, CONTRIBUTOR_TYPES, "contributorsroles"),
    ],
)
def test_every_documented_word_is_one_of_the_vocabulary_and_comes_back(
    words: str, table: dict[str, str], vocabulary: str
) -> None:
    assert [word for word in words.split() if find(vocabulary, word.lower()) is None] == []
    assert [table.get(word.lower()) for word in words.split()] == words.split()


def test_every_documented_type_is_one_of_the_vocabulary() -> None:
    assert [kind for kind in DOCUMENTED_TYPES.split() if find("resourcetypes", kind) is None] == []
