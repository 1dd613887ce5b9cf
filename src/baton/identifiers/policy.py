"""How this repository names its own DOIs. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DoiPolicy:
    """The prefix in use and the pattern of suffixes; `{id}` is the number of the record or work."""

    prefix: str
    suffix: str

    def mint(self, number: int) -> str:
        """The DOI of the record or work with this number: always the same for the same number."""
        return f"{self.prefix}/{self.suffix.format(id=number)}".lower()

    def is_own(self, doi: str) -> bool:
        """Whether the DOI lies under our prefix, so that only we may mint it."""
        return doi.lower().startswith(f"{self.prefix.lower()}/")
