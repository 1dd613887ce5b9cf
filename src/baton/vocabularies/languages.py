"""The vocabulary `languages`: every living, extinct and constructed language of ISO 639-3."""

from importlib.util import find_spec
from pathlib import Path

from baton.vocabularies.term import Term

VOCABULARY = "languages"

# Words of the standard's one-letter columns, as InvenioRDM tags languages.
_SCOPES = {"I": "individual", "M": "macrolanguage", "S": "special"}
_TYPES = {
    "A": "ancient",
    "C": "constructed",
    "E": "extinct",
    "H": "historical",
    "L": "living",
    "S": "special",
}
_TAGS = {
    scope + kind: tuple(dict.fromkeys((scopes, kinds)))
    for scope, scopes in _SCOPES.items()
    for kind, kinds in _TYPES.items()
}


def read_languages() -> tuple[list[Term], dict[str, str]]:
    """All languages, and their other codes: ISO 639-1 (`de`) and the bibliographic ones of 639-2 (`ger`)."""
    header, *lines = _table().read_text(encoding="utf-8").splitlines()
    column = {name: position for position, name in enumerate(header.split("\t"))}
    three, two, bibliographic = column["Id"], column["Part1"], column["Part2b"]
    scope, kind, name = column["Scope"], column["Language_Type"], column["Ref_Name"]
    terms: list[Term] = []
    codes: dict[str, str] = {}
    for line in lines:
        row = line.split("\t")
        codes[row[two]] = codes[row[bibliographic]] = row[three]
        terms.append(
            Term(
                vocabulary=VOCABULARY,
                id=row[three],
                title={"en": row[name]},
                props={"alpha_2": row[two]},
                tags=_TAGS[row[scope] + row[kind]],
                weight=1 if row[two] else 0,
            )
        )
    return terms, {code: term_id for code, term_id in codes.items() if code not in {"", term_id}}


def _table() -> Path:
    """The standard's own table, which python-iso639 ships; importing that package would take ten times as long."""
    package = find_spec("iso639")
    if package is None or package.origin is None:
        message = "python-iso639 is not installed"
        raise ModuleNotFoundError(message)
    return Path(package.origin).parent / "_data" / "iso-639-3.tab"
