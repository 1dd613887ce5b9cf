"""Whether a conditional request is answered, refused or spared: RFC 9110 section 13. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from baton.files.errors import PreconditionFailed

_ETAG = re.compile(r'(W/)?"([^"]*)"')


def http_date(moment: datetime) -> str:
    """The moment as HTTP writes it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def is_unchanged(headers: Mapping[str, str], etag: str, modified: datetime) -> bool:
    """Whether the caller has this content already (304). Raises `PreconditionFailed` (412) if it wanted another.

    The order is that of section 13.2.2: tags come before dates. `etag` is strong and stands in its quotes.
    """
    if (tags := headers.get("if-match")) is not None:
        if not _names(tags, etag, weakly=False):
            raise PreconditionFailed(f"The content is {etag} now, not the one that If-Match names; read it again.")
    elif (limit := _date(headers.get("if-unmodified-since"))) is not None and _seconds(modified) > limit:
        raise PreconditionFailed(f"The content was changed on {http_date(modified)}; read it again.")
    if (tags := headers.get("if-none-match")) is not None:
        return _names(tags, etag, weakly=True)
    since = _date(headers.get("if-modified-since"))
    return since is not None and _seconds(modified) <= since


def range_applies(headers: Mapping[str, str], etag: str, modified: datetime) -> bool:
    """Whether `Range` may be honoured: `If-Range` must name exactly this content (section 13.1.5)."""
    condition = headers.get("if-range")
    if condition is None:
        return True
    if '"' in condition:
        return condition.strip() == etag
    return _date(condition) == _seconds(modified)


def is_ours_to_answer(headers: Mapping[str, str], etag: str) -> bool:
    """Whether somebody else who has the same bytes, under another tag and date, would answer the request wrongly.

    Tags that are not ours may be that one's. Several ranges at once are known to few.
    """
    if not {"if-match", "if-modified-since", "if-unmodified-since"}.isdisjoint(headers):
        return True
    conditions = (headers.get("if-none-match"), headers.get("if-range"))
    is_named = any(etag in condition or '"' not in condition for condition in conditions if condition is not None)
    return is_named or "," in headers.get("range", "")


def _names(tags: str, etag: str, *, weakly: bool) -> bool:
    """Whether a list of entity tags names this one; weak tags only count when compared weakly (section 8.8.3.2)."""
    if tags.strip() == "*":
        return True
    return any(f'"{match[2]}"' == etag and (weakly or not match[1]) for match in _ETAG.finditer(tags))


def _date(text: str | None) -> datetime | None:
    """The date, or `None` for anything else, which the specification says to ignore."""
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
