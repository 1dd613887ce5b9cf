"""What stands in the upload form: from a draft's body, from what was typed, and back to a body. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from baton.records.record import Body
from baton.web.forms.codecs import name_in
from baton.web.forms.inputs import Json, Known, without
from baton.web.forms.upload import ALL_FIELDS, ROWS

PUBLIC, FILES, RECORD = "public", "files", "record"
# visibility -> access of the record, access of its files
LEVELS = {PUBLIC: ("public", "public"), FILES: ("public", "restricted"), RECORD: ("restricted", "restricted")}
VISIBILITIES = {levels: name for name, levels in LEVELS.items()}
MOST_ROWS = 1000  # of one kind in a form; longer lists go through the API
YES = "yes"
PREVIEW = "default_preview"


@dataclass(frozen=True, slots=True)
class Values:
    """Texts by input, and rows of texts by kind of row. Exactly what the reader of the form sees or has typed."""

    fields: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, list[dict[str, str]]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """One text, empty if there is none."""
        return self.fields.get(name, "")


def values_of(body: Body) -> Values:
    """The form for a stored draft."""
    access, doi = body["access"], body["pids"].get("doi") or {}
    embargo = access.get("embargo") or {}
    fields = {each.name: each.show(body) for each in ALL_FIELDS}
    fields["visibility"] = VISIBILITIES.get((access["record"], access["files"]), RECORD)
    fields["embargo_until"] = (embargo.get("until") or "") if embargo.get("active") else ""
    fields["embargo_reason"] = embargo.get("reason") or ""
    fields["doi"] = doi.get("identifier", "") if doi.get("provider") == "external" else ""
    fields["no_files"] = "" if body["files"]["enabled"] else YES
    fields[PREVIEW] = body["files"].get(PREVIEW) or ""
    return Values(fields, {each.name: each.shown(body) for each in ROWS})


def typed_values(items: Iterable[tuple[str, str]], button: str = "", row: str = "") -> Values:
    """The form as it was sent: `title`, or `creators.0.family_name` for an input in a row. Blank rows are left out.

    `button` may be `remove` or `up`, for the `row` that was named as in `creators.0`.
    """
    fields: dict[str, str] = {}
    rows: dict[str, dict[int, dict[str, str]]] = {each.name: {} for each in ROWS}
    for name, text in items:
        kind, dot, rest = name.partition(".")
        number, _dot, member = rest.partition(".")
        if not dot:
            fields[name] = text
        elif kind in rows and number.isascii() and number.isdigit() and len(number) <= len(str(MOST_ROWS)):
            rows[kind].setdefault(int(number), {})[member] = text
    _rearrange(rows, button, row)
    return Values(
        fields,
        {
            each.name: [row for _number, row in sorted(rows[each.name].items()) if not each.is_blank(row)]
            for each in ROWS
        },
    )


def _rearrange(rows: Mapping[str, dict[int, dict[str, str]]], button: str, row: str) -> None:
    kind, _dot, number = row.partition(".")
    if kind not in rows or not number.isdecimal() or int(number[:6]) not in rows[kind]:
        return
    here = int(number[:6])
    if button == "remove":
        del rows[kind][here]
    elif button == "up" and here - 1 in rows[kind]:
        rows[kind][here], rows[kind][here - 1] = rows[kind][here - 1], rows[kind][here]


def same_texts(one: Values, shown: Values) -> bool:
    """Whether everything that is `shown` stands in `one` too, blanks around it aside."""
    fields = all(one.get(name).strip() == text.strip() for name, text in shown.fields.items())
    return fields and all(
        [_stripped(row) for row in one.rows.get(name, [])] == [_stripped(row) for row in rows]
        for name, rows in shown.rows.items()
    )


def _stripped(row: Mapping[str, str]) -> dict[str, str]:
    return {name: text.strip() for name, text in row.items()}


def body_of(values: Values, before: Body) -> Json:
    """The body to save. What the form does not show stays as it is in `before`."""
    known = known_in(before)
    body: Json = {"metadata": before["metadata"], "custom_fields": before["custom_fields"]}
    for path in (*(each.path for each in ALL_FIELDS), *(each.path for each in ROWS)):
        body = without(body, path)
    body = {"metadata": {}, "custom_fields": {}, **body}
    for field_ in ALL_FIELDS:
        field_.put(values.get(field_.name), before, body, known)
    for rows in ROWS:
        rows.put(values.rows.get(rows.name, []), before, body, known)
    body["access"] = _access(values, before)
    body["pids"] = _pids(values, before)
    body["files"] = {**before["files"], "enabled": values.get("no_files") != YES, PREVIEW: values.get(PREVIEW) or None}
    return body


def _access(values: Values, before: Body) -> Json:
    record, files = LEVELS.get(values.get("visibility"), LEVELS[RECORD])
    until, reason = values.get("embargo_until").strip(), values.get("embargo_reason").strip() or None
    if until:
        return {"record": record, "files": files, "embargo": {"active": True, "until": until, "reason": reason}}
    past = before["access"].get("embargo") or {}
    kept = {"until": past["until"]} if past.get("until") and not past.get("active") else {}
    return {"record": record, "files": files, "embargo": {"active": False, "reason": reason, **kept}}


def _pids(values: Values, before: Body) -> Json:
    """A DOI of our own is reserved and released by buttons, never by what is typed."""
    typed = values.get("doi").strip()
    if typed:
        return {**before["pids"], "doi": {"identifier": typed, "provider": "external"}}
    kept = before["pids"].get("doi")
    others = {scheme: pid for scheme, pid in before["pids"].items() if scheme != "doi"}
    return {**others, "doi": kept} if kept and kept.get("provider") != "external" else others


def known_in(body: Body) -> Known:
    """The things with ids that the draft holds already."""
    metadata = body["metadata"]
    people = [*(metadata.get("creators") or ()), *(metadata.get("contributors") or ())]
    affiliations = [each for person in people for each in person.get("affiliations") or ()]
    return Known(
        _by_name("name", affiliations),
        _by_name("subject", metadata.get("subjects") or ()),
        _by_name("reference", metadata.get("references") or ()),
    )


def _by_name(member: str, things: Iterable[Mapping[str, Any]]) -> dict[str, Json]:
    return {name_in(member, each): dict(each) for each in things}


def empty_body(publisher: str, today: str) -> Body:
    """What a new upload begins with."""
    return Body(
        metadata={"publication_date": today, "publisher": publisher, "rights": [{"id": "cc-by-4.0"}]},
        custom_fields={},
        access={"record": "public", "files": "public", "embargo": {"active": False, "reason": None}},
        pids={},
        files={"enabled": True, PREVIEW: None, "order": []},
    )
