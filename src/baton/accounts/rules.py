"""What accounts must look like and what tokens may do. Pure: no database, no clock, no HTTP."""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Collection

from baton.accounts.actor import SCOPES, Actor
from baton.accounts.errors import CsrfFailed, ScopeMissing
from baton.kernel.errors import FieldError, PermissionDenied

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1000
LONGEST_EMAIL = 254
LONGEST_NAME = 200

# What browsers accept in <input type="email"> (HTML standard, "valid e-mail address").
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def normal_email(text: str) -> str | None:
    """The one spelling under which an address is kept and written to; `None` when it is no address.

    Mails go to this spelling, never to what was typed: otherwise two addresses that fold into one could each take the
    other's account.
    """
    local, at, domain = text.strip().rpartition("@")
    if not at or len(domain) > LONGEST_EMAIL or not _LOCAL_PART.fullmatch(local):
        return None
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    email = f"{local.lower()}@{domain}"
    return email if len(email) <= LONGEST_EMAIL and _DOMAIN.fullmatch(domain) else None


def email_faults(text: str) -> tuple[FieldError, ...]:
    """What is wrong with an address."""
    if normal_email(text) is None:
        return (FieldError("email", "Write an e-mail address such as name@example.org."),)
    return ()


def password_faults(password: str, email: str = "", field: str = "password") -> tuple[FieldError, ...]:
    """What is wrong with a new password. Length is what counts; no rules about kinds of characters."""
    if len(password) < SHORTEST_PASSWORD:
        return (FieldError(field, f"Use at least {SHORTEST_PASSWORD} characters; a few words in a row are fine."),)
    if len(password) > LONGEST_PASSWORD:
        return (FieldError(field, f"Use at most {LONGEST_PASSWORD:,} characters."),)
    if email and password.casefold() == email.strip().casefold():
        return (FieldError(field, "Use something else than your e-mail address."),)
    if _SURROGATE.search(password):
        return (FieldError(field, "Use characters that can be typed; this text is broken."),)
    return ()


def text_faults(field: str, text: str) -> tuple[FieldError, ...]:
    """What is wrong with a name or an affiliation: one line of at most `LONGEST_NAME` characters, or nothing."""
    if len(text.strip()) > LONGEST_NAME:
        return (FieldError(field, f"Use at most {LONGEST_NAME} characters."),)
    if _CONTROL.search(text.strip()):
        return (FieldError(field, "Write it in one line, without control characters."),)
    return ()


def scope_faults(scopes: Collection[str]) -> tuple[FieldError, ...]:
    """What is wrong with the scopes of a new token."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        return (FieldError("scopes", f"Unknown: {', '.join(unknown)}. There are: {', '.join(SCOPES)}."),)
    return ()


def require_login(actor: Actor, scope: str | None = None) -> int:
    """The caller's user id, or a refusal for anonymous callers (403, as the clients of both dialects expect)."""
    if actor.user_id is None:
        raise PermissionDenied("Log in or send a valid access token to do this.")
    require_scope(actor, scope)
    return actor.user_id


def require_scope(actor: Actor, scope: str | None) -> None:
    """Raise unless the token in use has `scope`; browser sessions have every scope."""
    if scope is not None and scope not in actor.scopes:
        raise ScopeMissing(scope)


def fingerprint(secret: str) -> str:
    """How a secret that we made ourselves is kept: SHA-256 is enough for 360 random bits, and fast."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def network_of(address: str) -> str:
    """The part of an address that one household or machine cannot change at will: all of IPv4, /64 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:  # noqa: PLR2004
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def csrf_token(session_secret: str) -> str:
    """The proof that a form or script comes from a page made for this session; it does not give the session away."""
    return hmac.new(session_secret.encode(errors="replace"), b"csrf", hashlib.sha256).hexdigest()


def require_form_token(expected: str | None, given: str | None) -> None:
    """Raise unless a form's hidden field holds what its page was given.

    `expected` is `csrf_token` of the session, or before there is one the random cookie that came with the page.
    """
    if not expected:
        raise CsrfFailed("CSRF cookie not set. Allow cookies for this site, load the page again and send it once more.")
    if not given or not _same(expected, given):
        raise CsrfFailed("CSRF token missing or incorrect. Load the page again and send it once more.")


def require_header_token(session_secret: str, cookie: str | None, header: str | None) -> None:
    """Raise unless a script's `X-CSRFToken` equals the `csrftoken` cookie, and both belong to the session.

    The last part is more than the incumbents ask: a neighbouring host that can set cookies for us gains nothing.
    """
    require_form_token(cookie, header)
    require_form_token(csrf_token(session_secret), header)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))
