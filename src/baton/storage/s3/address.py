"""Where an S3 store is and how it is spoken to: its URL, and requests that carry their signature in the address.

A signed address does what the library for objects has no call for: downloads that a browser fetches by itself, with
the name and type of the file, and the assembly of an object from others. Signature Version 4, in the query string.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from baton.kernel.errors import InvalidInput

_OPTIONS = {"endpoint", "region", "style", "timeout"}
# Seconds without a byte after which a store that does not answer is taken for away, unless its URL says otherwise.
PATIENCE = 30
# Characters that a signed address leaves as they are.
_PLAIN = "-._~"


@dataclass(frozen=True, slots=True)
class Keys:
    """Credentials; `session` is the token of temporary ones."""

    access: str = ""
    secret: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A bucket, or the part of it below `prefix`, which ends with a slash if it is not empty."""

    bucket: str
    prefix: str
    endpoint: str  # without a slash at the end and without the bucket
    region: str
    in_path: bool  # whether the bucket stands in the path of an address, or in its host name
    keys: Keys
    patience: float = PATIENCE

    @classmethod
    def parse(cls, url: str, keys: Keys) -> "Address":
        """`s3://[key:secret@]bucket[/prefix][?endpoint=...&region=...&style=...&timeout=...]`. Or `InvalidInput`."""
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        if unknown := options.keys() - _OPTIONS:
            raise InvalidInput(f"The storage URL has {min(unknown)!a}; it takes {', '.join(sorted(_OPTIONS))}.")
        if parts.username is not None:
            keys = Keys(unquote(parts.username), unquote(parts.password or ""))
        if not parts.hostname or not keys.access or not keys.secret:
            lacks = "name of a bucket" if not parts.hostname else "access key and secret"
            raise InvalidInput(
                f"The storage URL s3://{parts.hostname or ''} has no {lacks}. "
                "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write s3://KEY:SECRET@bucket."
            )
        region = options.get("region", "us-east-1")
        endpoint = options.get("endpoint", f"https://s3.{region}.amazonaws.com").rstrip("/")
        style = options.get("style", "path" if "endpoint" in options else "virtual")
        if style not in {"path", "virtual"} or urlsplit(endpoint).scheme not in {"http", "https"}:
            raise InvalidInput("In the storage URL, style is path or virtual, and endpoint begins with http or https.")
        patience = options.get("timeout", str(PATIENCE))
        if not re.fullmatch("[1-9][0-9]{0,3}", patience):
            raise InvalidInput(f"In the storage URL, timeout is a number of seconds from 1 to 9999, not {patience!a}.")
        prefix = parts.path.strip("/")
        prefix = f"{prefix}/" if prefix else ""
        return cls(parts.hostname, prefix, endpoint, region, style == "path", keys, float(patience))

    @property
    def root(self) -> str:
        """The address of the bucket, without a slash at the end."""
        if self.in_path:
            return f"{self.endpoint}/{self.bucket}"
        parts = urlsplit(self.endpoint)
        return f"{parts.scheme}://{self.bucket}.{parts.netloc}"

    def sign(
        self,
        method: str,
        key: str,
        now: datetime,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: int = 3600,
    ) -> str:
        """The address of the object `key` with which anybody may do `method` for so long.

        `key` is complete, with the prefix; whoever uses the address must send exactly these `headers`.
        """
        url = urlsplit(f"{self.root}/{quote(key, safe=_PLAIN + '/')}")
        signed = {"host": url.netloc, **{name.lower(): value for name, value in (headers or {}).items()}}
        day, moment = f"{now:%Y%m%d}", f"{now:%Y%m%dT%H%M%SZ}"
        scope = f"{day}/{self.region}/s3/aws4_request"
        names = ";".join(sorted(signed))
        asked = {
            **(query or {}),
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{self.keys.access}/{scope}",
            "X-Amz-Date": moment,
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": names,
        }
        if self.keys.session:
            asked["X-Amz-Security-Token"] = self.keys.session
        text = "&".join(f"{quote(name, safe=_PLAIN)}={quote(asked[name], safe=_PLAIN)}" for name in sorted(asked))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        request = f"{method}\n{url.path}\n{text}\n{lines}\n{names}\nUNSIGNED-PAYLOAD"
        to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        secret = f"AWS4{self.keys.secret}".encode()
        for word in (day, self.region, "s3", "aws4_request"):
            secret = _hmac(secret, word)
        return f"{url.geturl()}?{text}&X-Amz-Signature={_hmac(secret, to_sign).hex()}"


def _hmac(secret: bytes, text: str) -> bytes:
    return hmac.digest(secret, text.encode(), hashlib.sha256)
