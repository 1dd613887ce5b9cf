"""The upload form: which inputs it has, and where their values live in a record's body. Tables only."""

from baton.web.forms.codecs import (
    AFFILIATIONS,
    HTML,
    INLINE_HTML,
    KEYWORDS,
    LANGUAGES,
    LINES,
    PERSON_IDENTIFIERS,
    PLACE_IDENTIFIERS,
    PROGRAMMING_LANGUAGES,
    REFERENCES,
    TRANSLATED,
    WORK_IDENTIFIERS,
)
from baton.web.forms.inputs import Input, Rows
from baton.web.forms.rows import (
    ORGANISATION,
    read_funding,
    read_licence,
    read_person,
    read_place,
    show_funding,
    show_person,
    show_place,
)

_DATES = "2024, 2024-05 or 2024-05-31; a period has a slash: 2019/2021."

_DATE_ADVICE = "This is no date that we understand. Write 2024, 2024-05 or 2024-05-31."
_IDENTIFIER_ADVICE = "This is not recognised. Check it letter by letter, or choose what kind of identifier it is."

FIELDS = (
    Input(
        "resource_type",
        "Kind",
        "metadata.resource_type.id",
        kind="select",
        options="resourcetypes",
        required=True,
    ),
    Input("title", "Title", "metadata.title", required=True),
    Input(
        "publication_date",
        "Publication date",
        "metadata.publication_date",
        hint=f"When it was first made public, here or elsewhere: {_DATES}",
        required=True,
        advice=_DATE_ADVICE,
    ),
    Input(
        "description",
        "Description",
        "metadata.description",
        HTML,
        "area",
        "What it holds, how it was made, how to use it. Plain text; simple HTML works too.",
    ),
    Input("keywords", "Keywords", "metadata.subjects", KEYWORDS, "area", "One on each line."),
    Input(
        "languages",
        "Languages",
        "metadata.languages",
        LANGUAGES,
        hint="Names or ISO 639-3 codes with commas between them: English, deu.",
        advice="One of these is no language that we know. Write English names or ISO 639-3 codes.",
    ),
    Input("version", "Version", "metadata.version", hint="Your own label, such as 1.2.0. Without one we count."),
    Input(
        "publisher",
        "Publisher",
        "metadata.publisher",
        hint="Who makes it public; as a rule this repository.",
        required=True,
    ),
    Input(
        "references",
        "References",
        "metadata.references",
        REFERENCES,
        "area",
        "The works that yours refers to, one on each line.",
    ),
    Input(
        "identifiers",
        "Other identifiers of the same work",
        "metadata.identifiers",
        WORK_IDENTIFIERS,
        "area",
        "An arXiv number, a handle, an address; one on each line. Where the kind cannot be guessed, write it before, "
        "with a colon and a blank: isbn: 978-3-16-148410-0.",
        advice="One of these is not recognised. Write its kind before it, as in isbn: 978-3-16-148410-0.",
    ),
    Input("sizes", "Sizes", "metadata.sizes", LINES, "area", "In your own words, one on each line: 12 pages, 3 hours."),
    Input("formats", "Formats", "metadata.formats", LINES, "area", "One on each line: application/pdf."),
    Input("copyright", "Copyright", "metadata.copyright", INLINE_HTML, hint="For example: © 2024 The Authors."),
)

_PERSON = (
    Input("type", "Who", "person_or_org.type", kind="select", options="person_types", default="personal"),
    Input("family_name", "Family name or organisation", "person_or_org.family_name"),
    Input("given_name", "Given names", "person_or_org.given_name"),
    Input(
        "identifiers",
        "ORCID iD",
        "person_or_org.identifiers",
        PERSON_IDENTIFIERS,
        hint="Or ISNI, GND, ROR; several with commas.",
        advice="This is not recognised. Check each digit; an ORCID iD looks like 0000-0002-1825-0097.",
    ),
    Input("affiliations", "Affiliations", "affiliations", AFFILIATIONS, "area", "One on each line."),
)
_PERSON_ALSO = {"person_or_org.name": "family_name"}

