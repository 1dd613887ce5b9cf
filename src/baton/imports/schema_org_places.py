"""Places in schema.org's words: points, boxes and polygons, in degrees of latitude and longitude."""

import re
from collections.abc import Iterator
from typing import Any

from baton.imports.addresses import identifier_at
from baton.imports.datacite_places import degrees, rectangle
from baton.imports.graph import Graph, Thing, address_of, word
from baton.imports.imported import filled
from baton.records.metadata.identifiers import PLACE

_BETWEEN = re.compile(r"[\s,]+")
_BOX = 2  # corners
_RING = 4  # the fewest positions


def features(value: object, graph: Graph) -> list[dict[str, Any]]:
    """One for each shape of each place; for a place without one, its name."""
    found = []
    for at, thing in graph.found(value, "spatialCoverage"):
        identifier = identifier_at(address_of(thing), PLACE)
        place = filled(
            {
                "place": word(thing.get("name")),
                "description": word(thing.get("description")),
                "identifiers": [identifier] if identifier else [],
            }
        )
        shapes = [shape for _at, geo in graph.found(thing.get("geo"), f"{at}.geo") for shape in _shapes(geo)]
        if thing.get("geo") and not shapes:
            graph.complaints.lose(f"{at}.geo", "This is no point, box or polygon in degrees.")
        found += [{**place, "geometry": shape} for shape in shapes] or [place] * bool(place)
    return found


def _shapes(geo: Thing) -> Iterator[dict[str, Any]]:
    latitude, longitude = degrees(geo.get("latitude")), degrees(geo.get("longitude"))
    if latitude is not None and longitude is not None:
        yield {"type": "Point", "coordinates": [longitude, latitude]}
    box = _positions(word(geo.get("box")))
    if len(box) == _BOX:
        (west, south), (east, north) = box
        yield {"type": "Polygon", "coordinates": [rectangle(west, east, south, north)]}
    ring = _positions(word(geo.get("polygon")))
    if len(ring) >= _RING:
        yield {"type": "Polygon", "coordinates": [ring]}


def _positions(given: str) -> list[list[float]]:
    """Pairs of latitude and longitude, the other way round than GeoJSON."""
    numbers = [degrees(number) for number in _BETWEEN.split(given) if number]
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    found = [[longitude, latitude] for latitude, longitude in pairs if latitude is not None and longitude is not None]
    return found if len(found) * 2 == len(numbers) else []
