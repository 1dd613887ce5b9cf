"""DataCite's places as GeoJSON features: points, boxes and polygons, each with its name."""

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from baton.imports.imported import Complaints, filled
from baton.imports.values import listed, objects, text

_Document = Mapping[str, Any]
_WHOLE = re.compile(r"-?\d{1,3}", re.ASCII)
_NO_DEGREES = "These are no degrees; the shape was left out."


def features(document: _Document, complaints: Complaints) -> list[dict[str, Any]]:
    """One for each shape of each place."""
    found = []
    for at, one in objects(document.get("geoLocations"), "geoLocations", complaints):
        place = text(one.get("geoLocationPlace"))
        shapes = list(_shapes(one, at, complaints))
        found += [filled({"place": place, "geometry": shape}) for shape in shapes]
        if place and not shapes:
            found.append({"place": place})
    return found


def _shapes(one: _Document, at: str, complaints: Complaints) -> Iterator[dict[str, Any]]:
    """A shape may stand alone or in a list, as the versions of DataCite's JSON have it."""
    for name, read in (("geoLocationPoint", _point), ("geoLocationBox", _box)):
        for given in listed(one.get(name)):
            shape = read(given) if isinstance(given, Mapping) else None
            if shape is not None:
                yield shape
            else:
                complaints.lose(f"{at}.{name}", _NO_DEGREES)
    for name in ("geoLocationPolygon", "geoLocationPolygons"):
        for ring in _rings(one.get(name)):
            positions = [_position(corner) for corner in ring]
            if positions and None not in positions:
                yield {"type": "Polygon", "coordinates": [positions]}
            else:
                complaints.lose(f"{at}.{name}", _NO_DEGREES)


def _point(given: _Document) -> dict[str, Any] | None:
    position = _position(given)
    return None if position is None else {"type": "Point", "coordinates": position}


def _position(given: object) -> list[float] | None:
    if not isinstance(given, Mapping):
        return None
    longitude, latitude = degrees(given.get("pointLongitude")), degrees(given.get("pointLatitude"))
    return None if longitude is None or latitude is None else [longitude, latitude]


def degrees(given: object) -> float | None:
    """Older JSON has degrees as text, as XML has; whole numbers stay what they are."""
    try:
        number = float(given) if isinstance(given, (str, int, float)) and not isinstance(given, bool) else None
    except ValueError:
        return None
    if number is None or not isfinite(number):
        return None
    is_whole = isinstance(given, int) or (isinstance(given, str) and _WHOLE.fullmatch(given.strip()))
    return int(number) if is_whole else number


def _box(given: _Document) -> dict[str, Any] | None:
    names = ("westBoundLongitude", "eastBoundLongitude", "southBoundLatitude", "northBoundLatitude")
    west, east, south, north = (degrees(given.get(name)) for name in names)
    if west is None or east is None or south is None or north is None:
        return None
    if west <= east:
        return {"type": "Polygon", "coordinates": [rectangle(west, east, south, north)]}
    # Across the antimeridian, in two parts (RFC 7946, section 3.1.9).
    parts = [rectangle(west, 180, south, north), rectangle(-180, east, south, north)]
    return {"type": "MultiPolygon", "coordinates": [[part] for part in parts]}


def rectangle(west: float, east: float, south: float, north: float) -> list[list[float]]:
    """The ring around a box, against the clock."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _rings(given: object) -> Iterator[list[Any]]:
    """Lists of corners, out of any of the ways in which the JSON has put them."""
    items = listed(given)
    if any(isinstance(one, Mapping) and "polygonPoint" in one for one in items):
        yield [one["polygonPoint"] for one in items if isinstance(one, Mapping) and "polygonPoint" in one]
        return
    for one in items:
        if isinstance(one, list):
            yield from _rings(one)
        elif isinstance(one, Mapping) and "polygonPoints" in one:
            yield listed(one["polygonPoints"])