ROWS = (
    Rows(
        "creators",
        "Creators",
        "creator",
        "metadata.creators",
        (*_PERSON, Input("role", "Role", "role.id", kind="select", options="creatorsroles")),
        "Who made it, in the order in which they are to be cited.",
        spare=1,
        is_ordered=True,
        show=show_person,
        read=read_person,
        also=_PERSON_ALSO,
    ),
    Rows(
        "contributors",
        "Contributors",
        "contributor",
        "metadata.contributors",
        (*_PERSON, Input("role", "Role", "role.id", kind="select", options="contributorsroles")),
        "Who helped: collected or curated data, edited, supervised, gave money.",
        show=show_person,
        read=read_person,
        also=_PERSON_ALSO,
    ),
    Rows(
        "rights",
        "Licences",
        "licence",
        "metadata.rights",
        (
            Input("id", "Licence", "id", kind="select", options="licences"),
            Input("other_id", "Or its SPDX id", "other_id", hint="For one that is not in the list: ofl-1.1"),
            Input("title", "Or your own terms", "title", TRANSLATED),
            Input("description", "What these say", "description", TRANSLATED, "area"),
            Input("link", "Their address", "link"),
        ),
        "What others may do with your work. Without a licence they may do next to nothing.",
        read=read_licence,
    ),
    Rows(
        "additional_titles",
        "More titles",
        "title",
        "metadata.additional_titles",
        (
            Input("title", "Title", "title"),
            Input("type", "Kind", "type.id", kind="select", options="titletypes"),
            Input("lang", "Language code", "lang.id", hint="For example deu."),
        ),
    ),
    Rows(
        "additional_descriptions",
        "More descriptions and notes",
        "description",
        "metadata.additional_descriptions",
        (
            Input("description", "Text", "description", HTML, "area"),
            Input("type", "Kind", "type.id", kind="select", options="descriptiontypes"),
            Input("lang", "Language code", "lang.id", hint="For example deu."),
        ),
        "Abstract, methods, technical remarks, notes.",
    ),
    Rows(
        "dates",
        "More dates",
        "date",
        "metadata.dates",
        (
            Input("date", "Date or period", "date", hint=_DATES, advice=_DATE_ADVICE),
            Input("type", "What happened then", "type.id", kind="select", options="datetypes"),
            Input("description", "Remark", "description"),
        ),
    ),
    Rows(
        "related_identifiers",
        "Related works",
        "related work",
        "metadata.related_identifiers",
        (
            Input("relation_type", "This work …", "relation_type.id", kind="select", options="relationtypes"),
            Input(
                "identifier",
                "Identifier of the other work",
                "identifier",
                hint="A DOI, an address, an ISBN …",
                advice=_IDENTIFIER_ADVICE,
            ),
            Input("scheme", "Kind of identifier", "scheme", kind="select", options="schemes"),
            Input("resource_type", "What the other is", "resource_type.id", kind="select", options="linkable"),
        ),
        "The article that describes the data, the code that made them, an earlier edition.",
    ),
    Rows(
        "funding",
        "Funding",
        "grant",
        "metadata.funding",
        (
            Input("id", "Funder", "funder.id", kind="select", options="funders"),
            Input("name", "Or a funder by name", "funder.name"),
            Input("number", "Number of the award", "award.number"),
            Input("title", "Title of the award", "award.title", TRANSLATED),
        ),
        show=show_funding,
        read=read_funding,
    ),
    Rows(
        "locations",
        "Places",
        "place",
        "metadata.locations.features",
        (
            Input("place", "Name", "place"),
            Input("latitude", "Latitude", "geometry.latitude", hint="Degrees, south negative: 46.2339"),
            Input("longitude", "Longitude", "geometry.longitude", hint="Degrees, west negative: 6.0557"),
            Input("identifiers", "GeoNames or Wikidata", "identifiers", PLACE_IDENTIFIERS),
            Input("description", "Remark", "description"),
            Input("shape", "Other shape", "geometry.shape", kind="hidden"),
        ),
        "Where it comes from or what it is about.",
        show=show_place,
        read=read_place,
        also={"geometry": "longitude"},
    ),
)


def _members(prefix: str, path: str, labels: dict[str, str]) -> tuple[Input, ...]:
    return tuple(
        Input(f"{prefix}_{member}", label, f"custom_fields.{path}.{member}") for member, label in labels.items()
    )


JOURNAL = _members(
    "journal",
    "journal:journal",
    {"title": "Journal", "volume": "Volume", "issue": "Issue", "pages": "Pages", "issn": "ISSN"},
)
MEETING = _members(
    "meeting",
    "meeting:meeting",
    {
        "title": "Conference",
        "acronym": "Acronym",
        "dates": "Dates",
        "place": "Place",
        "url": "Web page",
        "session": "Session",
        "session_part": "Part of the session",
    },
)
IMPRINT = _members(
    "imprint",
    "imprint:imprint",
    {"title": "Book", "isbn": "ISBN", "pages": "Pages", "place": "Place", "edition": "Edition"},
)
THESIS = _members(
    "thesis",
    "thesis:thesis",
    {
        "university": "University",
        "department": "Department",
        "type": "Kind of thesis",
        "date_submitted": "Submitted",
        "date_defended": "Defended",
    },
)
SOFTWARE = (
    Input("code_repository", "Address of the repository", "custom_fields.code:codeRepository"),
    Input(
        "code_language",
        "Programming languages",
        "custom_fields.code:programmingLanguage",
        PROGRAMMING_LANGUAGES,
        hint="With commas between them.",
    ),
    Input(
        "code_status",
        "State of development",
        "custom_fields.code:developmentStatus.id",
        kind="select",
        options="code:developmentStatus",
    ),
)
# Custom fields by the heading under which the form shows them.
CUSTOM = {
    "Journal": JOURNAL,
    "Conference": MEETING,
    "Book or report": IMPRINT,
    "Thesis": THESIS,
    "Software": SOFTWARE,
}

ALL_FIELDS = (*FIELDS, *(each for group in CUSTOM.values() for each in group))
PERSON_TYPES = {"personal": "Person", ORGANISATION: "Organisation"}
