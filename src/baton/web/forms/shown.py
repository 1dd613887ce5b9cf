"""The upload form as its template shows it: every input with its text, its choices and what is wrong with it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from baton.kernel.errors import FieldError
from baton.web.forms.inputs import Input, Rows
from baton.web.forms.options import Choices, choices
from baton.web.forms.upload import ALL_FIELDS, CUSTOM, ROWS
from baton.web.forms.values import MOST_ROWS, Values

REQUIRED = "required"
LINES = 5  # of a text of its own
SHORT = 2  # of a text in a row
# Inputs that stand outside the tables, by the beginning of the paths of their errors.
PLACES = {
    "access.embargo.reason": "embargo_reason",
    "access.embargo": "embargo_until",
    "access": "visibility",
    "pids": "doi",
    "files": "files",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One input as it stands there."""

    id: str  # also its name
    label: str
    value: str
    kind: str
    hint: str
    is_required: bool
    choices: tuple[Choices, ...]
    has_empty_choice: bool
    errors: tuple[str, ...]

    @property
    def lines(self) -> int:
        """How high the input is when it holds several lines."""
        return min(20, max(LINES if "." not in self.id else SHORT, self.value.count("\n") + 2))


@dataclass(frozen=True, slots=True)
class ShownRows:
    """Repeated rows as they stand there, empty ones to fill in at the end."""

    name: str
    title: str
    one: str
    hint: str
    rows: tuple[tuple[Shown, ...], ...]
    filled: int
    is_ordered: bool
    is_wanted: bool  # somebody has just asked for another one
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that is wrong: what, and at which input of the page."""

    message: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form."""

    values: Values
    fields: Mapping[str, Shown]
    custom: Mapping[str, tuple[Shown, ...]]
    rows: Mapping[str, ShownRows]
    errors: Mapping[str, tuple[str, ...]]
    complaints: tuple[Complaint, ...]
    opened: frozenset[str] = field(default_factory=frozenset)  # headings of custom fields that hold something

    def holds(self, rows: Sequence[str], fields: Sequence[str]) -> bool:
        """Whether any of these holds something or is complained about, so that it must be seen."""
        return any(
            self.rows[name].filled or self.rows[name].is_wanted or self.rows[name].errors for name in rows
        ) or any(self.fields[name].value or self.fields[name].errors for name in fields)

    def errors_at(self, name: str) -> tuple[str, ...]:
        """What is wrong at an input outside the tables."""
        return self.errors.get(name, ())


def shown_form(values: Values, errors: Sequence[FieldError] = (), more: str = "") -> Form:
    """The form with these texts. `more` names the rows of which somebody wants another empty one."""
    placed = list(dict.fromkeys((_place(error), _message(error)) for error in _worth_telling(errors)))
    by_place: dict[str, tuple[str, ...]] = {}
    for place, message in placed:
        by_place[place] = (*by_place.get(place, ()), message)
    fields = {each.name: _shown(each.name, each, values.get(each.name), by_place) for each in ALL_FIELDS}
    custom = {heading: tuple(fields[each.name] for each in inputs) for heading, inputs in CUSTOM.items()}
    return Form(
        values,
        fields,
        custom,
        {each.name: _shown_rows(each, values, by_place, more) for each in ROWS},
        by_place,
        tuple(Complaint(f"{_label(place)}: {message}", place) for place, message in placed),
        frozenset(heading for heading, inputs in custom.items() if any(each.value or each.errors for each in inputs)),
    )


def is_simply_missing(error: FieldError, values: Values) -> bool:
    """Whether the error says no more than that an input is blank, which is nothing wrong in a draft."""
    place = _place(error)
    is_blank = "." not in place and not values.get(place).strip() and not values.rows.get(place)
    return error.code == REQUIRED and is_blank


def _worth_telling(errors: Sequence[FieldError]) -> Iterator[FieldError]:
    """Not that something is missing where something wrong stands."""
    wrong = {_place(error) for error in errors if error.code != REQUIRED}
    return (error for error in errors if error.code != REQUIRED or _place(error) not in wrong)


