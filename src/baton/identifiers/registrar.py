"""Where DOIs are registered so that the world can resolve them."""

from typing import Protocol


class Registrar(Protocol):
    """Takes a DOI with the address it leads to. Called from the outbox, so any call may be repeated."""

    def register(self, doi: str, url: str) -> None:
        """Register `doi`, or update where it leads."""


class LocalRegistrar:
    """No registrar: DOIs resolve on this instance only, at `/doi/{doi}`."""

    def register(self, doi: str, url: str) -> None:
        """Nothing to do: the row in the database is the registration."""
