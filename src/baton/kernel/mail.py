"""Mail: through an SMTP server, or into a folder where nobody has set one up. Knows no feature."""

import logging
import os
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from urllib.parse import unquote, urlsplit

from baton.kernel import clock, ids

log = logging.getLogger(__name__)

# What an SMTP URL may begin with, and the port that goes with it: plain, TLS from the first byte, TLS before anything
# is said.
PORTS = {"smtp": 25, "smtps": 465, "starttls": 587}
TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Mail:
    """A short text to one person."""

    to: str  # an address in its normal form
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails are handed over."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> "Server":
        """The server of `smtp|smtps|starttls://[user:password@]host[:port]`; raises `ValueError` with the reason."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            message = f"the SMTP URL must look like smtp[s]://user:password@host:port; known are {', '.join(PORTS)}"
            raise ValueError(message)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], user, password)

    def connect(self) -> smtplib.SMTP:
        """A connection that is encrypted and logged in as far as the URL says so."""
        if self.scheme == "smtps":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)


class Mailer:
    """Sends mails one by one. Errors (`OSError`, which SMTP's own are, too) are the caller's to retry."""

    def __init__(self, smtp_url: str, mail_from: str, folder: Path) -> None:
        self._server = Server.parse(smtp_url) if smtp_url else None
        self._from = mail_from
        self._folder = folder
        self._numbers = count(1)

    def send(self, mail: Mail) -> None:
        """Hand a mail over; when this returns, the server or the disk has it."""
        message = self._message(mail)
        if self._server is None:
            self._keep(message)
            return
        with self._server.connect() as connection:
            if self._server.scheme == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if self._server.user:
                connection.login(self._server.user, self._server.password)
            connection.send_message(message)

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self._from
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{ids.new_uuid()}@{self._from.rpartition('@')[2].strip('> ')}>"
        message["Auto-Submitted"] = "auto-generated"  # keeps out-of-office notes from answering (RFC 3834)
        # Links stay in one piece as long as the text is plain ASCII: no line is folded.
        message.set_content(mail.text, cte="7bit" if mail.text.isascii() else "quoted-printable")
        return message

    def _keep(self, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        # Numbered, so that names keep the order of mails even in a drill, where the clock stands still.
        name = f"{clock.now():%Y%m%dT%H%M%S%f}-{next(self._numbers):06}-{ids.new_uuid()}.eml"
        path = self._folder / name
        unfinished = path.with_suffix(".part")
        # Only for the operator's eyes: a mail may hold a link that opens an account.
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(message.as_bytes())
        unfinished.rename(path)
        log.warning("no SMTP server is set, the mail was put into a file", extra={"file": str(path)})
