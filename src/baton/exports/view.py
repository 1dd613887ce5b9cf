"""Who looks at a record, and from where: all that an export knows besides the record itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """What the caller may see, and where the site is. Whoever may not read the record gets no export at all."""

    base_url: str  # without a slash at the end
    site_name: str
    may_read_files: bool
    may_manage: bool
