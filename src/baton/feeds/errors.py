"""What can go wrong with feeds."""

from baton.kernel.errors import NotFound


class NoSuchDump(NotFound):
    """No dump has this file, or there is no such dump any more: only the newest are kept."""

    title = "No such dump"
