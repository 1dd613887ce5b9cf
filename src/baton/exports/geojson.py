"""Where a record's subject lies, as GeoJSON (RFC 7946)."""

from collections.abc import Mapping
from typing import Any

from baton.exports.links import cited_at
from baton.exports.view import View
from baton.identifiers.schemes import url_for
from baton.records.record import Record


def geojson(record: Record, view: View) -> dict[str, Any]:
    """A collection of the places, in their order; empty for a record without any."""
    features = (record.metadata.get("locations") or {}).get("features") or ()
    about = {"record": cited_at(record, view.base_url), "title": record.title}
    return {"type": "FeatureCollection", "features": [_feature(one, about) for one in features]}


def _feature(place: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {name: place[name] for name in ("place", "description") if place.get(name)}
    identifiers = [_identifier(one) for one in place.get("identifiers") or ()]
    if identifiers:
        properties["identifiers"] = identifiers
    return {"type": "Feature", "geometry": place.get("geometry"), "properties": {**properties, **about}}


def _identifier(identifier: Mapping[str, Any]) -> dict[str, Any]:
    address = url_for(identifier.get("scheme", ""), identifier.get("identifier", ""))
    return {**identifier, "url": address} if address else dict(identifier)
