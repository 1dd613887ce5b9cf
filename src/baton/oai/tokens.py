"""Resumption tokens: all that a list needs to go on, signed, so that nothing has to be remembered here. Pure."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from baton.feeds.harvest import Place
from baton.oai.errors import OaiError

LIFE = timedelta(days=60)
_ALIVE_FOR = int(LIFE.total_seconds())
_SIGNATURE = 16  # bytes
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Token:
    """Where a list goes on: the arguments that it began with, the last record given out, how many, and of how many."""

    verb: str
    arguments: Mapping[str, str]
    place: Place
    delivered: int
    size: int
    issued: int  # seconds since 1970

    @property
    def expires(self) -> datetime:
        return datetime.fromtimestamp(self.issued + _ALIVE_FOR, UTC)


def write(token: Token, key: bytes) -> str:
    """The text that the harvester hands back."""
    moment, position = token.place
    said = [
        token.verb,
        dict(token.arguments),
        (moment - _EPOCH) // _MICROSECOND,
        position,
        token.delivered,
        token.size,
        token.issued,
    ]
    body = orjson.dumps(said)
    return base64.urlsafe_b64encode(_sign(body, key) + body).decode().rstrip("=")


def read(text: str, key: bytes, verb: str, now: datetime) -> Token:
    """The token in the text, for a list of `verb`. Raises `badResumptionToken`."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raw = b""
    signature, body = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(signature, _sign(body, key)):
        raise _bad("This token was not given out here, or not as it stands.")
    said_verb, arguments, moment, position, delivered, size, issued = orjson.loads(body)
    if said_verb != verb:
        raise _bad(f"This token belongs to {said_verb}.")
    if issued + _ALIVE_FOR < now.timestamp():
        raise _bad(f"This token has expired: tokens are good for {LIFE.days} days. Begin again.")
    place = Place(_EPOCH + moment * _MICROSECOND, position)
    return Token(verb, arguments, place, delivered, size, issued)


def _sign(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, body, hashlib.sha256)[:_SIGNATURE]


def _bad(message: str) -> OaiError:
    return OaiError("badResumptionToken", message)
