"""What can go wrong with a form before anything in it is looked at."""

from baton.kernel.errors import Problem


class FormInterrupted(Problem):
    """The connection ended before the form did."""

    title = "Form interrupted"

    def __init__(self) -> None:
        super().__init__("The connection ended before everything had arrived. Please send the form again.")
