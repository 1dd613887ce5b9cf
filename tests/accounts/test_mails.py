"""Mails as files and over SMTP, and the letters that accounts cause."""

import logging
import re
import smtplib
from collections.abc import Callable, Sequence
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.fakes.smtp_sink import SmtpSink

from baton.accounts.commands import (
    CONFIRM,
    MOST_LINKS_AN_HOUR,
    RESET,
    change_password,
    confirm_email,
    register,
    request_confirmation,
    request_password_reset,
)
from baton.accounts.logins import verify_login
from baton.accounts.mails import LETTERS, send_letter
from baton.accounts.models import mail_links
from baton.accounts.passwords import PasswordHash, hash_password
from baton.accounts.queries import user_by_link
from baton.accounts.schemas import User
from baton.accounts.throttle import Throttle
from baton.kernel.db import Database
from baton.kernel.events import Event
from baton.kernel.mail import Mail, Mailer, Server
from baton.kernel.outbox import Reaction, events
from baton.kernel.worker import run_until_idle

Context = tuple[Database, Mailer]
SECRET = re.compile(r"https://baton\.example/(?:confirm|reset-password)\?secret=([\w-]{60})\s")


def deliver(database: Database, mailer: Mailer) -> None:
    """What the worker does with the letters, and nothing with the rest."""

    def letter(context: Context, group: Sequence[Event]) -> None:
        for each in group:
            send_letter(*context, "Baton", "https://baton.example", each)

    reaction: Reaction[Context] = Reaction("send mail", letter)
    reactions = {kind: (reaction,) if kind in LETTERS else () for kind in Event.kinds.values()}
    run_until_idle(database, (database, mailer), reactions, [])


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def mailer(outbox: Path) -> Mailer:
    return Mailer("", "Baton <no-reply@baton.example>", outbox)


def read(outbox: Path) -> list[EmailMessage]:
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(outbox.glob("*.eml"))]


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_content()).replace("\r\n", "\n")


def secret_in(mail: EmailMessage) -> str:
    match = SECRET.search(text_of(mail))
    assert match is not None
    return match[1]


def test_without_a_server_mails_land_in_a_folder_and_the_log_says_so(
    mailer: Mailer, outbox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        mailer.send(Mail("zoe@example.org", "Grüße", "Hällo\nhttps://baton.example/" + "x" * 200))
        mailer.send(Mail("zoe@example.org", "Again", "https://baton.example/" + "x" * 200))
    first, second = read(outbox)
    assert first["To"] == "zoe@example.org"
    assert first["From"] == "Baton <no-reply@baton.example>"
    assert first["Subject"] == "Grüße"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"].endswith("@baton.example>")
    assert first["Message-ID"] != second["Message-ID"]
    assert text_of(first) == "Hällo\nhttps://baton.example/" + "x" * 200 + "\n"
    (path, _other) = sorted(outbox.iterdir())
    assert path.stat().st_mode & 0o077 == 0
    assert str(path) in {getattr(record, "file", "") for record in caplog.records}
    assert ("https://baton.example/" + "x" * 200).encode() in sorted(outbox.iterdir())[1].read_bytes()


def test_a_server_gets_the_mail(outbox: Path) -> None:
    with SmtpSink() as sink:
        url = sink.url.replace("//", "//alice%40example.org:s%3Acret@")
        Mailer(url, "no-reply@baton.example", outbox).send(Mail("zoe@example.org", "Grüße", "Hällo\n.\n..\nEnd"))
    (mail,) = sink.mails
    assert mail["To"] == "zoe@example.org"
    assert text_of(mail) == "Hällo\n.\n..\nEnd\n"
    assert any(command.startswith("AUTH PLAIN") for command in sink.commands)
    assert not outbox.exists()


def test_a_server_that_refuses_is_an_error(outbox: Path) -> None:
    with SmtpSink() as sink:
        sink.refusal = b"451 later\r\n"
        mailer = Mailer(sink.url, "no-reply@baton.example", outbox)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            mailer.send(Mail("zoe@example.org", "Hello", "text"))
    with pytest.raises(OSError, match="refused"):
        mailer.send(Mail("zoe@example.org", "Hello", "text"))


def test_a_server_without_encryption_gets_nothing_when_encryption_is_asked_for(outbox: Path) -> None:
    with SmtpSink() as sink:
        mailer = Mailer(sink.url.replace("smtp", "starttls"), "no-reply@baton.example", outbox)
        with pytest.raises(smtplib.SMTPNotSupportedError):
            mailer.send(Mail("zoe@example.org", "Hello", "text"))
        mailer = Mailer(sink.url.replace("smtp", "smtps"), "no-reply@baton.example", outbox)
        with pytest.raises(OSError, match="SSL"):
            mailer.send(Mail("zoe@example.org", "Hello", "text"))
    assert sink.mails == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", Server("smtp", "mail.example", 25, "", "")),
        ("smtps://u:p%40ss@mail.example", Server("smtps", "mail.example", 465, "u", "p@ss")),
        ("starttls://u@mail.example:2525", Server("starttls", "mail.example", 2525, "u", "")),
    ],
)
def test_a_server_is_named_by_a_url(url: str, server: Server) -> None:
    assert Server.parse(url) == server
    assert not server.password or server.password not in repr(server)


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port"])
def test_a_wrong_url_is_told_at_once(url: str, outbox: Path) -> None:
    with pytest.raises(ValueError, match=r"smtp\[s\]|Port"):
        Mailer(url, "no-reply@baton.example", outbox)


