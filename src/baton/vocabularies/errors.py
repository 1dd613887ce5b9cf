"""What can go wrong with vocabularies."""

from baton.kernel.errors import NotFound, Problem


class UnknownVocabulary(NotFound):
    """There is no vocabulary of that name; the detail lists those there are."""

    title = "Unknown vocabulary"


class TermNotFound(NotFound):
    """The vocabulary has no such term."""

    title = "Unknown term"


class NotImported(Problem):
    """The vocabulary comes with the program and is not imported."""

    title = "Not an imported vocabulary"


class DumpUnreadable(Problem):
    """The file to import cannot be read: it is not there, damaged, or not what its name says."""

    title = "Dump unreadable"
