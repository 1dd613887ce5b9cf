"""What can go wrong on the way to what everybody may read."""

from baton.kernel.errors import Problem


class Crowded(Problem):
    """Many readers at once ask for pages that nobody has read lately. Signed-in people and kept pages do not wait."""

    status = 503
    title = "Too many readers at once"