def test_a_registration_is_confirmed_by_the_link_in_the_mail(
    database: Database, mailer: Mailer, outbox: Path, password_hash: PasswordHash
) -> None:
    with database.write() as connection:
        register(connection, "dora@example.org", password_hash)
    deliver(database, mailer)
    (mail,) = read(outbox)
    assert mail["To"] == "dora@example.org"
    secret = secret_in(mail)
    with database.write() as connection:
        confirm_email(
            connection, secret, verify_login(connection, Throttle(), "dora@example.org", "correct horse battery", "")
        )
        request_confirmation(connection, "dora@example.org")
    deliver(database, mailer)
    assert len(read(outbox)) == 1


def test_each_request_gets_its_own_letter(
    database: Database, mailer: Mailer, outbox: Path, alice: User, later: Callable[[timedelta], None]
) -> None:
    with database.write() as connection:
        request_password_reset(connection, alice.email)
        request_password_reset(connection, "nobody@example.org")
        register(connection, alice.email, hash_password("somebody else's"))
        login = verify_login(connection, Throttle(), alice.email, "correct horse battery", "")
    deliver(database, mailer)
    reset, repeated = read(outbox)
    later(timedelta(minutes=1))
    with database.write() as connection:
        for mail in (reset, repeated):
            assert user_by_link(connection, secret_in(mail), RESET) == alice
        change_password(connection, login, hash_password("a new password"), keep="")
    deliver(database, mailer)
    changed = read(outbox)[-1]
    assert "was changed" in changed["Subject"]
    assert "https://baton.example/forgot-password\n" in text_of(changed)
    assert {mail["To"] for mail in read(outbox)} == {alice.email}


def test_a_letter_delivered_twice_has_two_links_that_work(
    database: Database, mailer: Mailer, outbox: Path, alice: User
) -> None:
    with database.write() as connection:
        request_password_reset(connection, alice.email)
        row = connection.execute(select(events).where(events.c.kind == "PasswordResetRequested")).one()
    for _ in range(2):
        send_letter(database, mailer, "Baton", "https://baton.example", Event.kinds[row.kind].load(row.payload))
    with database.read() as connection:
        for mail in read(outbox):
            assert user_by_link(connection, secret_in(mail), RESET) == alice


def test_no_secret_of_a_mail_is_in_the_database(
    database: Database, mailer: Mailer, outbox: Path, everything_kept: Callable[[], bytes], alice: User
) -> None:
    with database.write() as connection:
        request_password_reset(connection, alice.email)
        register(connection, "dora@example.org", hash_password("correct horse battery"))
    deliver(database, mailer)
    kept = everything_kept()
    secrets = [secret_in(mail) for mail in read(outbox)]
    assert len(secrets) == 2
    assert b"PasswordResetRequested" in kept
    assert [secret for secret in secrets if secret.encode() in kept] == []


def test_a_mail_that_cannot_be_sent_is_tried_again_and_only_that_one(
    database: Database, outbox: Path, alice: User, bob: User, later: Callable[[timedelta], None]
) -> None:
    with SmtpSink() as sink:
        mailer = Mailer(sink.url, "no-reply@baton.example", outbox)
        sink.refusal = b"451 greylisted\r\n"
        with database.write() as connection:
            request_password_reset(connection, alice.email)
        for _ in range(MOST_LINKS_AN_HOUR + 1):
            deliver(database, mailer)
            later(timedelta(seconds=40))
        with database.read() as connection:
            assert connection.execute(select(mail_links)).all() == []
        sink.refusal = None
        with database.write() as connection:
            request_password_reset(connection, bob.email)
        deliver(database, mailer)
    assert sorted(mail["To"] for mail in sink.mails) == [alice.email, bob.email]


def test_a_mailbox_is_not_filled(database: Database, mailer: Mailer, outbox: Path, alice: User) -> None:
    with database.write() as connection:
        for _ in range(MOST_LINKS_AN_HOUR * 3):
            request_password_reset(connection, alice.email)
    deliver(database, mailer)
    assert len(read(outbox)) == MOST_LINKS_AN_HOUR


def test_links_of_both_kinds_say_how_long_they_work() -> None:
    for letter in LETTERS.values():
        assert ("three days" in letter.text) == (letter.purpose == CONFIRM)
        assert ("two hours" in letter.text) == (letter.purpose == RESET)
