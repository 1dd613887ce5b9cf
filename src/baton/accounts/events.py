"""What happens to accounts. Events are kept for ever, so they hold ids only: no address, no name, no secret."""

from dataclasses import dataclass

from baton.kernel.events import Event


@dataclass(frozen=True, slots=True)
class UserRegistered(Event):
    """Somebody filled in the registration form; the address is not confirmed yet."""

    user_id: int


@dataclass(frozen=True, slots=True)
class RegistrationRepeated(Event):
    """Somebody filled in the registration form with the address of a confirmed account."""

    user_id: int


@dataclass(frozen=True, slots=True)
class ConfirmationRequested(Event):
    """Somebody wants the confirmation mail again; `None`: there is no unconfirmed account with that address."""

    user_id: int | None


@dataclass(frozen=True, slots=True)
class EmailConfirmed(Event):
    """The owner of the mailbox and of the password are the same person."""

    user_id: int


@dataclass(frozen=True, slots=True)
class PasswordResetRequested(Event):
    """Somebody forgot a password; `None`: there is no account with that address."""

    user_id: int | None


@dataclass(frozen=True, slots=True)
class PasswordChanged(Event):
    """The account has a new password."""

    user_id: int


@dataclass(frozen=True, slots=True)
class UserCreated(Event):
    """The operator made the account, or raised it to confirmed or administrator."""

    user_id: int


@dataclass(frozen=True, slots=True)
class TokenCreated(Event):
    """A personal access token was made."""

    user_id: int
    token_id: int


@dataclass(frozen=True, slots=True)
class TokenRevoked(Event):
    """A personal access token was taken back."""

    user_id: int
    token_id: int
