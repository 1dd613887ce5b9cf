"""What can go wrong in a way that the caller should hear about: one `Problem`, one shape on the wire.

The body satisfies RFC 9457 (`type`, `title`, `status`, `detail`) and, in the same object, what clients of InvenioRDM
and Zenodo read: `message` and `errors[].field`, `errors[].messages` (and `message`, `code` of Zenodo's old API).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with one field; `field` is a dotted path such as `metadata.creators.0.person_or_org`."""

    field: str
    message: str
    code: str = "invalid"

    def as_json(self) -> dict[str, Any]:
        """The wire's form; `messages` for InvenioRDM's clients, `message` and `code` for those of the old Zenodo."""
        return {"field": self.field, "messages": [self.message], "message": self.message, "code": self.code}


class Problem(Exception):
    """An expected failure. Subclasses live beside the slice that raises them and set `status` and `title`."""

    status = 400
    title = "Bad request"

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,  # noqa: ANN401  further members of the JSON body
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extra = extra

    @property
    def name(self) -> str:
        """The problem's own name, as its reference page and the `type` member give it."""
        return type(self).__name__

    def as_json(self) -> dict[str, Any]:
        """The answer's body."""
        body: dict[str, Any] = {
            "type": f"urn:baton:problem:{self.name}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "message": self.detail,
            **self.extra,
        }
        if self.errors:
            body["errors"] = [error.as_json() for error in self.errors]
        return body


class InvalidInput(Problem):
    """The request cannot be understood: malformed JSON, a wrong type, an impossible argument."""

    title = "Invalid input"


class ValidationFailed(Problem):
    """The request is understood and breaks rules; `errors` lists every field at once."""

    title = "Validation failed"

    def __init__(self, errors: Sequence[FieldError], detail: str = "A validation error occurred.") -> None:
        super().__init__(detail, errors=errors)


class NotFound(Problem):
    """There is no such thing, or nothing that the caller may know of."""

    status = 404
    title = "Not found"


class PermissionDenied(Problem):
    """The caller may not do this."""

    status = 403
    title = "Permission denied"


class MethodNotAllowed(Problem):
    """There is something at this address that does not take this method."""

    status = 405
    title = "Method not allowed"

    def __init__(self, allowed: Sequence[str]) -> None:
        methods = ", ".join(allowed)
        super().__init__(f"This address does not take this method. It takes {methods}.", headers={"Allow": methods})


class TooLarge(Problem):
    """The request's body is larger than this server reads."""

    status = 413
    title = "Too large"


class Unavailable(Problem):
    """A part of the service is down; the rest goes on. Try again later."""

    status = 503
    title = "Temporarily unavailable"


class Broken(Problem):
    """Our own code has failed. The log has the details, under the id that the caller is told."""

    status = 500
    title = "Internal error"

    def __init__(self, error_id: str) -> None:
        super().__init__(
            f"Something broke on our side. It has been logged; if it stays, tell the operator this id: {error_id}.",
            error_id=error_id,
        )
