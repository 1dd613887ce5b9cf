"""The facets: what is counted, how a chosen value becomes a condition, and how counts become buckets. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from baton.kernel.errors import FieldError, InvalidInput
from baton.search import nodes
from baton.search.backend import Bucket, Facet
from baton.search.dates import EARLIEST, LATEST, day_bounds
from baton.search.nodes import Node

# Each part of the index names so many times as many of its commonest values as are shown (Elasticsearch's rule gives
# 25 for 10): looking their names up is most of the cost of a facet with very many values.
CANDIDATES = 3
# Between the two levels of a chosen value: `publication::publication-article`.
LEVELS = "::"


@dataclass(frozen=True, slots=True)
class Counted:
    """A facet of one keyword field; `inner` is the field of its second level, `size` the most values shown."""

    field: str
    size: int
    inner: str | None = None
    by_key: bool = False  # in the order of the values, not of their counts


FACETS = {
    "publication_date": Counted("year", 400, by_key=True),
    "access_status": Counted("access_status", 10),
    "resource_type": Counted("type", 30, inner="subtype"),
    "subject": Counted("subject", 10),
    "file_type": Counted("file_type", 10),
    "is_published": Counted("is_published", 2),
    "status": Counted("is_published", 2),
}

# `status` is `is_published` in the words of the legacy dialect.
_STATUS = {"draft": "false", "published": "true"}
_STATUS_NAME = {value: name for name, value in _STATUS.items()}


def condition(name: str, values: Sequence[str]) -> Node:
    """What a document must be when `values` of the facet `name` are chosen. Raises `InvalidInput`."""
    if name not in FACETS:
        _refuse(name, f"There is no facet called {name[:100]!r}.")
    if name == "publication_date":
        return nodes.some_of([_published(value) for value in values])
    if name == "status":
        return nodes.some_of([_status(value) for value in values])
    return nodes.some_of([_chosen(FACETS[name], value) for value in values])


def conditions(filters: Mapping[str, Sequence[str]]) -> dict[str, Node]:
    """The condition of every facet of which something is chosen."""
    return {name: condition(name, values) for name, values in filters.items() if values}


def _chosen(facet: Counted, value: str) -> Node:
    if facet.inner is None:
        return nodes.Exact(facet.field, (value,))
    outer, _, inner = value.partition(LEVELS)
    return nodes.Exact(facet.inner, (inner,)) if inner else nodes.Exact(facet.field, (outer,))


def _status(value: str) -> Node:
    if value not in _STATUS:
        _refuse("status", f"A status is one of {', '.join(_STATUS)}, not {value[:100]!r}.")
    return nodes.Exact("is_published", (_STATUS[value],))


def _published(value: str) -> Node:
    """A date, or a range of dates `a..b`: open where an end is missing, `(` or `)` leaves the date itself out."""
    text = value.strip()
    without_low, without_high = text.startswith("("), text.endswith(")")
    low, dots, high = text.strip("[]()").partition("..")
    high = high if dots else low
    first = day_bounds(low) if low else (EARLIEST, EARLIEST)
    last = day_bounds(high) if high else (LATEST, LATEST)
    if first is None or last is None or not (low or high):
        _refuse("publication_date", f"{value[:100]!r} is no date or range. Write 2020, 2020-05 or 2019..2021.")
    lowest = first[1] + 1 if without_low and low else first[0]
    highest = last[0] - 1 if without_high and high else last[1]
    return nodes.All((nodes.Between("published_last", lowest, None), nodes.Between("published_first", None, highest)))


def _refuse(name: str, message: str) -> NoReturn:
    raise InvalidInput(message, errors=[FieldError(name, message)])


def aggregation(name: str, chosen: Sequence[str] = ()) -> dict[str, Any]:
    """The count of `name` in the words that Elasticsearch, OpenSearch and tantivy share.

    The chosen values are counted beside the commonest ones, for a choice must not vanish from the list.
    """
    facet = FACETS[name]
    terms: dict[str, Any] = {"field": facet.field, "size": facet.size, "shard_size": facet.size * CANDIDATES}
    if facet.by_key:
        terms["order"] = {"_key": "asc"}
    counts: dict[str, Any] = {name: {"terms": terms}}
    if facet.inner is not None:
        counts[name]["aggs"] = {"inner": {"terms": {"field": facet.inner, "size": facet.size}}}
    elif chosen and not facet.by_key and name != "status":
        counts[f"{name}+"] = {"terms": {"field": facet.field, "size": len(chosen), "include": list(chosen)}}
    return counts


def facet_of(name: str, counts: Mapping[str, Any]) -> Facet:
    """The facet from the engine's answer to `aggregation`."""
    buckets = [_bucket(raw) for raw in counts[name]["buckets"]]
    shown = {bucket.key for bucket in buckets}
    extra = (_bucket(raw) for raw in counts.get(f"{name}+", {"buckets": []})["buckets"])
    buckets.extend(bucket for bucket in extra if bucket.key not in shown)
    if name == "status":
        buckets = [_renamed(bucket, _STATUS_NAME) for bucket in buckets]
    return Facet(name, tuple(buckets))


def _bucket(raw: Mapping[str, Any]) -> Bucket:
    key = raw["key"]
    inner = raw.get("inner", {"buckets": []})["buckets"]
    name = str(int(key)) if isinstance(key, float) else str(key)
    return Bucket(name, int(raw["doc_count"]), tuple(_bucket(part) for part in inner))


def _renamed(bucket: Bucket, names: Mapping[str, str]) -> Bucket:
    return bucket._replace(key=names.get(bucket.key, bucket.key))
