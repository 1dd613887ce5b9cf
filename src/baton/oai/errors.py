"""What the protocol calls errors (section 3.6): they are answers of their own, not problems of HTTP."""


class OaiError(Exception):
    """One of the protocol's errors, by its code, and words for whoever looks after the harvester."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class BadVerb(OaiError):
    """The verb is missing, repeated or unknown."""

    def __init__(self, message: str) -> None:
        super().__init__("badVerb", message)


class BadArgument(OaiError):
    """An argument is missing, repeated, foreign or malformed."""

    def __init__(self, message: str) -> None:
        super().__init__("badArgument", message)
