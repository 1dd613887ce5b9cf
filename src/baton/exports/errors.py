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


class NoSuchStyle(Problem):
    """There is no citation style of this name."""

    title = "No such citation style"


class NoSuchLocale(Problem):
    """Citations are not written in this language."""

    title = "No such citation language"


class StyleFails(Problem):
    """The citation processor cannot write this record in this style; another style helps."""

    title = "The style fails"
