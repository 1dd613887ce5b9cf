"""What each verb answers: the elements inside `OAI-PMH`, from one consistent view of the database."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from baton.access.rules import Action, may
from baton.accounts.actor import ANONYMOUS
from baton.context import Context, Transaction
from baton.exports.openaire import oai_identifier
from baton.exports.view import as_anybody_sees
from baton.exports.xml import Xml, element
from baton.feeds import harvest
from baton.feeds.harvest import Noted, Place, Selection
from baton.kernel import clock
from baton.kernel.ids import LARGEST_ID
from baton.oai import tokens
from baton.oai.arguments import TOKEN
from baton.oai.dates import bounds, written
from baton.oai.errors import OaiError
from baton.oai.formats import METADATA_FORMATS
from baton.oai.sets import all_sets, sets_of
from baton.oai.tokens import Token
from baton.records.queries import load_many
from baton.renditions.queries import find_public, find_renditions

Arguments = Mapping[str, str]
# As the scheme's schema has it: two labels or more, each of which begins with a letter.
_DOMAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z][a-zA-Z0-9-]*)+")
_SCHEME = "http://www.openarchives.org/OAI/2.0/oai-identifier"
_SCHEME_ROOT = {
    "xmlns": _SCHEME,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{_SCHEME} {_SCHEME}.xsd",
}


def identify(context: Context, tx: Transaction, _arguments: Arguments) -> list[Xml]:
    """Who we are. What was ever public is listed as deleted for ever when it is so no more: `persistent`."""
    earliest = harvest.first_change(tx.connection) or clock.now()
    said = {
        "repositoryName": tx.site.name,
        "baseURL": f"{tx.site.base_url}/oai2d",
        "protocolVersion": "2.0",
        "adminEmail": _dotted(context.harvesting.contact),
        "earliestDatestamp": written(earliest),
        "deletedRecord": "persistent",
        "granularity": "YYYY-MM-DDThh:mm:ssZ",
        "compression": "gzip",
    }
    return [*(element(name, text) for name, text in said.items()), *_identifier_scheme(tx.site.base_url)]


def _identifier_scheme(base_url: str) -> list[Xml]:
    """How our identifiers are made. Left out where the host is no domain name, as the scheme wants one."""
    host = urlsplit(base_url).hostname or ""
    if not _DOMAIN.fullmatch(host):
        return []
    scheme = {
        "scheme": "oai",
        "repositoryIdentifier": host,
        "delimiter": ":",
        "sampleIdentifier": oai_identifier(42, base_url),
    }
    described = element("oai-identifier", [element(name, text) for name, text in scheme.items()], _SCHEME_ROOT)
    return [element("description", [described])]


def _dotted(email: str) -> str:
    """The schema asks for a host with a dot, which `localhost` has not."""
    return email if "." in email.rpartition("@")[2] else f"{email}.invalid"


def list_metadata_formats(_context: Context, tx: Transaction, arguments: Arguments) -> list[Xml]:
    """Every record is there in every format."""
    if "identifier" in arguments:
        _noted(tx, arguments["identifier"])
    return [
        element(
            "metadataFormat",
            [
                element("metadataPrefix", prefix),
                element("schema", form.schema),
                element("metadataNamespace", form.namespace),
            ],
        )
        for prefix, form in METADATA_FORMATS.items()
    ]


def list_sets(_context: Context, _tx: Transaction, arguments: Arguments) -> list[Xml]:
    """All sets at once, so no token is ever given out."""
    if TOKEN in arguments:
        raise OaiError("badResumptionToken", "The list of sets comes in one piece.")
    return [
        element("set", [element("setSpec", spec), element("setName", name)])
        for spec, (name, _members) in all_sets().items()
    ]


def get_record(_context: Context, tx: Transaction, arguments: Arguments) -> list[Xml]:
    """One record, or that it is gone."""
    noted = _noted(tx, arguments["identifier"])
    return _records(tx, [noted], arguments["metadataPrefix"])


def list_records(context: Context, tx: Transaction, arguments: Arguments) -> list[Xml]:
    """A page of records."""
    return _page(context, tx, "ListRecords", arguments)


def list_identifiers(context: Context, tx: Transaction, arguments: Arguments) -> list[Xml]:
    """A page of headers."""
    return _page(context, tx, "ListIdentifiers", arguments)


ANSWERS: dict[str, Callable[[Context, Transaction, Arguments], list[Xml]]] = {
    "Identify": identify,
    "ListMetadataFormats": list_metadata_formats,
    "ListSets": list_sets,
    "GetRecord": get_record,
    "ListRecords": list_records,
    "ListIdentifiers": list_identifiers,
}


def _page(context: Context, tx: Transaction, verb: str, arguments: Arguments) -> list[Xml]:
    key, now = harvest.signing_key(tx.connection), clock.now()
    token = tokens.read(arguments[TOKEN], key, verb, now) if TOKEN in arguments else None
    asked = token.arguments if token else arguments
    selection = _selection(asked)
    size = token.size if token else harvest.count_noted(tx.connection, selection)
    most = context.harvesting.page_size
    # One more than is shown tells whether there are more.
    found = harvest.list_noted(tx.connection, selection, token.place if token else None, most + 1)
    shown, delivered = found[:most], token.delivered if token else 0
    if not found and token is None:
        raise OaiError("noRecordsMatch", "Nothing fits these arguments.")
    if verb == "ListRecords":
        listed = _records(tx, shown, asked["metadataPrefix"])
    else:
        public = find_public(tx.connection, _said_public(shown))
        listed = [_header(tx, noted, is_public=noted.record_id in public) for noted in shown]
    if len(found) > most:
        last = Place(shown[-1].changed_at, shown[-1].position)
        following = Token(verb, asked, last, delivered + len(shown), size, int(now.timestamp()))
        listed.append(_resumption(tokens.write(following, key), delivered, size, following.expires))
    elif token is not None:
        listed.append(_resumption(None, delivered, size, None))
    return listed


def _resumption(text: str | None, delivered: int, size: int, expires: datetime | None) -> Xml:
    """What is left to come may have changed since the size was counted: it never says less than was given out."""
    attributes = {
        "expirationDate": written(expires) if expires else None,
        "completeListSize": str(max(size, delivered + 1)),
        "cursor": str(delivered),
    }
    return element(TOKEN, text, attributes)


def _selection(arguments: Arguments) -> Selection:
    begin, end = bounds(arguments.get("from"), arguments.get("until"))
    spec = arguments.get("set")
    if spec is None:
        return Selection(begin, end)
    if spec not in all_sets():
        raise OaiError("noRecordsMatch", f"There is no set {spec[:60]!r}. ListSets names all that there are.")
    return Selection(begin, end, all_sets()[spec][1])


def _records(tx: Transaction, noted: Sequence[Noted], prefix: str) -> list[Xml]:
    # Those that everybody may read at this moment, whatever was noted.
    kept = find_renditions(tx.connection, _said_public(noted), prefix, tx.site.public_view)
    missing = [(number, False) for number, body in kept.items() if body is None]
    written = {number: body.decode() for number, body in kept.items() if body is not None} | {
        record.id: METADATA_FORMATS[prefix].write(record, as_anybody_sees(tx.site.public_view, record))
        for record in load_many(tx.connection, missing)
        if may(ANONYMOUS, Action.READ, record)
    }
    return [_record(tx, one, written.get(one.record_id)) for one in noted]


def _said_public(noted: Sequence[Noted]) -> list[int]:
    return [one.record_id for one in noted if one.is_public]


def _record(tx: Transaction, noted: Noted, metadata: str | None) -> Xml:
    header = _header(tx, noted, is_public=metadata is not None)
    return element("record", [header, Xml(f"<metadata>{metadata}</metadata>") if metadata else None])


def _header(tx: Transaction, noted: Noted, *, is_public: bool) -> Xml:
    return element(
        "header",
        [
            element("identifier", oai_identifier(noted.record_id, tx.site.base_url)),
            element("datestamp", written(noted.changed_at)),
            *(element("setSpec", spec) for spec in sets_of(noted.resource_type)),
        ],
        {"status": None if is_public else "deleted"},
    )


def number_in(identifier: str, base_url: str) -> int | None:
    """The number of the record with this identifier; none if it is not one of ours."""
    digits = identifier.rpartition(":")[2]
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST_ID)) else 0
    return number if 0 < number <= LARGEST_ID and identifier == oai_identifier(number, base_url) else None


def _noted(tx: Transaction, identifier: str) -> Noted:
    number = number_in(identifier, tx.site.base_url)
    noted = harvest.find_noted(tx.connection, number) if number else None
    if noted is None:
        raise OaiError("idDoesNotExist", f"There is no record {identifier[:100]!r}.")
    return noted
