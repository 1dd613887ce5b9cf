"""What can go wrong between a command and a server; each kind has an exit code of its own for scripts."""


class Failure(Exception):
    """The command cannot go on. The message says what to do; servers may have had a say in it."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


def printable(text: str) -> str:
    """Text without what terminals would take for a command, or show as something else than it is."""
    return "".join(character for character in text if character.isprintable() or character == "\n")


class Refused(Failure):
    """The server understood the request and said no."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Unreachable(Failure):
    """The server does not answer, or stopped answering, however often it was tried."""

    exit_code = 3


class WrongContent(Failure):
    """Bytes are not those that they should be."""

    exit_code = 4


class LocalConflict(Failure):
    """A local file stands in the way, and nobody has said that it may be replaced."""

    exit_code = 5
