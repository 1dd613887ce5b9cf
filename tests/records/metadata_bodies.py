"""Bodies of drafts and the few terms that they refer to."""

from copy import deepcopy
from datetime import date
from typing import Any

from baton.records.metadata.check import Checked, check
from baton.vocabularies.term import Term

TODAY = date(2026, 11, 23)
OWN_PREFIX = "10.5072"

_BUILT_IN = (
    "resourcetypes:dataset resourcetypes:image-photo creatorsroles:editor contributorsroles:rightsholder"
    " titletypes:alternative-title descriptiontypes:methods datetypes:collected languages:eng languages:deu"
    " relationtypes:cites licenses:cc-by-4.0"
)
_NAMED = (
    Term("affiliations", "01ggx4157", {"en": "CERN"}, {"name": "European Organization for Nuclear Research"}),
    Term("funders", "00k4n6c32", {"en": "European Commission"}, {"name": "European Commission", "country": "BE"}),
    Term("subjects", "mesh:D000001", {"en": "Calcimycin"}, {"subject": "Calcimycin", "scheme": "MeSH"}),
    Term(
        "awards",
        "00k4n6c32::101122956",
        {"en": "A project"},
        {"number": "101122956", "acronym": "HARNESS", "program": "HORIZON", "funder": {"id": "00k4n6c32"}},
    ),
    Term("resourcetypes", "publication-dissertation", {"en": "Thesis"}),
    Term("code:programmingLanguages", "python", {"en": "Python"}),
    Term("code:developmentStatus", "active", {"en": "Active"}),
)
TERMS = {
    **{
        (vocabulary, term_id): Term(vocabulary, term_id, {"en": term_id.title()})
        for vocabulary, term_id in (pair.split(":", 1) for pair in _BUILT_IN.split())
    },
    **{(term.vocabulary, term.id): term for term in _NAMED},
}


def check_here(raw: object) -> Checked:
    """The check with the terms, the day and the prefix of these tests."""
    return check(raw, TERMS, today=TODAY, own_prefix=OWN_PREFIX)


def told(raw: object) -> dict[str, str]:
    """The messages of the check by field."""
    return {error.field: error.message for error in check_here(raw).errors}


def minimal() -> dict[str, Any]:
    """What is needed to publish, files aside."""
    return {
        "metadata": {
            "resource_type": {"id": "dataset"},
            "creators": [{"person_or_org": {"type": "personal", "family_name": "Curie", "given_name": "Marie"}}],
            "title": "Radium",
            "publication_date": "1902-07-21",
            "publisher": "Baton",
        }
    }


def with_metadata(**fields: Any) -> dict[str, Any]:
    """The minimal body with these fields of `metadata` set."""
    body = minimal()
    body["metadata"].update(fields)
    return body


def full() -> dict[str, Any]:
    """Every field, written as it is stored."""
    return deepcopy(_FULL)


