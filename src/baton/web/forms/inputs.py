"""What a form is made of: inputs and repeated rows of them, each knowing where in a record's JSON its value belongs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """Things that the draft holds already, by the name under which the form shows them.

    A form shows names only; this is how what was chosen from a vocabulary keeps its id when the form comes back.
    """

    affiliations: Mapping[str, Json] = field(default_factory=dict)
    subjects: Mapping[str, Json] = field(default_factory=dict)
    references: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Codec:
    """How a value is shown in an input, and how what was typed becomes a value; `None` is nothing."""

    show: Callable[[Any], str]
    read: Callable[[str, Known], Any]


def _shown_text(value: object) -> str:
    return "" if value is None else str(value)


TEXT = Codec(_shown_text, lambda text, _known: text.strip() or None)


@dataclass(frozen=True, slots=True)
class Input:
    """One input. `path` leads to its value in the body, or in the row's object: members joined by dots.

    `kind`: text, area, select or date; `options` names the list of a select.
    """

    name: str
    label: str
    path: str
    codec: Codec = TEXT
    kind: str = "text"
    hint: str = ""
    options: str = ""
    required: bool = False
    default: str = ""
    advice: str = ""  # what to do when the value is wrong; without it, what the check itself says

    def show(self, source: Mapping[str, Any]) -> str:
        """What stands in the input for the value in `source`."""
        value = at(source, self.path)
        return self.default if value is None else self.codec.show(value)

    def read(self, text: str, target: Json, known: Known) -> None:
        """Put what was typed into `target`, or nothing if it is blank."""
        value = self.codec.read(text, known)
        if value is not None:
            put(target, self.path, value)

    def put(self, text: str, before: Mapping[str, Any], target: Json, known: Known) -> None:
        """As `read`; but an input that is as it was leaves the value what it was in `before`, to the letter."""
        value = at(before, self.path)
        if value is not None and text == self.codec.show(value):
            put(target, self.path, value)
        else:
            self.read(text, target, known)


def show_row(inputs: Sequence[Input], source: Mapping[str, Any]) -> dict[str, str]:
    """What stands in a row's inputs for the object `source`."""
    return {each.name: each.show(source) for each in inputs}


def read_row(inputs: Sequence[Input], row: Mapping[str, str], known: Known) -> Json:
    """The object that a row's inputs make."""
    target: Json = {}
    for each in inputs:
        each.read(row.get(each.name, ""), target, known)
    return target


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of objects, one row of inputs each. `path` leads to the list."""

    name: str
    title: str
    one: str  # what a row is called: "creator"
    path: str
    inputs: tuple[Input, ...]
    hint: str = ""
    spare: int = 0  # empty rows that wait below filled ones; where nothing is filled, one waits always
    is_ordered: bool = False  # the order means something, so rows can be moved
    show: Callable[[Sequence[Input], Mapping[str, Any]], dict[str, str]] = show_row
    read: Callable[[Sequence[Input], Mapping[str, str], Known], Json] = read_row
    # Members of the row's object that no input's path names, and the input beside which their errors stand.
    also: Mapping[str, str] = field(default_factory=dict)

    def is_blank(self, row: Mapping[str, str]) -> bool:
        """Whether nobody has typed anything into this row."""
        return all(row.get(each.name, "").strip() in ("", each.default) for each in self.inputs)

    def shown(self, body: Mapping[str, Any]) -> list[dict[str, str]]:
        """The rows for what `body` holds."""
        return [self.show(self.inputs, each) for each in at(body, self.path) or ()]

    def put(self, rows: Sequence[Mapping[str, str]], before: Mapping[str, Any], target: Json, known: Known) -> None:
        """Put the rows' objects into `target`. A row that is as it was stays what it was in `before`, to the letter."""
        kept = {tuple(self.show(self.inputs, each).items()): each for each in at(before, self.path) or ()}
        found = []
        for row in rows:
            same = kept.get(tuple((each.name, row.get(each.name, "")) for each in self.inputs))
            found.append(same if same is not None else self.read(self.inputs, row, known))
        if found:
            put(target, self.path, found)

    def input_at(self, rest: str) -> Input:
        """The input beside which an error about the member `rest` of a row's object belongs."""
        for path, name in self.also.items():
            if rest.startswith(path):
                return next(each for each in self.inputs if each.name == name)
        fitting = [each for each in self.inputs if rest == each.path or rest.startswith(f"{each.path}.")]
        if fitting:
            return max(fitting, key=lambda each: len(each.path))
        inside = (each for each in self.inputs if rest and each.path.startswith(f"{rest}."))
        return next(inside, self.inputs[0])


def at(source: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401  any JSON value
    """The value at the end of a path of members; `None` when the path ends before."""
    value: Any = source
    for member in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(member)
    return value


def put(target: Json, path: str, value: object) -> None:
    """Put a value at the end of a path, making the objects on the way."""
    *outer, last = path.split(".")
    for member in outer:
        target = target.setdefault(member, {})
    target[last] = value


def without(source: Mapping[str, Any], path: str) -> Json:
    """A copy without the value at the end of the path, and without the objects that this leaves empty."""
    member, _dot, rest = path.partition(".")
    if member not in source:
        return dict(source)
    copy = {name: value for name, value in source.items() if name != member}
    if rest and isinstance(source[member], Mapping):
        inner = without(source[member], rest)
        if inner:
            copy[member] = inner
    return copy
