"""One server over HTTP: asked again with growing pauses while it is busy, down or cut off. Knows no dialect."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from email.utils import parsedate_to_datetime
from threading import Event
from typing import Any, Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from baton import __version__
from baton.client.errors import Failure, Refused, Unreachable
from baton.client.pool import Stopped
from baton.kernel import clock

JSON = "application/vnd.inveniordm.v1+json"
# What is read from a file and written to a socket at once; the library's own 16 KiB cost four times the CPU.
BLOCK = 1 << 20
# Worth another attempt. 500 is not: the same request would break the same code.
PASSING = {408, 425, 429, 502, 503, 504}
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0  # seconds
FIRST_PATIENCE = 10.0
# Longer than this nobody waits because a server says so (`Retry-After`).
LONGEST_WAIT = 15 * 60.0
CONNECT, ANSWER, SLOW_ANSWER = 20, 300, 6 * 3600  # seconds until we give up listening
# Bytes of an answer that we are ready to keep in memory.
LARGEST_ANSWER = 64 << 20
_REFUSES = 400
_LONGEST_MESSAGE = 2000


class Body(Protocol):
    """Bytes to send, from their beginning; `len()` says how many."""

    def __len__(self) -> int: ...

    def read(self, size: int = -1) -> bytes: ...

    def close(self) -> None: ...


class _Bearer(AuthBase):
    """The token, for its own server only. Being set, it also keeps passwords of ~/.netrc out of the way."""

    def __init__(self, token: str | None, address: str) -> None:
        self._token = token
        self._server = urlsplit(address)[:2]

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token and urlsplit(request.url or "")[:2] == self._server:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  the library's own
        super().init_poolmanager(*arguments, **options, blocksize=BLOCK)


class Remote:
    """A server at `address`. Safe to use from several threads at once.

    `patience`: seconds for which one request is tried again before the command gives up; `silence`: seconds for which
    a stream may bring nothing.
    """

    def __init__(
        self,
        address: str,
        token: str | None = None,
        *,
        patience: float = 300,
        silence: float = ANSWER,
        tell: Callable[[str], None],
        stopped: Event,
    ) -> None:
        self.is_given_up = False  # by whoever has other servers to ask
        self.address = address.rstrip("/").removesuffix("/api")
        parsed(self.address)
        self._patience = patience
        self._silence = silence
        self._tell = tell
        self._stopped = stopped
        self._has_answered = False
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"baton/{__version__}"
        self._session.auth = _Bearer(token, self.address)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _Adapter(pool_maxsize=64))

    def url(self, path: str) -> str:
        """The absolute address of a path on this server; what is absolute stays."""
        return urljoin(f"{self.address}/", path) if "://" in path else self.address + path

    def json(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        repeatable: bool = True,
        timeout: float = ANSWER,
        accept: str = JSON,
    ) -> Any:  # noqa: ANN401  any JSON value
        """The JSON of an answer; `None` when it has no body. Raises `Refused`, `Unreachable`.

        What is not `repeatable` is never sent again when it may have arrived.
        """
        headers = {"Accept": accept}
        with self._answer(method, path, headers, json=body, repeatable=repeatable, timeout=(CONNECT, timeout)) as (
            answer,
            data,
        ):
            return _parsed(answer, data)

    def send(
        self,
        method: str,
        path: str,
        make_body: Callable[[], Body],
        headers: Mapping[str, str],
        *,
        timeout: float = ANSWER,
    ) -> Any:  # noqa: ANN401  any JSON value
        """Stream a body, made anew for each attempt; answers as `json` does."""
        asked = {"Accept": JSON, **headers}
        with self._answer(method, path, asked, make_body=make_body, timeout=(CONNECT, timeout)) as (answer, data):
            return _parsed(answer, data)

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str]) -> Iterator[requests.Response]:
        """An answer whose body has not been read yet, in no encoding but its own."""
        asked = {"Accept-Encoding": "identity", **headers}
        with self._answer("GET", path, asked, stream=True, timeout=(CONNECT, self._silence)) as (answer, _data):
            yield answer

    def bytes_of(self, path: str, most: int) -> bytes:
        """A short answer of any kind. Raises `Refused`, also when it has more than `most` bytes."""
        with self.stream(path, {}) as answer:
            return b"".join(_at_most(answer, most))

    def location(self, path: str) -> str | None:
        """Where an address leads, if it leads elsewhere; it is not followed."""
        with self._answer("GET", path, {}, allow_redirects=False, timeout=(CONNECT, ANSWER)) as (answer, _data):
            target = answer.headers.get("Location")
            return urljoin(answer.url, target) if target and answer.is_redirect else None

    def attempts(self) -> "Attempts":
        """Pauses for what breaks off after it was answered."""
        return Attempts(self._patience, self._tell, self._stopped)

    @contextmanager
    def _answer(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        *,
        make_body: Callable[[], Body] | None = None,
        repeatable: bool = True,
        stream: bool = False,
        **options: Any,  # noqa: ANN401  those of requests
    ) -> Iterator[tuple[requests.Response, bytes]]:
        """An answer that is no refusal, and its body unless it comes as a stream, after as many attempts as needed."""
        url = self.url(path)
        # A server that has never answered is more likely to be a wrong address than one that is down.
        patience = self._patience if self._has_answered else min(self._patience, FIRST_PATIENCE)
        attempts = Attempts(patience, self._tell, self._stopped)
        while True:
            data = make_body() if make_body is not None else None
            try:
                answer = self._session.request(method, url, headers=dict(headers), data=data, stream=True, **options)
                reads = not stream or answer.status_code >= _REFUSES
                body = b"".join(_at_most(answer, LARGEST_ANSWER)) if reads else b""
            except requests.RequestException as error:
                if not (repeatable or _has_not_arrived(error)) or not _is_passing(error):
                    raise Unreachable(f"{_host(url)} cannot be asked: {_reason(error)}") from None
                attempts.wait(f"{_host(url)} does not answer ({_reason(error)})")
                continue
            finally:
                if data is not None:
                    data.close()
            self._has_answered = True
            with answer:
                if answer.status_code in PASSING:
                    attempts.wait(f"{_host(url)} answers {answer.status_code}", retry_after(answer.headers))
                    continue
                if answer.status_code >= _REFUSES:
                    raise Refused(_refusal(method, url, answer, body), answer.status_code)
                yield answer, body
                return


def parsed(address: str) -> SplitResult:
    """The parts of a server's address. Raises `Failure` for what is none."""
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # an IPv6 address without its end, a port that is no number or too large a one
        is_one = False
    if not is_one:
        raise Failure(f"{address[:200]!r} is no address of a server; write it as https://zenodo.org.")
    return parts


