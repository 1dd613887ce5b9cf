"""The letters that accounts cause: what they say, and the reaction that sends them."""

from collections.abc import Mapping
from dataclasses import dataclass

from baton.accounts.commands import CONFIRM, RESET, drop_link, open_link
from baton.accounts.events import (
    ConfirmationRequested,
    PasswordChanged,
    PasswordResetRequested,
    RegistrationRepeated,
    UserRegistered,
)
from baton.accounts.queries import get_user
from baton.accounts.schemas import User
from baton.kernel.db import Database
from baton.kernel.events import Event
from baton.kernel.mail import Mail, Mailer


@dataclass(frozen=True, slots=True)
class Letter:
    """A text with `{site}` and `{link}`; with a purpose the link carries a secret, else it is just an address."""

    subject: str
    text: str
    path: str
    purpose: str | None = None


_CONFIRM = Letter(
    "Confirm your e-mail address for {site}",
    """Welcome to {site}!

Please follow this link and type the password that you have chosen.
It works for three days.

{link}

If it was not you who registered, just ignore this mail: without your
click nobody can use your address.
""",
    "/confirm",
    CONFIRM,
)
_REPEATED = Letter(
    "You have an account at {site} already",
    """Hello,

somebody, probably you, has just tried to register at {site} with this
e-mail address. You have an account already, and nothing about it was
changed. If you have forgotten your password, this link lets you choose a
new one. It works once, within two hours.

{link}

If it was not you, just ignore this mail.
""",
    "/reset-password",
    RESET,
)
_RESET = Letter(
    "Choose a new password for {site}",
    """Hello,

this link lets you choose a new password for {site}. It works once,
within two hours.

{link}

If it was not you who asked for it, just ignore this mail: your password
stays as it is.
""",
    "/reset-password",
    RESET,
)
_CHANGED = Letter(
    "Your password for {site} was changed",
    """Hello,

your password for {site} has just been changed. If it was you, all is
well. If not, choose a new one at once and then look through your sessions
and access tokens:

{link}
""",
    "/forgot-password",
)

LETTERS: Mapping[type[Event], Letter] = {
    UserRegistered: _CONFIRM,
    ConfirmationRequested: _CONFIRM,
    RegistrationRepeated: _REPEATED,
    PasswordResetRequested: _RESET,
    PasswordChanged: _CHANGED,
}


def send_letter(database: Database, mailer: Mailer, site_name: str, base_url: str, event: Event) -> None:
    """Send the letter that an event of `LETTERS` causes; run twice, it sends two whose links both work."""
    letter = LETTERS[type(event)]
    user = _recipient(database, event.payload()["user_id"])
    if user is None or (letter.purpose == CONFIRM and user.is_confirmed):
        return
    secret = None
    if letter.purpose is not None:
        with database.write() as connection:
            secret = open_link(connection, user.id, letter.purpose)
        if secret is None:
            return
    try:
        mailer.send(write_letter(letter, user.email, site_name, f"{base_url}{letter.path}", secret))
    except OSError:
        if secret is not None:
            with database.write() as connection:
                drop_link(connection, secret)
        raise


def write_letter(letter: Letter, to: str, site_name: str, address: str, secret: str | None) -> Mail:
    """A letter with everything filled in."""
    link = f"{address}?secret={secret}" if secret else address
    return Mail(to, letter.subject.format(site=site_name), letter.text.format(site=site_name, link=link))


def _recipient(database: Database, user_id: int | None) -> User | None:
    if user_id is None:
        return None
    with database.read() as connection:
        return get_user(connection, user_id)