def _shown(name: str, source: Input, value: str, errors: Mapping[str, tuple[str, ...]]) -> Shown:
    offered = choices(source.options) if source.options else ()
    if source.kind == "select" and value and not any(value == each for group in offered for each, _ in group.options):
        offered = (*offered, Choices("", ((value, value),)))
    return Shown(
        name,
        source.label,
        value,
        source.kind,
        source.hint,
        source.required,
        offered,
        not source.default,
        errors.get(name, ()),
    )


def _shown_rows(rows: Rows, values: Values, errors: Mapping[str, tuple[str, ...]], more: str) -> ShownRows:
    filled = values.rows.get(rows.name, [])
    blank = rows.spare + 1 if rows.name == more or not filled else rows.spare
    blank_row = {each.name: each.default for each in rows.inputs}
    every = [*filled, *[blank_row] * min(blank, MOST_ROWS - len(filled))]
    return ShownRows(
        rows.name,
        rows.title,
        rows.one,
        rows.hint,
        tuple(
            tuple(
                _shown(f"{rows.name}.{index}.{each.name}", each, row.get(each.name, ""), errors) for each in rows.inputs
            )
            for index, row in enumerate(every)
        ),
        len(filled),
        rows.is_ordered,
        rows.name == more,
        errors.get(rows.name, ()),
    )


def _place(error: FieldError) -> str:
    """The input that an error is about, by the path that the error gives."""
    for rows in ROWS:
        if error.field == rows.path or error.field.startswith(f"{rows.path}."):
            number, _dot, rest = error.field[len(rows.path) + 1 :].partition(".")
            return f"{rows.name}.{number}.{rows.input_at(rest).name}" if number.isdigit() else rows.name
    for each in ALL_FIELDS:
        if error.field.startswith(each.path) or (error.field and each.path.startswith(f"{error.field}.")):
            return each.name
    return next((name for path, name in PLACES.items() if error.field.startswith(path)), "form")


def _message(error: FieldError) -> str:
    """What to do, where the API's own sentence would not say it to somebody in front of a form."""
    advice = _ADVICE.get(_kind_of(_place(error)), "")
    if advice and error.code != REQUIRED:
        return advice
    return _FRIENDLY.get((error.code, error.field), _FRIENDLY.get((error.code, ""), error.message))


def _kind_of(place: str) -> str:
    """The place without the number of its row: `creators.family_name`."""
    kind, _dot, rest = place.partition(".")
    return f"{kind}.{rest.partition('.')[2]}" if rest else kind


_ADVICE = {each.name: each.advice for each in ALL_FIELDS} | {
    f"{rows.name}.{each.name}": each.advice for rows in ROWS for each in rows.inputs
}
_CLOSED_UNTIL = "Choose a day to come, and above it what is closed until then; or leave this empty."
_FRIENDLY = {
    ("invalid", "access.embargo.until"): _CLOSED_UNTIL,
    ("required", ""): "Please fill this in.",
    ("required", "metadata.creators"): "Name at least one creator.",
    ("required", "files.enabled"): "Upload at least one file, or tick that this record has no files.",
    ("unknown_term", ""): "We do not know this. Check the spelling, or choose from the list.",
}


def _label(place: str) -> str:
    """What the page calls the input."""
    kind, _dot, rest = place.partition(".")
    for rows in ROWS:
        if rows.name == kind:
            number, _dot, member = rest.partition(".")
            label = next((each.label for each in rows.inputs if each.name == member), "")
            return f"{rows.one.capitalize()} {int(number) + 1}, {label}" if number else rows.title
    return next((each.label for each in ALL_FIELDS if each.name == place), _LABELS.get(place, "This form"))


_LABELS = {
    "embargo_reason": "Reason for the embargo",
    "embargo_until": "End of the embargo",
    "visibility": "Who may see it",
    "doi": "DOI",
    "files": "Files",
}