class Attempts:
    """Pauses between attempts: growing, longer when the server says so, and not for ever."""

    def __init__(self, patience: float, tell: Callable[[str], None], stopped: Event) -> None:
        self._left = patience
        self._pause = FIRST_PAUSE
        self._tell = tell
        self._stopped = stopped

    def wait(self, reason: str, wanted: float | None = None) -> None:
        """Sleep before the next attempt. Raises `Unreachable` when patience is at its end."""
        # Uneven, so that many clients that were cut off together do not come back together.
        pause = max(self._pause * random.uniform(0.7, 1.3), min(wanted or 0, LONGEST_WAIT))  # noqa: S311  no secret
        if self._left <= 0:
            raise Unreachable(f"{reason}; given up. Run the same command again to go on where it stopped.")
        self._left -= pause if wanted is None else 0
        self._tell(f"{reason}; trying again in {pause:.0f} s ...")
        if self._stopped.wait(pause):
            raise Stopped
        self._pause = min(2 * self._pause, LONGEST_PAUSE)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks us to wait: RFC 9110 section 10.2.3, a number or a date."""
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return max(0.0, (moment - clock.real()).total_seconds())


def _at_most(answer: requests.Response, most: int) -> Iterator[bytes]:
    left = most
    for block in answer.iter_content(BLOCK):
        left -= len(block)
        if left < 0:
            raise Refused(f"{answer.url} answers more than {most:,} bytes.")
        yield block


def _parsed(answer: requests.Response, body: bytes) -> Any:  # noqa: ANN401  any JSON value
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        raise Failure(f"{answer.url} answers something that is no JSON; is it the address of a repository?") from None


def _refusal(method: str, url: str, answer: requests.Response, body: bytes) -> str:
    """What the server says, with every field that is to blame."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return f"{method} {url} was refused with {answer.status_code} {answer.reason}."
    lines = [str(said.get("message") or f"{method} {url} was refused with {answer.status_code}.")]
    errors = said.get("errors")
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, dict):
            messages = error.get("messages")
            messages = messages if isinstance(messages, list) else [error.get("message", "")]
            lines.append(f"  {error.get('field', '')}: {' '.join(map(str, messages))}")
    return "\n".join(lines)[:_LONGEST_MESSAGE]


def _is_passing(error: requests.RequestException) -> bool:
    """Whether another attempt may do better: not with a wrong address or certificate."""
    passing = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
    is_wrong = isinstance(error, requests.exceptions.SSLError) or "NameResolutionError" in repr(error)
    return isinstance(error, passing) and not is_wrong


def _has_not_arrived(error: requests.RequestException) -> bool:
    return isinstance(error, requests.ConnectTimeout) or "NewConnectionError" in repr(error)


def _reason(error: Exception) -> str:
    """The innermost reason of a failure, in a line."""
    where = "proxy: " if isinstance(error, requests.exceptions.ProxyError) else ""
    while (inner := error.__cause__ or error.__context__) is not None and isinstance(inner, Exception):
        error = inner
    return where + (str(error) or type(error).__name__)


def _host(url: str) -> str:
    return urlsplit(url).netloc
