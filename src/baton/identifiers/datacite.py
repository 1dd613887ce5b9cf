"""DataCite's REST API (support.datacite.org/docs/api): one call puts address, metadata and state of a DOI in place."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import orjson

from baton.identifiers.registrar import DoiState, Entry, Held
from baton.kernel import clock
from baton.kernel.libraries import library
from baton.kernel.outbox import Away, Refused

JSON_API = "application/vnd.api+json"
CONNECT_SECONDS = 5
READ_SECONDS = 20  # between two pieces of an answer
ANSWER_SECONDS = 30  # for all of them
LARGEST_ANSWER = 50_000_000
PIECE = 65_536
PAGE = 500
LONGEST_WAIT = timedelta(hours=1)  # whatever they ask for

# What has nothing to do with this one DOI and passes, by itself or when the operator mends it.
_PASSING = {
    HTTPStatus.UNAUTHORIZED: "does not know us; check BATON_DATACITE_USER and BATON_DATACITE_PASSWORD",
    HTTPStatus.FORBIDDEN: "does not let us; check BATON_DATACITE_USER and that the prefix is ours",
    HTTPStatus.REQUEST_TIMEOUT: "lost patience",
    HTTPStatus.CONFLICT: "is at it already",
    HTTPStatus.TOO_EARLY: "wants to be asked later",
    HTTPStatus.TOO_MANY_REQUESTS: "has had too many requests",
}
# What brings a DOI to a state; an event that does not apply is passed over by DataCite.
_EVENTS = {DoiState.DRAFT: (), DoiState.REGISTERED: ("hide", "register"), DoiState.FINDABLE: ("publish",)}


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Any  # JSON; `None` for an empty answer


class DataCite:
    """Implements `Registrar`. For one thread at a time, which keeps one connection open."""

    def __init__(self, url: str, user: str, password: str, agent: str, *, takes_drafts: bool = False) -> None:
        self.name = url.rstrip("/")
        self.takes_drafts = takes_drafts
        self._user = user
        self._password = password
        self._agent = agent
        self._session: Any = None

    def put(self, entry: Entry) -> DoiState:
        attributes = {**entry.attributes, "doi": entry.doi, "url": entry.url}
        state = self._put(entry.doi, attributes, next(iter(_EVENTS[entry.state]), None))
        for event in _EVENTS[entry.state][1:]:
            if state != entry.state:
                state = self._put(entry.doi, {"doi": entry.doi}, event)
        if state != entry.state and entry.state is not DoiState.DRAFT:
            raise Refused(f"{self.name} left {entry.doi} {state} that was to be {entry.state}.")
        return state

    def _put(self, doi: str, attributes: Mapping[str, Any], event: str | None) -> DoiState:
        data = {"id": doi, "type": "dois", "attributes": {**attributes, **({"event": event} if event else {})}}
        answer = self._ask("PUT", f"/dois/{quote(doi, safe='/')}", {"data": data})
        if answer.status == HTTPStatus.NOT_FOUND:  # a DOI that is new is made by PUT; older registrars want a POST
            answer = self._ask("POST", "/dois", {"data": data})
        if answer.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise Refused(f"{self.name} refuses {doi}: {_reasons(answer)}")
        try:
            return DoiState(answer.body["data"]["attributes"]["state"])
        except (LookupError, TypeError, ValueError):
            raise self._nonsense() from None

    def forget(self, doi: str) -> None:
        answer = self._ask("DELETE", f"/dois/{quote(doi, safe='/')}", None)
        if answer.status not in {HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}:
            raise Refused(f"{self.name} does not take {doi} back: {_reasons(answer)}")

    def pages(self, prefix: str) -> Iterator[Sequence[Held]]:
        asked = {
            "client-id": self._user.lower(),
            "prefix": prefix,
            "page[cursor]": 1,
            "page[size]": PAGE,
            "disable-facets": "true",
        }
        following: str | None = f"/dois?{urlencode(asked)}"
        while following:
            answer = self._ask("GET", following, None)
            if answer.status != HTTPStatus.OK:
                raise Refused(f"{self.name} does not list its DOIs: {_reasons(answer)}")
            try:
                page = [_held(item["attributes"]) for item in answer.body["data"]]
                beyond = answer.body.get("links", {}).get("next")
            except (LookupError, TypeError, AttributeError):
                raise self._nonsense() from None
            if page:
                yield page
            following = self._own(beyond) if page and beyond else None

    def _own(self, link: str) -> str:
        """The path of a link to the next page; our password goes nowhere else."""
        address = urljoin(f"{self.name}/", link)
        if not address.startswith(f"{self.name}/"):
            raise self._nonsense()
        return address.removeprefix(self.name)

    def _ask(self, method: str, path: str, body: object) -> _Answer:
        """One request. Raises `Away` for all that passes by itself: no answer, half an answer, nonsense."""
        requests = library("requests")
        if self._session is None:
            self._session = requests.Session()
        try:
            with self._session.request(
                method,
                f"{self.name}{path}",
                data=None if body is None else orjson.dumps(body),
                headers={"Accept": JSON_API, "Content-Type": JSON_API, "User-Agent": self._agent},
                auth=(self._user, self._password),
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._read(response)
        except requests.RequestException as error:
            raise Away(f"{self.name} cannot be reached: {type(error).__name__}.") from error
        return self._judged(response.status_code, response.headers, content)

    def _read(self, response: Any) -> bytes:  # noqa: ANN401  of a library that is imported at first use
        deadline = time.monotonic() + ANSWER_SECONDS
        pieces: list[bytes] = []
        size = 0
        for piece in response.iter_content(PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_ANSWER or time.monotonic() > deadline:
                raise Away(f"{self.name} does not come to an end of its answer.")
        return b"".join(pieces)

    def _judged(self, status: int, headers: Mapping[str, str], content: bytes) -> _Answer:
        pause = _asked_pause(headers.get("Retry-After", ""))
        if status in _PASSING:
            raise Away(f"{self.name} {_PASSING[HTTPStatus(status)]} ({status}).", pause)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Away(f"{self.name} is broken ({status}).", pause)
        if status < HTTPStatus.OK or HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise Away(f"{self.name} answers {status}; check BATON_DATACITE_URL.")
        try:
            return _Answer(status, orjson.loads(content) if content.strip() else None)
        except orjson.JSONDecodeError:
            if status < HTTPStatus.BAD_REQUEST:
                raise self._nonsense() from None
            return _Answer(status, None)

    def _nonsense(self) -> Away:
        return Away(f"{self.name} answers what is no answer of DataCite's; check BATON_DATACITE_URL.")


def _held(attributes: Mapping[str, Any]) -> Held:
    titles = attributes.get("titles") or [{}]
    return Held(
        str(attributes["doi"]).lower(),
        str(attributes["state"]),
        str(attributes.get("url") or ""),
        str(titles[0].get("title") or ""),
    )


def _reasons(answer: _Answer) -> str:
    """What the registrar says is wrong."""
    errors = answer.body.get("errors") if isinstance(answer.body, dict) else None
    found = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    told = [": ".join(str(error[part]) for part in ("source", "title") if error.get(part)) for error in found]
    return f"{'; '.join(filter(None, told)) or 'without a reason'} ({answer.status})"


def _asked_pause(text: str) -> timedelta:
    """What `Retry-After` asks for: seconds or a date."""
    if text.strip().isdecimal():
        return min(timedelta(seconds=int(text.strip()[:9])), LONGEST_WAIT)
    try:
        pause = parsedate_to_datetime(text) - clock.now()
    except (TypeError, ValueError):
        return timedelta(0)
    return min(max(pause, timedelta(0)), LONGEST_WAIT)
