"""How values that are more than a text stand in one input, and how they are read back. Pure.

Each pair is inverse as far as a text can say it: reading what was shown gives the value that was shown.
"""

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from baton.exports.terms import in_english, title
from baton.identifiers.schemes import SCHEMES, detect
from baton.records.metadata.identifiers import PERSON, PLACE, WORK
from baton.vocabularies.builtin import vocabulary
from baton.web.forms.inputs import Codec, Json, Known

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_PARAGRAPHS = re.compile(r"\n{2,}")
_SEPARATOR = re.compile(r"[,;\n]")
_NAMED_SCHEME = re.compile(r"([A-Za-z0-9]+):\s+(\S.*)")


def html_of(text: str) -> str | None:
    """Plain text as paragraphs; what has tags in it is HTML already."""
    text = text.strip()
    if not text or _TAG.search(text):
        return text or None
    paragraphs = (html.escape(each.strip(), quote=False) for each in _PARAGRAPHS.split(text))
    return "".join(f"<p>{each}</p>".replace("\n", "<br>") for each in paragraphs)


def text_of(markup: str) -> str:
    """The plain text from which `html_of` would make this markup; else the markup itself."""
    inner = markup.removeprefix("<p>").removesuffix("</p>").replace("</p><p>", "\n\n").replace("<br>", "\n")
    text = html.unescape(inner)
    return text if html_of(text) == markup else markup


def inline_html_of(text: str) -> str | None:
    """One line of plain text; what has tags in it is HTML already."""
    text = text.strip()
    return text if _TAG.search(text) else html.escape(text, quote=False) or None


def inline_text_of(markup: str) -> str:
    """The plain text from which `inline_html_of` would make this markup; else the markup itself."""
    text = html.unescape(markup)
    return text if inline_html_of(text) == markup else markup


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATOR.split(text) if part.strip()]


def _read_lines(text: str, _known: Known) -> list[str] | None:
    return _lines(text) or None


def _read_named(kept: Callable[[Known], Mapping[str, Json]], member: str, text: str, known: Known) -> Any:  # noqa: ANN401
    """One object a line: the one that is known by this text, else a new one that says it in `member`."""
    return [kept(known).get(line, {member: line}) for line in _lines(text)] or None


def _show_named(member: str, things: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(name_in(member, each) for each in things)


def name_in(member: str, thing: Mapping[str, Any]) -> str:
    """Under which text the form shows this thing; in one line, because each has one."""
    return " ".join(str(thing.get(member) or thing.get("id") or "").split())


def _named(kept: Callable[[Known], Mapping[str, Json]], member: str) -> Codec:
    return Codec(partial(_show_named, member), partial(_read_named, kept, member))


def _show_identifiers(schemes: Sequence[str], between: str, identifiers: Iterable[Mapping[str, Any]]) -> str:
    """The scheme stands before an identifier only where it would not be guessed."""
    shown = []
    for one in identifiers:
        scheme, value = one.get("scheme"), str(one.get("identifier", ""))
        is_plain = not scheme or detect(value, allowed=schemes) == scheme
        shown.append(value if is_plain else f"{scheme}: {value}")
    return between.join(shown)


def _read_identifiers(split: Callable[[str], list[str]], text: str, _known: Known) -> list[Json] | None:
    return [_identifier(part) for part in split(text)] or None


def _identifier(text: str) -> Json:
    named = _NAMED_SCHEME.fullmatch(text)
    if named and named[1].lower() in SCHEMES:
        return {"scheme": named[1].lower(), "identifier": named[2]}
    return {"identifier": text}


def _show_terms(name: str, references: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(_term_text(name, each["id"]) for each in references if each.get("id"))


def _term_text(name: str, term_id: str) -> str:
    """The term's title, if that leads back to the term and has no separator in it; else its id."""
    text = title(name, term_id) or term_id
    return text if not _SEPARATOR.search(text) and _term_id(name, text) == term_id else term_id


def _read_terms(name: str, text: str, _known: Known) -> list[Json] | None:
    """Ids or titles; what is neither is kept as it was typed, so that it can be told that it is neither."""
    return [{"id": _term_id(name, part)} for part in _parts(text)] or None


def _term_id(name: str, text: str) -> str:
    known = vocabulary(name)
    if known is None or text in known.by_id:
        return text
    return _titles(name).get(text.casefold(), text)


@cache
def _titles(name: str) -> Mapping[str, str]:
    """Ids by title and by id, in small letters; of equal titles the first term's."""
    known = vocabulary(name)
    found: dict[str, str] = {}
    for term in known.terms if known else ():
        found.setdefault(term.label.casefold(), term.id)
    for term_id in known.by_id if known else ():
        found.setdefault(term_id.casefold(), term_id)
    return found


def _terms(name: str) -> Codec:
    return Codec(partial(_show_terms, name), partial(_read_terms, name))


INLINE_HTML = Codec(inline_text_of, lambda text, _known: inline_html_of(text))
HTML = Codec(text_of, lambda text, _known: html_of(text))
LINES = Codec("\n".join, _read_lines)
AFFILIATIONS = _named(lambda known: known.affiliations, "name")
KEYWORDS = _named(lambda known: known.subjects, "subject")
REFERENCES = _named(lambda known: known.references, "reference")
PERSON_IDENTIFIERS = Codec(partial(_show_identifiers, PERSON, ", "), partial(_read_identifiers, _parts))
PLACE_IDENTIFIERS = Codec(partial(_show_identifiers, PLACE, ", "), partial(_read_identifiers, _parts))
WORK_IDENTIFIERS = Codec(partial(_show_identifiers, WORK, "\n"), partial(_read_identifiers, _lines))
LANGUAGES = _terms("languages")
PROGRAMMING_LANGUAGES = _terms("code:programmingLanguages")
TRANSLATED = Codec(
    lambda texts: in_english(texts) or "", lambda text, _known: {"en": text.strip()} if text.strip() else None
)
