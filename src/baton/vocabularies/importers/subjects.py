"""Subjects: MeSH as its publisher gives it (XML or ASCII), EuroSciVoc and any other list as CSV or JSON lines."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree as ET

from baton.vocabularies.importers.rows import Unusable, present, terms_of, text_of
from baton.vocabularies.importers.sources import OnBytes, Read, csv_rows, json_lines, streams
from baton.vocabularies.term import BadRow, Term

MESH_ADDRESS = "https://id.nlm.nih.gov/mesh/"

_TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
_SEPARATORS = re.compile(r"[;|]")
# Columns such as `title.de`, `title_de`, `prefLabel@de`.
_TITLE = re.compile(r"(?:title|label|prefLabel|subject)[._@](?P<language>[a-z]{2,3})")
# What an id begins with -> the scheme it belongs to, where a list does not say.
_SCHEMES = {
    MESH_ADDRESS: "MeSH",
    "http://id.nlm.nih.gov/mesh/": "MeSH",
    "mesh:": "MeSH",
    "http://data.europa.eu/8mn/euroscivoc/": "EuroSciVoc",
    "euroscivoc:": "EuroSciVoc",
}


def subjects(path: Path, on_bytes: OnBytes) -> Iterator[Term | BadRow]:
    """Every subject; what the text is, its name says: .xml and .bin are MeSH, the rest lists."""
    for name, stream in streams(path, on_bytes, lambda _name: True):
        where = "" if name == path.name else name
        if name.endswith((".xml", ".xml.gz")):
            yield from terms_of(_descriptors(stream), _of_descriptor, where)
        elif name.endswith((".bin", ".asc", ".bin.gz", ".asc.gz")):
            yield from terms_of(_records(stream), _of_record, where)
        elif name.endswith(_TABLES):
            yield from terms_of(csv_rows(stream), _of_table, where)
        else:
            yield from terms_of(json_lines(stream), _of_object, where)


def _descriptors(stream: IO[bytes]) -> Iterator[Read]:
    """The `DescriptorRecord`s of MeSH XML one after the other, each forgotten once it is read."""
    number = 0
    root: ET.Element | None = None
    try:
        for event, element in ET.iterparse(stream, events=("start", "end")):  # noqa: S314  expat bounds entities
            root = element if root is None else root
            if event == "end" and element.tag == "DescriptorRecord":
                number += 1
                yield number, element
                root.clear()
    except ET.ParseError as error:
        yield BadRow(number + 1, f"not XML from here on: {error}")


def _of_descriptor(record: ET.Element) -> Term:
    label = record.findtext("DescriptorName/String", "").strip()
    synonyms = [term.text or "" for term in record.iterfind("ConceptList/Concept/TermList/Term/String")]
    trees = [number.text or "" for number in record.iterfind("TreeNumberList/TreeNumber")]
    return _mesh(record.findtext("DescriptorUI", "").strip(), label, synonyms, trees)


def _records(stream: IO[bytes]) -> Iterator[Read]:
    """The records of MeSH in ASCII: `*NEWRECORD`, then lines such as `MH = Calcimycin`."""
    record: list[tuple[str, str]] = []
    start = 0
    for number, line in enumerate(stream, 1):
        name, separator, value = line.decode(errors="replace").partition("=")
        if name.strip() == "*NEWRECORD":
            if record:
                yield start, record
            record, start = [], number
        elif separator:
            record.append((name.strip(), value.strip()))
    if record:
        yield start, record


def _of_record(record: list[tuple[str, str]]) -> Term:
    fields = dict(record)
    synonyms = [value.split("|", 1)[0] for name, value in record if name in {"ENTRY", "PRINT ENTRY"}]
    return _mesh(fields["UI"], fields["MH"], synonyms, [value for name, value in record if name == "MN"])


def _mesh(number: str, label: str, synonyms: list[str], trees: list[str]) -> Term:
    if not number:
        raise Unusable("has no descriptor number")
    own = {"tree_numbers": ",".join(trees)} if trees else {}
    return _term(
        term_id=f"mesh:{number}",
        title={"en": label} if label else {},
        scheme="MeSH",
        synonyms=[name for name in dict.fromkeys(synonyms) if name and name != label],
        identifiers=[{"scheme": "url", "identifier": MESH_ADDRESS + number}],
        props=own,
    )


def _of_table(row: Mapping[str, str]) -> Term:
    term_id = text_of(row, "id", "uri", "URI", "url", "conceptUri")
    if not term_id and row.get("euroSciVocCode"):
        term_id = "euroscivoc:" + row["euroSciVocCode"].rstrip("/").rsplit("/", 1)[-1]
    titles = {found["language"]: text for name, text in row.items() if text and (found := _TITLE.fullmatch(name))}
    label = text_of(row, "subject", "title", "label", "prefLabel", "euroSciVocTitle") or titles.get("en", "")
    address = text_of(row, "identifier", "exactMatch")
    return _term(
        term_id=term_id,
        title=({"en": label} if label else {}) | titles,
        scheme=text_of(row, "scheme") or _scheme_of(term_id),
        synonyms=[name.strip() for name in _SEPARATORS.split(text_of(row, "synonyms", "altLabel")) if name.strip()],
        identifiers=[{"scheme": "url", "identifier": address}] if address else [],
        props={},
    )


def _of_object(row: Mapping[str, Any]) -> Term:
    term_id = text_of(row, "id", "uri")
    label = text_of(row, "subject", "label", "prefLabel")
    titles = row.get("title") or {}
    if isinstance(titles, str):
        titles = {"en": titles}
    return _term(
        term_id=term_id,
        title=({"en": label} if label else {}) | titles,
        scheme=text_of(row, "scheme") or _scheme_of(term_id),
        synonyms=row.get("synonyms") or [],
        identifiers=row.get("identifiers") or [],
        props=row.get("props") or {},
    )


def _scheme_of(term_id: str) -> str:
    return next((scheme for start, scheme in _SCHEMES.items() if term_id.startswith(start)), "")


def _term(
    *,
    term_id: str,
    title: dict[str, str],
    scheme: str,
    synonyms: list[str],
    identifiers: list[dict[str, str]],
    props: dict[str, Any],
) -> Term:
    if not scheme:
        raise Unusable("has no scheme")
    own = present(subject=title.get("en"), scheme=scheme, synonyms=synonyms, identifiers=identifiers, props=props)
    return Term("subjects", term_id, title, own)
