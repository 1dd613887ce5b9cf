"""citeproc-py as we use it: items as it wants them, and styles in which it remembers what it has found.

Nothing but `styled` needs it, which loads it when somebody first asks for a citation.
"""

from collections.abc import Callable
from typing import Any

from citeproc import VARIABLES, Citation, CitationItem, CitationStylesBibliography, formatter
from citeproc.frontend import CitationStylesStyle
from citeproc.model import CitationStylesElement
from citeproc.source.json import CiteProcJSON
from lxml import etree

# Of more authors every style that we know names the first and the last few.
MOST_AUTHORS = 200
NAMESPACE = "http://purl.org/net/xbiblio/csl"
# The methods of a style's elements whose answers follow from style and locale alone. They search anew for each macro,
# term and option of each entry, which is half of the processor's work.
SETTLED = ("xpath_search", "get_term", "calls_variable")
_KNOWN = {"id", "type", *VARIABLES}


class RememberingStyle(CitationStylesStyle):  # type: ignore[misc]  # it comes without types
    """A style in a language, made of elements of ours."""

    def __init__(self, path: str, locale: str) -> None:
        parser = etree.XMLParser(remove_comments=True, no_network=True)
        parser.set_element_class_lookup(_ELEMENTS)
        self.root = etree.parse(path, parser).getroot()
        self.root.remembered = {}
        self.root.set_locale_list(locale, validate=False)


def entry(item: dict[str, Any], style: CitationStylesStyle) -> str:
    """The item of CSL JSON in a list of references. A style is for one thread at a time."""
    readable = _readable(item)
    entries = CitationStylesBibliography(style, CiteProcJSON([readable]), formatter.plain)
    entries.register(Citation([CitationItem(readable["id"])]))
    return "".join(map(str, entries.bibliography()[0]))


def _readable(item: dict[str, Any]) -> dict[str, Any]:
    """The item with the variables that the processor knows, and not too many names."""
    found = {name: value for name, value in item.items() if name.replace("-", "_") in _KNOWN}
    if "event-title" in item:
        found["event"] = item["event-title"]
    for variable, names in found.items():
        if isinstance(names, list):
            found[variable] = [_name(name) for name in (*names[: MOST_AUTHORS - 1], *names[MOST_AUTHORS - 1 :][-1:])]
    return found


def _name(name: dict[str, str]) -> dict[str, str]:
    """The processor takes apart what is whole, and slips; a family alone it leaves as it is."""
    return {"family": name["literal"]} if "literal" in name else name


def _once(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, which answers the same question of an element from memory."""

    def answer(self: Any, *args: Any, **named: Any) -> Any:  # noqa: ANN401  any element, any question
        remembered = self.getroottree().getroot().remembered
        question = (self, method, args, *named.items())
        if question in remembered:
            return remembered[question]
        found = method(self, *args, **named)
        # There is no end of what a style does not have: a term for the 4711th edition.
        if found not in (None, []):
            remembered[question] = found
        return found

    return answer


def _remembering(kind: type) -> type:
    return type(kind.__name__, (kind,), {name: _once(getattr(kind, name)) for name in SETTLED if hasattr(kind, name)})


_KINDS = {kind.__name__.replace("_", "-").lower(): kind for kind in CitationStylesElement.__subclasses__()}
_ELEMENTS = etree.ElementNamespaceClassLookup()
_ELEMENTS.get_namespace(NAMESPACE).update(
    {name: _remembering(kind) for name, kind in ({None: CitationStylesElement} | _KINDS).items()}
)
