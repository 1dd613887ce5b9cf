"""A browser without scripts, as far as forms go: loads a page, fills in its form, presses one of its buttons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from httpx2 import Response
from starlette.testclient import TestClient

HTML = {"Accept": "text/html,application/xhtml+xml"}
File = tuple[str, str, bytes]  # the input's name, the file's name, its content


@dataclass
class Form:
    """One form as it stands on a page."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, where it sends the form

    def value(self, name: str) -> str:
        return dict(self.fields)[name]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._inside = False
        self._select: tuple[str, str] | None = None
        self._area: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = True
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        if not self._inside:
            return
        form = self.forms[-1]
        name = given.get("name", "")
        if tag == "button" and name:
            form.buttons.append((name, given.get("value", ""), given.get("formaction", form.action)))
        elif tag == "select":
            self._select = (name, "")
        elif tag == "option" and self._select and "selected" in given:
            self._select = (self._select[0], given.get("value", ""))
        elif tag == "textarea":
            self._area = (name, "")
        elif tag == "input" and name and given.get("type") != "file":
            is_choice = given.get("type") in {"checkbox", "radio"}
            if not is_choice or "checked" in given:
                form.fields.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area = (self._area[0], self._area[1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select" and self._select and self._inside:
            self.forms[-1].fields.append(self._select)
            self._select = None
        elif tag == "textarea" and self._area and self._inside:
            name, text = self._area
            self.forms[-1].fields.append((name, text.removeprefix("\n")))
            self._area = None


@dataclass(frozen=True)
class Page:
    """What the browser shows."""

    path: str
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def forms(self) -> list[Form]:
        parser = _Forms()
        parser.feed(self.text)
        return parser.forms

    def form(self, action: str) -> Form:
        return next(form for form in self.forms if form.action == action)

    @property
    def upload(self) -> Form:
        """The upload form."""
        return next(form for form in self.forms if "revision" in dict(form.fields) and form.value("csrf_token"))


class Browser:
    """One visitor, logged in or not."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def log_in(self, email: str, password: str) -> None:
        form = self.get("/login").form("/login")
        self.send(form, {"email": email, "password": password})

    def get(self, path: str) -> Page:
        return self._arrived(self.client.get(path, headers=HTML), path)

    def press(
        self, page: Page, value: str, changes: Mapping[str, str] | None = None, files: Iterable[File] = ()
    ) -> Page:
        """Press the button with this value in the page's upload form."""
        form = page.upload
        name, value, action = next(button for button in form.buttons if button[1] == value)
        return self.send(form, changes or {}, [(name, value)], files, action)

    def send(
        self,
        form: Form,
        changes: Mapping[str, str],
        button: Iterable[tuple[str, str]] = (),
        files: Iterable[File] = (),
        action: str | None = None,
    ) -> Page:
        fields = [(name, changes.get(name, value)) for name, value in form.fields]
        present = {name for name, _value in fields}
        fields += [(name, value) for name, value in changes.items() if name not in present]
        fields += button
        path = urlsplit(form.action if action is None else action).path
        if any(name == "csrf_token" for name, _ in fields) and path.startswith("/uploads/") and path.count("/") == 2:
            body = multipart(fields, files)
            answer = self.client.post(path, content=body, headers={**HTML, "Content-Type": MULTIPART})
        else:
            answer = self.client.post(path, data=dict(fields), headers=HTML)
        return self._arrived(answer, path)

    def _arrived(self, answer: Response, path: str) -> Page:
        for _hop in range(5):
            if "location" not in answer.headers:
                break
            path = urljoin(path, answer.headers["location"])
            answer = self.client.get(path, headers=HTML)
        return Page(path, answer.status_code, answer.text, answer.headers)


BOUNDARY = "------part-of-a-form"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def multipart(fields: Iterable[tuple[str, str]], files: Iterable[File] = ()) -> bytes:
    """A form as browsers send it: the fields before its file inputs, the files, and the button at the end."""
    ordered = sorted(fields, key=lambda pair: (pair[0] != "csrf_token", pair[0] == "action"))
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in ordered
    ]
    for name, filename, content in files:
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\nContent-Type: text/plain\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
