"""What every search backend must do. A subclass gives the fixture `backend`: one with an index and nothing in it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.search.made import ALICE, BOB, START, ask, file_named, make_draft, make_record, person

from baton.kernel.errors import InvalidInput
from baton.records.record import Record
from baton.search.backend import Backend, Facet, Hit, Reader, SearchRequest
from baton.search.documents import document, documents, key_of
from baton.search.query import field_is, parse

ALICE_READS = Reader((f"user:{ALICE}",))
BOB_READS = Reader((f"user:{BOB}",))
ADMIN = Reader(is_admin=True)


def fill(backend: Backend, *records: Record) -> None:
    backend.apply(list(documents(records)), [])


def order(backend: Backend, sort: str, text: str = "") -> list[int]:
    return [hit.record_id for hit in backend.search(SearchRequest(tree=parse(text).tree, sort=sort)).hits]


def counts(facets: Sequence[Facet], name: str) -> dict[str, int]:
    return {bucket.key: bucket.doc_count for facet in facets if facet.name == name for bucket in facet.buckets}


class WritingConformance:
    def test_an_empty_index_answers(self, backend: Backend) -> None:
        result = backend.search(SearchRequest(facets=("subject", "resource_type")))
        assert (result.hits, result.total) == ((), 0)
        assert result.facets == (Facet("subject", ()), Facet("resource_type", ()))

    def test_what_is_applied_is_found_at_once(self, backend: Backend) -> None:
        fill(backend, make_record(1, metadata={"title": "Corals"}))
        assert backend.search(SearchRequest(tree=parse("corals").tree)).hits == (Hit(1, is_draft=False),)

    def test_a_document_takes_the_place_of_the_one_before(self, backend: Backend) -> None:
        fill(backend, make_record(1, metadata={"title": "Corals"}))
        fill(backend, make_record(1, metadata={"title": "Sponges"}))
        assert ask(backend, "corals") == []
        assert ask(backend, "sponges") == [1]

    def test_what_is_deleted_is_gone(self, backend: Backend) -> None:
        fill(backend, make_record(1), make_record(2), make_record(3))
        backend.apply([], [key_of(1, is_draft=False), key_of(7, is_draft=True)])
        assert ask(backend) == [2, 3]

    def test_changes_in_one_batch_belong_together(self, backend: Backend) -> None:
        fill(backend, make_draft(1))
        backend.apply([document(make_record(1))], [key_of(1, is_draft=True)])
        assert ask(backend, reader=ADMIN, scope="mine", owner_id=ALICE) == [1]
        assert ask(backend) == [1]

    def test_applying_twice_is_applying_once(self, backend: Backend) -> None:
        for _ in range(2):
            fill(backend, make_record(1), make_record(2))
        assert ask(backend) == [1, 2]

    def test_a_rebuild_replaces_everything(self, backend: Backend) -> None:
        fill(backend, make_record(1))
        backend.rebuild([document(make_record(2)), document(make_record(3))])
        assert ask(backend) == [2, 3]
        fill(backend, make_record(4))
        assert ask(backend) == [2, 3, 4]

    def test_changes_come_last_in_a_rebuild(self, backend: Backend) -> None:
        later = [([document(make_record(1, metadata={"title": "New"}))], [key_of(2, is_draft=False)])]
        backend.rebuild([document(make_record(1)), document(make_record(2)), document(make_record(3))], later)
        assert ask(backend) == [1, 3]
        assert ask(backend, "new") == [1]

    def test_a_rebuild_that_fails_leaves_the_index_as_it_was(self, backend: Backend) -> None:
        fill(backend, make_record(1))
        with pytest.raises(ZeroDivisionError):
            backend.rebuild(document(make_record(2 // n)) for n in (1, 0))
        assert ask(backend) == [1]
        fill(backend, make_record(2))
        assert ask(backend) == [1, 2]

    def test_the_index_answers_while_it_is_rebuilt(self, backend: Backend) -> None:
        fill(backend, make_record(1))
        seen = []

        def slowly() -> Any:
            for number in range(2, 200):
                yield document(make_record(number))
                if number % 50 == 0:
                    seen.append(ask(backend))

        backend.rebuild(slowly())
        assert seen == [[1]] * 3
        assert ask(backend) == list(range(2, 200))


class QueryConformance:
    @pytest.fixture
    def library(self, backend: Backend) -> Backend:
        """A few records that differ in everything."""
        fill(
            backend,
            make_record(
                1,
                metadata={
                    "title": "Deep sea corals of the Mediterranean",
                    "description": "<p>An étude of <i>Lophelia</i> reefs; methods and data.</p>",
                    "creators": [person("Doe, Jane", orcid="0000-0002-1825-0097", affiliation="University of Split")],
                    "subjects": [{"subject": "Marine biology"}, {"subject": "Corals"}],
                    "resource_type": {"id": "dataset"},
                    "publication_date": "2019-05",
                    "rights": [{"id": "cc-by-4.0"}],
                    "funding": [
                        {"funder": {"id": "00k4n6c32", "name": "European Commission"}, "award": {"number": "755013"}}
                    ],
                    "version": "v1.2",
                },
                custom_fields={"journal:journal": {"title": "Marine Letters", "volume": "12"}},
                files=(file_named("tables/depths.csv"), file_named("map.PNG")),
            ),
            make_record(
                2,
                metadata={
                    "title": "机器学习方法 for sea ice",
                    "description": "Machine learning methods",
                    "creators": [person("Müller, Jörg"), person("Doe, John")],
                    "subjects": [{"subject": "Machine learning"}],
                    "resource_type": {"id": "publication-article"},
                    "publication_date": "2021-01-10",
                    "languages": [{"id": "deu"}],
                },
                files=(file_named("paper.pdf"),),
            ),
            make_record(
                3,
                owner_id=BOB,
                metadata={
                    "title": "C++ toolkit",
                    "resource_type": {"id": "software"},
                    "publication_date": "1998/2000",
                    "creators": [person("Roe, Richard")],
                    "related_identifiers": [
                        {"identifier": "10.1000/xyz", "scheme": "doi", "relation_type": {"id": "cites"}}
                    ],
                },
            ),
        )
        return backend

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", [1, 2, 3]),
            ("sea", [1, 2]),
            ("sea corals", [1]),
            ("sea OR toolkit", [1, 2, 3]),
            ("sea AND NOT ice", [1]),
            ("NOT sea", [3]),
            ("sea -corals", [2]),
            ("(corals OR ice) AND sea", [1, 2]),
            ('"deep sea"', [1]),
            ('"sea deep"', []),
            ('"deep corals"', []),
            ('"deep corals"~1', [1]),
            ("etude", [1]),
            ("ÉTUDE", [1]),
            ("Mueller", []),
            ("muller", [2]),
            ("机器学习", [2]),
            ("学习", [2]),
            ("习学", []),
            ("C++", [3]),
            ("lophe*", [1]),
            ("l?phelia", [1]),
            ("?ophelia", [1]),
            ("*phelia", []),
            ("lofelia~", [1]),
            ("title:corals", [1]),
            ("metadata.title:(deep OR toolkit)", [1, 3]),
            ("description:learning", [2]),
            ('keywords:"marine biology"', [1]),
            ('keywords:"biology corals"~5', []),
            ('creators.name:"Doe, Jane"', [1]),
            ("creators.name:doe", [1, 2]),
            ("creators.orcid:0000-0002-1825-0097", [1]),
            ("0000-0002-1825-0097", [1]),
            ('creators.affiliation:"university of split"', [1]),
            ("split", [1]),
            ('doi:"10.5072/baton.1"', [1]),
            ("10.5072/BATON.1", [1]),
            ("https://doi.org/10.5072/baton.1", [1]),
            ("doi:10.5072/*", [1, 2, 3]),
            ("conceptdoi:10.5072/baton.1000002", [2]),
            ("conceptrecid:1000002", [2]),
            ("recid:2", [2]),
            ("id:[2 TO *]", [2, 3]),
            ("type:publication", [2]),
            ("subtype:article", [2]),
            ("resource_type.id:publication-article", [2]),
            ("license.id:CC-BY-4.0", [1]),
            ("language:de", [2]),
            ("grants.code:755013", [1]),
            ('grants.funder.name:"european commission"', [1]),
            ("grants.funder.doi:10.13039/501100000780", [1]),
            ("related.identifier:10.1000/xyz", [3]),
            ('journal.title:"marine letters"', [1]),
            (r"custom_fields.journal\:journal.volume:12", [1]),
            ("version:v1.2", [1]),
            ("version:1", [1, 2, 3]),
            ("owners:2", [3]),
            ("filetype:csv", [1]),
            ("filename:depths.csv", [1]),
            ("filecount:[1 TO *]", [1, 2]),
            ("filesize:20", [1]),
            ("access_right:open", [1, 2, 3]),
            ("publication_date:2019", [1]),
            ("publication_date:1999", [3]),
            ("publication_date:[2019-05-31 TO 2021-01-10]", [1, 2]),
            ("publication_date:[* TO 2019-04-30]", [3]),
            ("publication_date:{2019-05 TO *}", [2]),
            ("created:2024-03-01", [1, 2, 3]),
            ("created:[2024-03-01T14:00:00 TO *]", [2, 3]),
            ("created:<2024-03-01", []),
            ("_exists_:journal.title", [1]),
            (r"_exists_:custom_fields.journal\:journal", [1]),
            ("_exists_:files.types", [1, 2]),
            ("NOT _exists_:keywords", [3]),
            ("communities:anything", []),
            ("metadata.nosuch.field:sea", []),
            ("nosuch:sea", []),
            ("Marine: biology", [1]),
            ("(sea", [1, 2]),
            ('"sea', [1, 2]),
            ("sea AND", [1, 2]),
        ],
    )
    def test_a_query_finds(self, library: Backend, text: str, expected: list[int]) -> None:
        assert ask(library, text) == expected

    def test_the_best_match_comes_first(self, library: Backend) -> None:
        fill(library, make_record(4, metadata={"title": "Other", "description": "corals corals corals"}))
        assert order(library, "bestmatch", "corals") == [1, 4]
        assert order(library, "bestmatch", "other^9 OR corals") == [4, 1]

    def test_conditions_do_not_change_the_order(self, library: Backend) -> None:
        plain = order(library, "bestmatch", "sea OR methods OR toolkit")
        narrowed = library.search(
            SearchRequest(
                tree=parse("sea OR methods OR toolkit").tree,
                reader=ALICE_READS,
                extra=(field_is("access_right", ["open"]),),
                filters={"publication_date": ["1990..2030"]},
            )
        )
        assert [hit.record_id for hit in narrowed.hits] == plain

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
    @given(text=st.text(max_size=40) | st.text('abcé机"()[]{}:*?~^\\/+-!&| 012.', max_size=30))
    def test_nothing_typed_breaks_the_engine(self, library: Backend, text: str) -> None:
        library.search(SearchRequest(tree=parse(text).tree, facets=("subject",)))

    @pytest.mark.parametrize(
        "text",
        [
            "a*??????????????b",
            "*".join("abcdefghijklmnop"),
            "(a*b?c*d?e" * 3,
            "x" * 64 + "~2",
            "日*?*?*本",
            "a.*(b|c)+*",
        ],
    )
    def test_hostile_patterns_are_answered(self, library: Backend, text: str) -> None:
        library.search(SearchRequest(tree=parse(text).tree))


class AccessConformance:
    @pytest.fixture
    def guarded(self, backend: Backend) -> Backend:
        """Alice's: 1 public, 2 restricted, 3 a draft, 4 public with an open edit. Bob's: 5 restricted."""
        subject = {"subjects": [{"subject": "Secrets"}]}
        fill(
            backend,
            make_record(1, metadata=subject),
            make_record(2, metadata=subject, access={"record": "restricted"}),
            make_draft(3, metadata=subject),
            make_record(4, metadata=subject),
            make_draft(4, metadata={**subject, "title": "Edited"}, is_published=True),
            make_record(5, owner_id=BOB, metadata=subject, access={"record": "restricted"}),
        )
        return backend

    @pytest.mark.parametrize(
        ("reader", "scope", "owner", "expected"),
        [
            (Reader(), "published", None, [1, 4]),
            (ALICE_READS, "published", None, [1, 2, 4]),
            (BOB_READS, "published", None, [1, 4, 5]),
            (Reader(("user:99", "group:x")), "published", None, [1, 4]),
            (ADMIN, "published", None, [1, 2, 4, 5]),
            (ALICE_READS, "mine", ALICE, [1, 2, 3, 4]),
            (BOB_READS, "mine", BOB, [5]),
            (BOB_READS, "mine", ALICE, [1]),
            (ADMIN, "mine", ALICE, [1, 2, 3, 4]),
            (Reader(), "mine", None, []),
        ],
    )
    def test_hits_totals_and_facets_hold_only_what_the_reader_may_see(
        self, guarded: Backend, reader: Reader, scope: Any, owner: int | None, expected: list[int]
    ) -> None:
        for text in ("", "keywords:secrets", "NOT nosuch"):
            request = SearchRequest(
                tree=parse(text).tree, reader=reader, scope=scope, owner_id=owner, facets=("subject", "access_status")
            )
            result = guarded.search(request)
            assert sorted(hit.record_id for hit in result.hits) == expected
            assert result.total == len(expected)
            assert sum(counts(result.facets, "subject").values()) == len(expected)
            assert sum(counts(result.facets, "access_status").values()) == len(expected)

    @pytest.mark.parametrize(
        "text", ["recid:2", "doi:10.5072/baton.2", "_exists_:title", "NOT recid:1", "recid:[1 TO 9]"]
    )
    def test_no_query_reaches_what_is_closed(self, guarded: Backend, text: str) -> None:
        assert set(ask(guarded, text)) <= {1, 4}
        assert set(ask(guarded, f"{text} OR acl:restricted OR state:draft")) <= {1, 4}

    def test_the_public_never_sees_drafts(self, guarded: Backend) -> None:
        for reader in (Reader(), ALICE_READS, ADMIN):
            for all_versions in (False, True):
                assert 3 not in ask(guarded, reader=reader, all_versions=all_versions)
                assert ask(guarded, "edited", reader=reader, all_versions=all_versions) == []

    def test_ones_own_list_shows_the_draft_rather_than_what_is_published(self, guarded: Backend) -> None:
        for all_versions in (False, True):
            request = SearchRequest(reader=ALICE_READS, scope="mine", owner_id=ALICE, all_versions=all_versions)
            hits = set(guarded.search(request).hits)
            assert hits == {
                Hit(1, is_draft=False),
                Hit(2, is_draft=False),
                Hit(3, is_draft=True),
                Hit(4, is_draft=True),
            }


class VersionsConformance:
    @pytest.fixture
    def versioned(self, backend: Backend) -> Backend:
        """A work with two published versions and an open third, and another work."""
        work = {"work_id": 90}
        fill(
            backend,
            make_record(1, **work, version_index=1, is_latest=False),
            make_record(2, **work, version_index=2),
            make_draft(3, **work, version_index=3),
            make_record(4),
        )
        return backend

    def test_only_the_newest_version_is_found(self, versioned: Backend) -> None:
        assert ask(versioned) == [2, 4]
        assert ask(versioned, all_versions=True) == [1, 2, 4]

    def test_versions_of_one_work(self, versioned: Backend) -> None:
        request = SearchRequest(work_id=90, all_versions=True, sort="version")
        assert [hit.record_id for hit in versioned.search(request).hits] == [2, 1]

    def test_ones_own_list_has_the_newest_state_of_each_work(self, versioned: Backend) -> None:
        mine: dict[str, Any] = {"reader": ALICE_READS, "scope": "mine", "owner_id": ALICE}
        assert ask(versioned, **mine) == [3, 4]
        assert ask(versioned, all_versions=True, **mine) == [1, 2, 3, 4]
        assert ask(versioned, filters={"status": ["draft"]}, **mine) == [3]
        assert ask(versioned, filters={"is_published": ["true"]}, **mine) == [4]


class FacetConformance:
    @pytest.fixture
    def shelves(self, backend: Backend) -> Backend:
        kinds = ["dataset", "dataset", "publication-article", "publication-article", "publication-book", "software"]
        for number, kind in enumerate(kinds, start=1):
            metadata = {
                "resource_type": {"id": kind},
                "publication_date": f"{2016 + number}-06",
                "subjects": [{"subject": "Odd" if number % 2 else "Even"}, {"subject": "Both Kinds"}],
            }
            fill(
                backend,
                make_record(number, metadata=metadata, files=(file_named(f"a.{'csv' if number < 4 else 'zip'}"),)),
            )
        return backend

    def search(self, backend: Backend, **more: Any) -> Any:
        facets = ("resource_type", "subject", "publication_date", "file_type", "access_status")
        return backend.search(SearchRequest(facets=facets, **more))

    def test_values_are_counted(self, shelves: Backend) -> None:
        result = self.search(shelves)
        assert [facet.name for facet in result.facets] == [
            "resource_type",
            "subject",
            "publication_date",
            "file_type",
            "access_status",
        ]
        assert counts(result.facets, "subject") == {"Both Kinds": 6, "Odd": 3, "Even": 3}
        assert list(counts(result.facets, "publication_date")) == ["2017", "2018", "2019", "2020", "2021", "2022"]
        assert counts(result.facets, "file_type") == {"csv": 3, "zip": 3}
        assert counts(result.facets, "access_status") == {"open": 6}

    def test_types_have_two_levels(self, shelves: Backend) -> None:
        (types,) = (facet for facet in self.search(shelves).facets if facet.name == "resource_type")
        levels = {bucket.key: {inner.key: inner.doc_count for inner in bucket.inner} for bucket in types.buckets}
        assert levels == {
            "dataset": {},
            "software": {},
            "publication": {"publication-article": 2, "publication-book": 1},
        }
        assert types.buckets[0].key == "publication"

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ({"resource_type": ["dataset"]}, [1, 2]),
            ({"resource_type": ["dataset", "software"]}, [1, 2, 6]),
            ({"resource_type": ["publication"]}, [3, 4, 5]),
            ({"resource_type": ["publication::publication-book", "software"]}, [5, 6]),
            ({"resource_type": ["publication"], "file_type": ["zip"]}, [4, 5]),
            ({"subject": ["Odd"], "file_type": ["csv", "zip"]}, [1, 3, 5]),
            ({"subject": ["odd"]}, []),
            ({"publication_date": ["2018..2020"]}, [2, 3, 4]),
            ({"publication_date": ["[2018..2020)"]}, [2, 3]),
            ({"publication_date": ["2018", "2022"]}, [2, 6]),
            ({"access_status": ["restricted"]}, []),
        ],
    )
    def test_or_inside_a_facet_and_and_between(
        self, shelves: Backend, filters: dict[str, list[str]], expected: list[int]
    ) -> None:
        assert ask(shelves, filters=filters) == expected

    def test_a_choice_leaves_the_counts_of_its_own_facet(self, shelves: Backend) -> None:
        result = self.search(shelves, filters={"file_type": ["csv"], "subject": ["Odd"]})
        assert result.total == 2
        assert counts(result.facets, "file_type") == {"csv": 2, "zip": 1}
        assert counts(result.facets, "subject") == {"Both Kinds": 3, "Odd": 2, "Even": 1}
        assert counts(result.facets, "resource_type") == {"dataset": 1, "publication": 1}

    def test_a_choice_is_shown_even_if_it_is_not_among_the_commonest(self, shelves: Backend) -> None:
        for number in range(10, 40):
            fill(
                shelves,
                make_record(number, metadata={"subjects": [{"subject": f"S{n}"} for n in range(number % 12 + 1)]}),
            )
        result = self.search(shelves, filters={"subject": ["Even", "S11"]})
        found = counts(result.facets, "subject")
        assert found["Even"] == 3
        assert found["S11"] == 3
        assert len(found) <= 12

    def test_facets_follow_the_query(self, shelves: Backend) -> None:
        result = self.search(shelves, tree=parse("keywords:even").tree)
        assert counts(result.facets, "subject") == {"Both Kinds": 3, "Even": 3}


class OrderConformance:
    def test_newest_and_oldest(self, backend: Backend) -> None:
        fill(backend, make_record(3), make_record(1), make_record(2))
        assert order(backend, "newest") == [3, 2, 1]
        assert order(backend, "mostrecent") == [3, 2, 1]
        assert order(backend, "oldest") == [1, 2, 3]
        assert order(backend, "-mostrecent") == [1, 2, 3]

    def test_by_last_change(self, backend: Backend) -> None:
        fill(backend, make_record(1, updated_at=START + timedelta(days=9)), make_record(2), make_record(3))
        assert order(backend, "updated-desc") == [1, 3, 2]
        assert order(backend, "updated-asc") == [2, 3, 1]

    def test_by_publication_date(self, backend: Backend) -> None:
        for number, date in enumerate(["2003", "1999-05-02", "2003-06", "1850"], start=1):
            fill(backend, make_record(number, metadata={"publication_date": date}))
        assert order(backend, "publication-desc") == [3, 1, 2, 4]
        assert order(backend, "publication_date") == [3, 1, 2, 4]
        assert order(backend, "publication-asc") == [4, 2, 1, 3]
        assert order(backend, "-publication_date") == [4, 2, 1, 3]

    def test_by_place_in_a_journal(self, backend: Backend) -> None:
        for number, place in enumerate(
            [("12", "2", "7-9"), ("2", "1", "1"), ("12", "2", "100"), ("", "", "")], start=1
        ):
            journal = dict(zip(("volume", "issue", "pages"), place, strict=True))
            fill(backend, make_record(number, custom_fields={"journal:journal": journal}))
        assert order(backend, "journal-desc") == [2, 1, 3, 4]
        assert order(backend, "-journal") == [2, 1, 3, 4]

    def test_by_conference_session_with_none_last(self, backend: Backend) -> None:
        for number, session in enumerate(["VI", "", "IX"], start=1):
            fill(backend, make_record(number, custom_fields={"meeting:meeting": {"session": session}}))
        assert order(backend, "conference-desc") == [1, 3, 2]
        assert order(backend, "-conference_session") == [3, 1, 2]

    def test_pages_follow_one_another(self, backend: Backend) -> None:
        fill(backend, *(make_record(number) for number in range(1, 31)))
        pages = [backend.search(SearchRequest(page=page, size=12)) for page in (1, 2, 3, 4)]
        assert [hit.record_id for page in pages for hit in page.hits] == list(range(30, 0, -1))
        assert [page.total for page in pages] == [30] * 4


class WalkingConformance:
    def walk(self, backend: Backend, between_pages: Any = lambda: None, **asked: Any) -> list[int]:
        found: list[int] = []
        after: int | None = None
        for _page in range(50):
            result = backend.search(SearchRequest(after=after, size=2, **asked))
            found += [hit.record_id for hit in result.hits]
            after = result.last
            if len(result.hits) < 2:
                return found
            between_pages()
        pytest.fail("the walk does not end")

    @pytest.mark.parametrize("sort", ["newest", "oldest", "updated-asc", "updated-desc", "version"])
    def test_a_walk_comes_by_everything_once_in_its_order(self, backend: Backend, sort: str) -> None:
        fill(backend, *(make_record(number) for number in range(1, 8)))
        assert self.walk(backend, sort=sort) == order(backend, sort)
        assert len(self.walk(backend, sort=sort)) == 7

    def test_what_is_published_meanwhile_moves_nothing(self, backend: Backend) -> None:
        fill(backend, *(make_record(number, published_at=START + timedelta(days=number)) for number in range(1, 6)))
        coming = iter(range(6, 100))

        def publish() -> None:
            number = next(coming)
            fill(backend, make_record(number, published_at=START + timedelta(days=number)))

        assert self.walk(backend, publish, sort="newest") == [5, 4, 3, 2, 1]

    def test_every_page_tells_how_many_there_are_in_all(self, backend: Backend) -> None:
        fill(backend, *(make_record(number) for number in range(1, 6)))
        first = backend.search(SearchRequest(sort="newest", size=2))
        second = backend.search(SearchRequest(sort="newest", size=2, after=first.last))
        assert (first.total, second.total) == (5, 5)

    def test_relevance_gives_no_places(self, backend: Backend) -> None:
        fill(backend, make_record(1, metadata={"title": "Corals"}))
        assert backend.search(SearchRequest(tree=parse("corals").tree)).last is None
        with pytest.raises(InvalidInput):
            backend.search(SearchRequest(tree=parse("corals").tree, after=1))