_PERSON = {
    "type": "personal",
    "name": "Curie, Marie",
    "given_name": "Marie",
    "family_name": "Curie",
    "identifiers": [
        {"scheme": "orcid", "identifier": "0000-0002-1825-0097"},
        {"scheme": "isni", "identifier": "0000 0001 1456 7559"},
        {"scheme": "gnd", "identifier": "gnd:170118215"},
    ],
}
_ORGANISATION = {
    "type": "organizational",
    "name": "CERN",
    "identifiers": [{"scheme": "ror", "identifier": "01ggx4157"}, {"scheme": "edmo", "identifier": "edmo:17"}],
}
_FULL: dict[str, Any] = {
    "metadata": {
        "resource_type": {"id": "dataset"},
        "creators": [
            {
                "person_or_org": _PERSON,
                "role": {"id": "editor"},
                "affiliations": [
                    {"id": "01ggx4157", "name": "European Organization for Nuclear Research"},
                    {"name": "Sorbonne"},
                ],
            }
        ],
        "title": "Radium & polonium",
        "additional_titles": [
            {"title": "Strahlung", "type": {"id": "alternative-title"}, "lang": {"id": "deu"}},
        ],
        "publisher": "Baton",
        "publication_date": "1902-07/1903",
        "subjects": [
            {"id": "mesh:D000001", "subject": "Calcimycin", "scheme": "MeSH"},
            {"subject": "radioactivity"},
        ],
        "contributors": [{"person_or_org": _ORGANISATION, "role": {"id": "rightsholder"}}],
        "dates": [
            {"date": "1898/1902", "type": {"id": "collected"}, "description": "In the shed."},
            {"date": "2020-01-01T10:00:00+01:00", "type": {"id": "collected"}},
            {"date": "-0044-03-15", "type": {"id": "collected"}},
        ],
        "languages": [{"id": "eng"}, {"id": "deu"}],
        "identifiers": [
            {"identifier": "1924MNRAS..84..308E", "scheme": "ads"},
            {"identifier": "ark:/123/456", "scheme": "ark"},
        ],
        "related_identifiers": [
            {
                "identifier": "10.1234/foo.bar",
                "scheme": "doi",
                "relation_type": {"id": "cites"},
                "resource_type": {"id": "image-photo"},
            }
        ],
        "sizes": ["11 pages"],
        "formats": ["application/pdf"],
        "version": "v1.0",
        "rights": [
            {"id": "cc-by-4.0"},
            {
                "title": {"en": "Own terms"},
                "description": {"en": "Be kind.", "de": "Seid nett."},
                "link": "https://example.org/terms",
            },
        ],
        "copyright": "© 1902 Curie",
        "description": '<h1>Method</h1><p dir="ltr">We <b>boiled</b> it &amp; <a href="https://example.org">wrote</a>.</p>',
        "additional_descriptions": [
            {"description": "<p>By hand.</p>", "type": {"id": "methods"}, "lang": {"id": "eng"}},
        ],
        "locations": {
            "features": [
                {
                    "geometry": {"type": "Point", "coordinates": [-32.94682, -60.63932]},
                    "place": "Paris",
                    "identifiers": [
                        {"identifier": "Q39", "scheme": "wikidata"},
                        {"identifier": "https://www.geonames.org/2660646", "scheme": "geonames"},
                    ],
                    "description": "A shed.",
                },
                {
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]],
                    }
                },
            ]
        },
        "funding": [
            {
                "funder": {"id": "00k4n6c32", "name": "European Commission"},
                "award": {
                    "id": "00k4n6c32::101122956",
                    "title": {"en": "A project"},
                    "number": "101122956",
                    "acronym": "HARNESS",
                    "program": "HORIZON",
                },
            },
            {
                "funder": {"name": "Madame"},
                "award": {
                    "title": {"en": "A gift"},
                    "number": "1",
                    "identifiers": [{"identifier": "https://example.org/1", "scheme": "url"}],
                },
            },
        ],
        "references": [
            {"reference": "Becquerel 1896", "identifier": "0000 0001 1456 7559", "scheme": "isni"},
            {"reference": "Röntgen 1895"},
        ],
    },
    "custom_fields": {
        "journal:journal": {"title": "CR", "volume": "1", "issue": "2", "pages": "3-4", "issn": "2077-9550"},
        "meeting:meeting": {
            "title": "Solvay",
            "acronym": "S1",
            "dates": "30 October to 3 November 1911",
            "place": "Brussels",
            "url": "https://example.org/solvay",
            "session": "I",
            "session_part": "1",
            "identifiers": [{"identifier": "10.1234/solvay", "scheme": "doi"}],
        },
        "imprint:imprint": {
            "title": "Proceedings",
            "isbn": "978-3-905673-82-1",
            "pages": "15-23",
            "place": "Paris",
            "edition": "2",
        },
        "thesis:thesis": {
            "university": "Paris",
            "department": "Physics",
            "type": "PhD",
            "date_submitted": "1903-06~",
            "date_defended": "1903-06-25",
        },
        "code:codeRepository": "https://example.org/code",
        "code:programmingLanguage": [{"id": "python"}],
        "code:developmentStatus": {"id": "active"},
        "legacy:communities": ["physics"],
        "legacy:subjects": [{"term": "Radium", "identifier": "https://example.org/r", "scheme": "url"}],
        "dwc:scientificName": ["Puma concolor"],
        "dwc:eventDate": ["2020-02-29"],
        "dwc:decimalLatitude": [45.5, -12.0],
        "gbif-dwc:recordedByID": ["https://orcid.org/0000-0002-1825-0097"],
        "gbif:ampliconSize": [83],
        "dc:creator": ["Marie"],
        "openbiodiv:TaxonomicConceptLabel": ["Puma"],
        "mixs:0000044": ["16S"],
        "obo:RO_0002453": [{"subject": ["Puma"], "object": ["Tick"]}],
        "ac:captureDevice": ["Camera"],
        "ac:digitizationDate": ["1999/2001"],
    },
    "access": {
        "record": "public",
        "files": "restricted",
        "embargo": {"active": True, "until": "2030-01-01", "reason": "Not yet."},
    },
    "pids": {"doi": {"identifier": "10.1234/radium", "provider": "external"}},
    "files": {"enabled": True, "default_preview": "a/b.pdf", "order": ["a/b.pdf", "c.csv"]},
}
