"""Sitemaps (sitemaps.org/protocol.html): an index, and pages of so many numbers each. Pure.

A page is a range of numbers, so that a record stays on its page whatever is published or withdrawn beside it.
"""

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape

from baton.feeds.queries import Stamped

NUMBERS = 20_000  # on a page; the protocol allows 50,000 addresses

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def index(pages: Iterable[Stamped], base_url: str) -> str:
    """The index of these pages. The first is always there, for it has the start page too."""
    changed = {0: None, **{page.number: page.changed_at for page in pages}}
    lines = [_line("sitemap", f"{base_url}/sitemap/{number}.xml", moment) for number, moment in changed.items()]
    return f"{_HEAD}<sitemapindex {_SPACE}>\n{''.join(lines)}</sitemapindex>\n"


def page(number: int, found: Iterable[Stamped], base_url: str) -> str:
    """One page: the addresses of these records, and on the first the start page."""
    lines = [_line("url", f"{base_url}/", None)] if number == 0 else []
    lines += [_line("url", f"{base_url}/records/{record.number}", record.changed_at) for record in found]
    return f"{_HEAD}<urlset {_SPACE}>\n{''.join(lines)}</urlset>\n"


def _line(element: str, address: str, changed_at: datetime | None) -> str:
    changed = f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>" if changed_at else ""
    return f"<{element}><loc>{escape(address)}</loc>{changed}</{element}>\n"
