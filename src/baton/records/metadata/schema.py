"""The metadata fields of the RDM dialect, as one table."""

from baton.identifiers.schemes import is_valid
from baton.records.metadata import dates, limits
from baton.records.metadata.fields import Reader, listing, tested, text, thing
from baton.records.metadata.html import html
from baton.records.metadata.identifiers import WORK, all_different, identified
from baton.records.metadata.people import people
from baton.records.metadata.places import locations
from baton.records.metadata.references import award, named, reference, right

_WRONG_DATE = "Please provide a valid date or interval."


def is_url(value: str) -> bool:
    """An http or https address."""
    return is_valid("url", value)


URL = tested(text(limits.IDENTIFIER), is_url, "Not a valid URL.")

_TITLE = text(limits.TITLE, least=3)
_ADDITIONAL_TITLE = thing(
    {"title": _TITLE, "type": reference("titletypes"), "lang": reference("languages")}, required=("title", "type")
)
_DESCRIPTION = html(least=3)
_ADDITIONAL_DESCRIPTION = thing(
    {"description": _DESCRIPTION, "type": reference("descriptiontypes"), "lang": reference("languages")},
    required=("description", "type"),
)
_DATE = thing(
    {
        "date": tested(text(limits.DATE), dates.is_date_interval_or_moment, _WRONG_DATE),
        "type": reference("datetypes"),
        "description": text(limits.PHRASE),
    },
    required=("date", "type"),
)
_RELATED = identified(
    WORK,
    {"relation_type": reference("relationtypes"), "resource_type": reference("resourcetypes")},
    required=("relation_type",),
)
_FUNDING = thing({"funder": named("funders", "name"), "award": award()}, required=("funder",))
_REFERENCE = identified(WORK, {"reference": text(limits.PHRASE)}, required=("reference",), optional=True)

METADATA: Reader = thing(
    {
        "resource_type": reference("resourcetypes"),
        "creators": people("creatorsroles", role_required=False),
        "title": _TITLE,
        "additional_titles": listing(_ADDITIONAL_TITLE),
        "publisher": text(limits.NAME),
        "publication_date": tested(text(limits.DATE), dates.is_publication_date, _WRONG_DATE),
        "subjects": listing(named("subjects", "subject", also=("scheme",))),
        "contributors": people("contributorsroles", role_required=True),
        "dates": listing(_DATE),
        "languages": listing(reference("languages")),
        "identifiers": all_different(WORK),
        "related_identifiers": listing(_RELATED),
        "sizes": listing(text(limits.NAME, blank="Size cannot be a blank string.")),
        "formats": listing(text(limits.NAME, blank="Format cannot be a blank string.")),
        "version": text(limits.VERSION),
        "rights": listing(right(URL)),
        "copyright": html(),
        "description": _DESCRIPTION,
        "additional_descriptions": listing(_ADDITIONAL_DESCRIPTION),
        "locations": locations(),
        "funding": listing(_FUNDING),
        "references": listing(_REFERENCE),
    },
    required=("resource_type", "creators", "title", "publication_date"),
)
