"""`multipart/form-data` (RFC 7578) as it arrives: texts are kept, files are handed on piece by piece."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from baton.kernel.errors import InvalidInput, TooLarge
from baton.web.forms.errors import FormInterrupted

FORM = b"multipart/form-data"
PART_COST = 100  # bytes that a part counts for beside its text, so that empty ones do not come for nothing


@dataclass(slots=True)
class Typed:
    """The texts of a form in the order in which they came; a name may come several times."""

    items: list[tuple[str, str]] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        """The last value of that name."""
        return next((value for key, value in reversed(self.items) if key == name), default)


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file on its way: the field it was chosen in, its name with folders if the browser tells them, its bytes."""

    field: str
    filename: str
    content: AsyncIterator[bytes]


OnFile = Callable[[Typed, FilePart], Awaitable[None]]


async def read_form(request: Request, on_file: OnFile, text_limit: int) -> Typed:
    """All texts of the form, of `text_limit` bytes together at most; each file goes to `on_file` when it comes.

    `on_file` sees the texts that came before the file, and need not read all of its content.
    Raises `InvalidInput`, `TooLarge` or `FormInterrupted`.
    """
    typed = Typed()
    left = text_limit
    async for part in _parts(request):
        left -= PART_COST + len(part.name)
        if part.filename is None:
            text = await _read_text(part, left, text_limit)
            left -= len(text)
            typed.items.append((part.name, text.decode("utf-8", "replace").replace("\r\n", "\n")))
        else:
            if part.filename:
                await on_file(typed, FilePart(part.name, part.filename, part.content()))
            async for _data in part.content():
                pass
    return typed


async def _read_text(part: "_Part", left: int, text_limit: int) -> bytes:
    pieces = []
    async for data in part.content():
        left -= len(data)
        pieces.append(data)
        if left < 0:
            break
    if left < 0:
        raise TooLarge(f"The texts of this form may have {text_limit:,} bytes at most.")
    return b"".join(pieces)


@dataclass(slots=True)
class _Part:
    name: str
    filename: str | None
    events: AsyncIterator[bytes | None]
    is_over: bool = False

    async def content(self) -> AsyncIterator[bytes]:
        """The bytes that have not been read yet; can be asked for again to read on."""
        while not self.is_over:
            data = await anext(self.events)
            if data is None:
                self.is_over = True
            else:
                yield data


async def _parts(request: Request) -> AsyncIterator[_Part]:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != FORM or not options.get(b"boundary"):
        raise InvalidInput("Send this form as multipart/form-data.")
    stream = _Stream(request, options[b"boundary"])
    while (head := await stream.head()) is not None:
        _kind, named = parse_options_header(head.get("content-disposition"))
        filename = named.get(b"filename")
        yield _Part(_text(named.get(b"name", b"")), None if filename is None else _text(filename), stream.body())


def _text(raw: bytes) -> str:
    """Browsers send UTF-8, and escape nothing in names but the quote."""
    return raw.decode("utf-8", "replace").replace("%22", '"')


class _Stream:
    """The parser's callbacks as something that can be read from: for each part its headers, then its body."""

    def __init__(self, request: Request, boundary: bytes) -> None:
        self._chunks = request.stream()
        self._events: deque[tuple[str, bytes]] = deque()
        self._header: list[bytes] = [b"", b""]
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_header_field": lambda data, start, end: self._add(0, data[start:end]),
                    "on_header_value": lambda data, start, end: self._add(1, data[start:end]),
                    "on_header_end": self._end_header,
                    "on_headers_finished": lambda: self._events.append(("begin", b"")),
                    "on_part_data": lambda data, start, end: self._events.append(("data", data[start:end])),
                    "on_part_end": lambda: self._events.append(("end", b"")),
                    "on_end": lambda: self._events.append(("over", b"")),
                },
            )
        except FormParserError as error:
            raise _malformed(error) from None

    def _add(self, place: int, data: bytes) -> None:
        self._header[place] += data

    def _end_header(self) -> None:
        name, value = self._header
        self._events.append(("header", name.lower() + b":" + value))
        self._header = [b"", b""]

    async def head(self) -> dict[str, str] | None:
        """The headers of the next part; `None` after the last."""
        headers: dict[str, str] = {}
        while True:
            kind, data = await self._next()
            if kind == "header":
                name, _colon, value = data.decode("latin-1").partition(":")
                headers[name] = value
            elif kind == "begin":
                return headers
            elif kind == "over":
                return None

    async def body(self) -> AsyncIterator[bytes | None]:
        """The pieces of the present part, then `None`."""
        while True:
            kind, data = await self._next()
            if kind == "data":
                yield data
            else:
                yield None
                return

    async def _next(self) -> tuple[str, bytes]:
        while not self._events:
            try:
                chunk = await anext(self._chunks)
            except (StopAsyncIteration, ClientDisconnect) as error:
                raise FormInterrupted from error
            try:
                self._parser.write(chunk)
            except FormParserError as error:
                raise _malformed(error) from None
        return self._events.popleft()


def _malformed(error: FormParserError) -> InvalidInput:
    return InvalidInput(f"The form did not arrive whole: {error}. Please send it again.")
