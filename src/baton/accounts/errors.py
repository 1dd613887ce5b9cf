"""Refusals around accounts, logins, tokens and forms."""

from baton.kernel.errors import PermissionDenied, Problem


class LoginFailed(Problem):
    """The e-mail address and the password do not belong together; which of them is wrong is not said."""

    title = "Log-in failed"

    def __init__(self) -> None:
        super().__init__("This password does not fit the e-mail address. Check both, or ask for a new password.")


class EmailNotConfirmed(Problem):
    """The password is right, but nobody has shown yet that the e-mail address is theirs."""

    status = 403
    title = "E-mail address not confirmed"

    def __init__(self) -> None:
        super().__init__("Confirm your e-mail address first: follow the link in the mail that we sent you.")


class EmailTaken(Problem):
    """There is an account with this address already. Only the operator is told so."""

    status = 409
    title = "E-mail address taken"


class LinkInvalid(Problem):
    """A link from a mail that was used before, is too old, or was not copied whole."""

    title = "Link not valid"

    def __init__(self) -> None:
        super().__init__("This link has been used before or has expired. Ask for a new one.")


class TooManyAttempts(Problem):
    """Somebody is trying too often; every attempt has to wait for a while."""

    status = 429
    title = "Too many attempts"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"There have been many attempts. Please try again in {seconds} second{'' if seconds == 1 else 's'}.",
            headers={"Retry-After": str(seconds)},
        )


class CsrfFailed(Problem):
    """A change was asked for with a session cookie, but not by one of our own pages (zenodo-api.md 2.3: 400)."""

    title = "Forged or outdated request"


class ScopeMissing(PermissionDenied):
    """The token in use does not allow this, whatever its owner may do."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"Your access token lacks the scope {scope}. Create a token that has it under Settings, Applications.",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )
