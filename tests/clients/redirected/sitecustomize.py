"""Leads a program that has Zenodo's address built in to the server at `ZENODO_IS_AT`, and nowhere else.

Where that server keeps its bytes, at `BYTES_ARE_AT`, it may go as well.

Python imports this by itself at the start, when its folder is on the path. The program sees what it asked for: only the
bytes go elsewhere.
"""

import os
import re
import urllib.request
from typing import Any

import httpx2
import requests.adapters

TARGET = os.environ["ZENODO_IS_AT"]
BYTES = os.environ.get("BYTES_ARE_AT", TARGET)
_PLACES = (
    (re.compile(r"https://(sandbox\.)?zenodo\.org(?=/|$)"), TARGET),
    (re.compile(r"https://(dx\.)?doi\.org(?=/|$)"), f"{TARGET}/doi"),
)


def moved(url: str) -> str:
    """Where the bytes really go."""
    for pattern, place in _PLACES:
        found = pattern.match(url)
        if found:
            return place + url[found.end() :]
    if url.startswith((TARGET, BYTES)):
        return url
    raise RuntimeError(f"This program asks for {url}, which is not the server under test.")


_send = requests.adapters.HTTPAdapter.send
_handle = httpx2.HTTPTransport.handle_request
_open = urllib.request.OpenerDirector.open


def send(self: Any, request: Any, **options: Any) -> Any:
    """For `requests`."""
    sent = request.copy()
    sent.url = moved(request.url)
    answer = _send(self, sent, **options)
    answer.url, answer.request = request.url, request
    return answer


def handle_request(self: Any, request: Any) -> Any:
    """For `httpx2`."""
    url = moved(str(request.url))
    sent = httpx2.Request(
        request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions
    )
    return _handle(self, sent)


def opened(self: Any, fullurl: Any, *arguments: Any, **options: Any) -> Any:
    """For `urllib`."""
    if isinstance(fullurl, str):
        fullurl = urllib.request.Request(fullurl)  # noqa: S310  `moved` lets nothing else through
    fullurl.full_url = moved(fullurl.full_url)
    return _open(self, fullurl, *arguments, **options)


requests.adapters.HTTPAdapter.send = send  # type: ignore[method-assign,assignment]
httpx2.HTTPTransport.handle_request = handle_request  # type: ignore[method-assign]
urllib.request.OpenerDirector.open = opened  # type: ignore[method-assign]
