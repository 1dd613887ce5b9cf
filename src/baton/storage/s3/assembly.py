"""What S3 can do and the library for objects cannot: put an object together from others, and clear away old uploads."""

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

from baton.kernel import clock
from baton.storage.s3.address import Address

# Parts that the store copies at the same time.
AT_ONCE = 4
# Seconds after which the store has copied a part, or put all of them together; it is silent until then.
COPYING = 300


# An object's name, and the bytes of it: their offset and number.
Part = tuple[str, int, int]


def assemble(address: Address, parts: Sequence[Part], target: str) -> None:
    """Make `target` of `parts`, one after another, within the store. Raises `OSError`.

    All parts but the last must have 5 MiB to 5 GiB, as S3 demands. Until all is there nothing is to be seen.
    """
    upload = _text(_request(address, "POST", target, {"uploads": ""}), "UploadId")

    def copy(number: int) -> str:
        query = {"partNumber": str(number), "uploadId": upload}
        key, start, length = parts[number - 1]
        source = {
            "x-amz-copy-source": quote(f"/{address.bucket}/{key}"),
            "x-amz-copy-source-range": f"bytes={start}-{start + length - 1}",
        }
        return _text(_request(address, "PUT", target, query, headers=source, patience=COPYING), "ETag")

    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            tags = list(pool.map(copy, range(1, len(parts) + 1)))
        _complete(address, target, upload, tags)
    except BaseException:
        with suppress(OSError):  # what went wrong first is to be told; a sweep gives up what is left
            _request(address, "DELETE", target, {"uploadId": upload})
        raise


def _complete(address: Address, target: str, upload: str, tags: Sequence[str]) -> None:
    parts = (f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>" for number, tag in enumerate(tags, 1))
    body = f"<CompleteMultipartUpload>{''.join(parts)}</CompleteMultipartUpload>".encode()
    answer = _request(address, "POST", target, {"uploadId": upload}, body, patience=COPYING)
    if _parse(answer).tag == "Error":  # a failure may come after the status, which was 200 by then
        raise OSError(f"The parts of {target} were not put together: {answer[:500]!r}")


def abort_uploads(address: Address, prefix: str, before: datetime) -> int:
    """Give up uploads to keys below `prefix` that were begun `before` then and never ended; returns how many."""
    old = [(key, upload) for key, upload, begun in _uploads(address, prefix) if begun < before]
    for key, upload in old:
        _request(address, "DELETE", key, {"uploadId": upload})
    return len(old)


def _uploads(address: Address, prefix: str) -> Iterator[tuple[str, str, datetime]]:
    marker: dict[str, str] = {}
    while True:
        page = _parse(_request(address, "GET", "", {"uploads": "", "prefix": prefix, **marker}))
        for upload in page.iter("Upload"):
            begun = datetime.fromisoformat(upload.findtext("Initiated", ""))
            yield upload.findtext("Key", ""), upload.findtext("UploadId", ""), begun
        if page.findtext("IsTruncated") != "true":
            return
        marker = {
            "key-marker": page.findtext("NextKeyMarker", ""),
            "upload-id-marker": page.findtext("NextUploadIdMarker", ""),
        }


def _request(
    address: Address,
    method: str,
    key: str,
    query: Mapping[str, str],
    body: bytes | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    patience: float = 0,
) -> bytes:
    url = urlsplit(address.sign(method, key, clock.real(), query=query, headers=headers))
    connect = HTTPSConnection if url.scheme == "https" else HTTPConnection
    connection = connect(url.netloc, timeout=max(patience, address.patience))
    try:
        connection.request(method, f"{url.path}?{url.query}", body, dict(headers or {}))
        answer = connection.getresponse()
        text = answer.read()
    except HTTPException as error:
        raise OSError(f"{method} {url.path}: {error!r}") from error
    finally:
        connection.close()
    gone = method == "DELETE" and answer.status == HTTPStatus.NOT_FOUND
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES and not gone:
        raise OSError(f"{method} {url.path} was refused with {answer.status}: {text.decode(errors='replace')[:500]}")
    return text


def _parse(text: bytes) -> ET.Element:
    """The answer without its namespace, which not every server gives."""
    plain = re.sub(rb' xmlns="[^"]*"', b"", text, count=1)
    try:
        return ET.fromstring(plain)  # noqa: S314  of the store that holds all we have
    except ET.ParseError as error:
        raise OSError(f"The answer cannot be read: {text[:500]!r}") from error


def _text(answer: bytes, name: str) -> str:
    found = _parse(answer).findtext(name)
    if not found:
        raise OSError(f"The answer has no {name}: {answer.decode(errors='replace')[:500]}")
    return found
