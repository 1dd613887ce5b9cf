"""Failures as pages: what happened, in a sentence, and a way on."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from baton.accounts.actor import CredentialsKind
from baton.accounts.credentials import credentials_of
from baton.context import Context
from baton.kernel.errors import Problem
from baton.web.render import Visitor, csrf_of, render


@dataclass(frozen=True, slots=True)
class Advice:
    """What a person reads above the problem's own words, and what they can do now."""

    heading: str
    text: str


ADVICE = {
    400: Advice("That did not work", "Something in the address or in the form could not be understood."),
    403: Advice("You may not see or do this", "It is there, but it is not open to you."),
    404: Advice(
        "There is nothing here",
        "The address may have a typing error, or what was here may never have been published. "
        "Records that were published stay: search for the title or the DOI.",
    ),
    405: Advice("That cannot be done here", "The page exists, but it does not take this kind of request."),
    410: Advice("This was here and is gone", "It has been removed. What is still known about it stands below."),
    412: Advice("Somebody was faster", "This was changed after you opened it."),
    413: Advice("That is too much at once", "What you sent is larger than this server takes."),
    416: Advice("There are no such bytes", "The file is shorter than the part that was asked for."),
    429: Advice("A little slower, please", "There were too many requests from here."),
    503: Advice(
        "Not available at the moment",
        "A part of the service is down; the rest goes on. Please try again in a minute.",
    ),
}
BROKEN = Advice("Something broke on our side", "It is not your fault, and it has been written down.")
LOGIN_HELPS = frozenset({401, 403})


def problem_page(request: Request, problem: Problem) -> Response:
    """The problem as a page. Asks the database nothing, because that may be what is broken."""
    credentials = credentials_of(request)
    is_known = credentials.kind is CredentialsKind.SESSION
    context: Context = request.app.state.context
    return render(
        request,
        context.site,
        Visitor(is_known, "Your account" if is_known else "", False, csrf_of(credentials)),
        "problem.html",
        problem.status,
        problem.headers,
        {
            "problem": problem,
            "advice": ADVICE.get(problem.status, BROKEN if problem.status >= 500 else ADVICE[400]),  # noqa: PLR2004
            "may_log_in": not is_known and problem.status in LOGIN_HELPS,
        },
    )
