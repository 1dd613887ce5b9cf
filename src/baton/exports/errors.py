"""What can go wrong with exports."""

from baton.kernel.errors import Problem


class NotAcceptable(Problem):
    """The caller accepts none of the formats that are served."""

    status = 406
    title = "Not acceptable"


class NoSuchFormat(Problem):
    """There is no export format of this name."""

    status = 404
    title = "No such format"


class NoSuchKernel(Problem):
    """The version of DataCite's schema in the argument `kernel` is none of those that are written."""

    status = 400
    title = "No such kernel"
