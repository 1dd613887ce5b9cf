"""How a browser is told to treat a file that a stranger uploaded: its name, its type, and what it may do. Pure."""

import re
import unicodedata
from urllib.parse import quote

from baton.files.mediatypes import UNKNOWN

# What a browser would run as part of this site; it is shown as the text that it is.
_ACTIVE = {
    "application/ecmascript",
    "application/javascript",
    "application/x-javascript",
    "application/xhtml+xml",
    "application/xml",
    "application/xslt+xml",
    "image/svg+xml",
    "multipart/related",
    "multipart/x-mixed-replace",
    "text/css",
    "text/ecmascript",
    "text/html",
    "text/javascript",
    "text/vtt",
    "text/xml",
    "text/xsl",
}

# What a browser may show in its window instead of saving it.
_SHOWN = re.compile(r"(image|audio|video)/[a-z0-9.+-]+|text/[a-z0-9.+-]+|application/(pdf|json|ld\+json)")

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")

_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$&+.^_`|~() -]+")

# Whatever slips through runs in an origin of its own, with nothing to load and nobody to talk to.
_LOCKED = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_SANDBOXED = f"{_LOCKED}; sandbox"
# Browsers' own PDF viewers do not start in a sandbox; they are one themselves.
_PDF = f"{_LOCKED}; object-src 'self'"


def safe_type(media_type: str) -> str:
    """The media type to announce: what a browser would run becomes plain text, what is malformed unknown."""
    media_type = media_type.partition(";")[0].strip().lower()
    if not _TYPE.fullmatch(media_type):
        return UNKNOWN
    if media_type in _ACTIVE or (media_type.endswith("+xml") and _SHOWN.fullmatch(media_type)):
        return "text/plain"
    return media_type


def may_be_shown(media_type: str) -> bool:
    """Whether a browser may show such a file in its window instead of saving it."""
    return _SHOWN.fullmatch(safe_type(media_type)) is not None


def safety_headers(key: str, media_type: str, *, attachment: bool) -> dict[str, str]:
    """`Content-Type`, `Content-Disposition` and what keeps a file from acting as a page of this site."""
    kind = safe_type(media_type)
    is_saved = attachment or not may_be_shown(media_type)
    return {
        "Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "Content-Disposition": disposition(key, attachment=is_saved),
        "Content-Security-Policy": _PDF if kind == "application/pdf" else _SANDBOXED,
        "X-Content-Type-Options": "nosniff",
    }


def headers_elsewhere(key: str, media_type: str, *, attachment: bool) -> dict[str, str]:
    """What another server should say, which can neither forbid a browser to guess the type nor lock a file in."""
    is_tame = safe_type(media_type) == media_type
    headers = safety_headers(key, media_type, attachment=attachment or not is_tame)
    return {name: headers[name] for name in ("Content-Type", "Content-Disposition")}


def disposition(key: str, *, attachment: bool) -> str:
    """The value of `Content-Disposition` (RFC 6266) that gives the file its own name, without its folders.

    Names beyond plain ASCII come twice: for old programs with what ASCII can say, and exactly, as RFC 8187 encodes it.
    """
    kind = "attachment" if attachment else "inline"
    name = key.rpartition("/")[2] or "file"
    if _PLAIN_NAME.fullmatch(name) and name == name.strip():  # readers take spaces off the ends of a quoted name
        return f'{kind}; filename="{name}"'
    letters = (char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    fallback = "".join(char if _PLAIN_NAME.fullmatch(char) else "_" for char in letters)
    exact = quote(name.encode(errors="replace"), safe="!#$&+^`|")
    return f"{kind}; filename=\"{fallback}\"; filename*=UTF-8''{exact}"
