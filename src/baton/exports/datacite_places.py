"""GeoJSON features as DataCite's places: points, boxes and polygons, each with its name."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

_Document = dict[str, Any]
_SIDES = 4  # of a rectangle


def geo_locations(features: Iterable[Mapping[str, Any]]) -> Iterator[_Document]:
    """One for each shape of each feature; of polygons the outer ring, of lines the box around them."""
    for feature in features:
        place = feature.get("place") or feature.get("description")
        named = {"geoLocationPlace": place} if place else {}
        geometry = feature.get("geometry") or {}
        shapes = list(_shapes(geometry.get("type", ""), geometry.get("coordinates") or ()))
        for shape in shapes or ([{}] if named else []):
            yield {**named, **shape}


def older_geo_location(one: Mapping[str, Any]) -> _Document:
    """The same as JSON had it before kernel 4.5: degrees as text, a list of polygons."""
    older = dict(one)
    for shape in ("geoLocationPoint", "geoLocationBox"):
        if shape in older:
            older[shape] = _as_text(older[shape])
    if "geoLocationPolygon" in older:
        corners = [_as_text(each["polygonPoint"]) for each in older.pop("geoLocationPolygon")]
        older["geoLocationPolygons"] = [{"polygonPoints": corners}]
    return older


def _as_text(degrees: Mapping[str, float]) -> dict[str, str]:
    return {name: str(value) for name, value in degrees.items()}


def _shapes(kind: str, coordinates: Any) -> Iterator[_Document]:  # noqa: ANN401  nested to a depth that `kind` says
    match kind:
        case "Point":
            yield {"geoLocationPoint": _point(coordinates)}
        case "MultiPoint":
            yield from ({"geoLocationPoint": _point(position)} for position in coordinates)
        case "Polygon":
            yield _polygon(coordinates[0])
        case "MultiPolygon":
            yield from (_polygon(rings[0]) for rings in coordinates)
        case "LineString":
            yield _box(coordinates)
        case "MultiLineString":
            yield from (_box(line) for line in coordinates)


def _point(position: list[float]) -> _Document:
    return {"pointLongitude": position[0], "pointLatitude": position[1]}


def _polygon(ring: list[list[float]]) -> _Document:
    """A rectangle along the degrees is a box in DataCite's words, which more programs read."""
    corners = [tuple(position[:2]) for position in ring]
    sides = list(pairwise(corners))
    along = all(longitude == other or latitude == another for (longitude, latitude), (other, another) in sides)
    if len(sides) == _SIDES and along:
        return _box(ring)
    return {"geoLocationPolygon": [{"polygonPoint": _point(position)} for position in ring]}


def _box(line: list[list[float]]) -> _Document:
    longitudes, latitudes = [position[0] for position in line], [position[1] for position in line]
    return {
        "geoLocationBox": {
            "westBoundLongitude": min(longitudes),
            "eastBoundLongitude": max(longitudes),
            "southBoundLatitude": min(latitudes),
            "northBoundLatitude": max(latitudes),
        }
    }
