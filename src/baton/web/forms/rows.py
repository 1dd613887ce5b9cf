"""Rows that are more than their inputs side by side: people and organisations, licences, places. Pure."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import orjson

from baton.exports.people import name_of
from baton.web.forms.inputs import Input, Json, Known, read_row, show_row

ORGANISATION = "organizational"
POINT = "Point"
FLAT = 2  # numbers of a position without altitude


def show_person(inputs: Sequence[Input], source: Mapping[str, Any]) -> dict[str, str]:
    """An organisation's whole name stands where people's family names do."""
    row = show_row(inputs, source)
    who = source.get("person_or_org") or {}
    if who.get("type") == ORGANISATION or not who.get("family_name"):
        row["family_name"] = name_of(who)
    return row


def read_person(inputs: Sequence[Input], row: Mapping[str, str], known: Known) -> Json:
    """The other way round. A person's whole name follows from its parts, when the draft is saved."""
    person = read_row(inputs, row, known)
    who = person.setdefault("person_or_org", {})
    if who.get("type") == ORGANISATION:
        who["name"] = who.pop("family_name", None)
        who.pop("given_name", None)
    return {**person, "person_or_org": {name: value for name, value in who.items() if value is not None}}


def read_licence(inputs: Sequence[Input], row: Mapping[str, str], known: Known) -> Json:
    """What was chosen, else the id that was typed, else the depositor's own words."""
    typed = row.get("other_id", "").strip().lower()
    chosen = row.get("id", "").strip() or typed
    return {"id": chosen} if chosen else read_row([each for each in inputs if each.path != "id"], row, known)


def read_funding(inputs: Sequence[Input], row: Mapping[str, str], known: Known) -> Json:
    """A funder that was chosen needs no name of its own."""
    funding = read_row(inputs, row, known)
    if funding.get("funder", {}).get("id"):
        funding["funder"].pop("name", None)
    return funding


def show_funding(inputs: Sequence[Input], source: Mapping[str, Any]) -> dict[str, str]:
    """The name of a funder that was chosen stands in the list of funders already."""
    row = show_row(inputs, source)
    return {**row, "name": ""} if row["id"] else row


def show_place(inputs: Sequence[Input], source: Mapping[str, Any]) -> dict[str, str]:
    """A point has a latitude and a longitude; other shapes come through the API and travel along unseen."""
    row = show_row(inputs, source)
    geometry = source.get("geometry") or {}
    if geometry.get("type") == POINT and len(geometry["coordinates"]) == FLAT:
        row["longitude"], row["latitude"] = (str(number) for number in geometry["coordinates"])
    elif geometry:
        row["shape"] = orjson.dumps(geometry).decode()
    return row


def read_place(inputs: Sequence[Input], row: Mapping[str, str], known: Known) -> Json:
    """What is no number is kept as a text, so that it can be told that it is no position."""
    place = read_row([each for each in inputs if not each.path.startswith("geometry")], row, known)
    position = [_number(row.get(name, "")) for name in ("longitude", "latitude")]
    if any(number != "" for number in position):
        place["geometry"] = {"type": POINT, "coordinates": position}
    elif row.get("shape"):
        with suppress(orjson.JSONDecodeError):
            place["geometry"] = orjson.loads(row["shape"])
    return place


def _number(text: str) -> float | str:
    text = text.strip().replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return text
