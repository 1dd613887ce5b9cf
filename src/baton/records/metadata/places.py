"""Places: names, identifiers and GeoJSON geometries (RFC 7946), in degrees of longitude and latitude."""

from collections.abc import Callable
from math import isfinite
from typing import Any

from baton.records.metadata import limits
from baton.records.metadata.fields import ABSENT, WRONG_TYPE, Reader, Report, listing, text, thing
from baton.records.metadata.identifiers import PLACE, identified

_INVALID = "Not a valid GeoJSON geometry"
_Problem = str | None


def locations() -> Reader:
    """`{"features": [...]}`, each with at least one of geometry, place, identifiers and description."""
    feature = thing(
        {
            "geometry": _geometry,
            "place": text(limits.NAME),
            "identifiers": listing(identified(PLACE)),
            "description": text(limits.PHRASE),
        },
        finish=_need_something,
    )
    return thing({"features": listing(feature)})


def _need_something(kept: dict[str, Any], path: str, report: Report) -> None:
    if not kept:
        report.add(
            path, "At least one of ['geometry', 'place', 'identifiers', 'description'] must be present.", "required"
        )


def _geometry(value: object, path: str, report: Report) -> object:
    if not isinstance(value, dict):
        report.add(path, WRONG_TYPE)
        return ABSENT
    kind = value.get("type")
    depth = _DEPTHS.get(kind) if isinstance(kind, str) else None
    if depth is None:
        report.add(f"{path}.type", f"Invalid value. Choose one of {sorted(_DEPTHS)}.")
        return ABSENT
    coordinates = value.get("coordinates")
    if _count_positions(coordinates, depth) > limits.POSITIONS:
        report.add(f"{path}.coordinates", f"More than {limits.POSITIONS} positions.", "too_long")
        return ABSENT
    if (problem := _problem(coordinates, depth, _CHECKS.get(str(kind)))) is not None:
        report.add(f"{path}.coordinates", f"{_INVALID}: {problem}")
        return ABSENT
    return {"type": kind, "coordinates": coordinates}


def _count_positions(coordinates: object, depth: int) -> int:
    """How many positions the nested lists hold, whatever they are."""
    if depth == 0 or not isinstance(coordinates, list):
        return 1
    return sum(_count_positions(each, depth - 1) for each in coordinates) if depth > 1 else len(coordinates)


def _problem(coordinates: object, depth: int, check: Callable[[list[Any]], _Problem] | None) -> _Problem:
    """What is wrong with `depth` lists around positions; `check` looks at each innermost list of positions."""
    if depth == 0:
        return _position_problem(coordinates)
    if not isinstance(coordinates, list) or not coordinates:
        return "a list of positions is needed."
    for each in coordinates:
        if (problem := _problem(each, depth - 1, check)) is not None:
            return problem
    return check(coordinates) if depth == 1 and check is not None else None


def _position_problem(position: object) -> _Problem:
    if not isinstance(position, list) or len(position) not in (2, 3) or not all(map(_is_number, position)):
        return "a position is [longitude, latitude] or [longitude, latitude, altitude]."
    if abs(position[0]) > 180 or abs(position[1]) > 90:  # noqa: PLR2004  degrees
        return "a longitude lies between -180 and 180, a latitude between -90 and 90."
    return None


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 1e9 and isfinite(value)  # noqa: PLR2004  no place is farther away; JSON writes it as a number


def _line_problem(positions: list[Any]) -> _Problem:
    return "a line needs two positions." if len(positions) < 2 else None  # noqa: PLR2004


def _ring_problem(positions: list[Any]) -> _Problem:
    if len(positions) < 4 or positions[0] != positions[-1]:  # noqa: PLR2004  a triangle, closed
        return "a ring needs four positions, the last of which is the first."
    return None


# How many lists there are around the positions.
_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_CHECKS = {
    "LineString": _line_problem,
    "MultiLineString": _line_problem,
    "Polygon": _ring_problem,
    "MultiPolygon": _ring_problem,
}
