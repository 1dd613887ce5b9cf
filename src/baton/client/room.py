"""Whether files fit into a draft: better told at once than after hours of sending. Pure."""

from collections.abc import Mapping, Sequence

from baton.client.errors import Failure
from baton.client.local import MOST_SHOWN, LocalFile
from baton.client.sizes import readable


def check_room(files: Sequence[LocalFile], limits: Mapping[str, int]) -> None:
    """Raise `Failure` with all that the server would refuse, by the `limits` that it tells of."""
    largest, most, count = (limits.get(name) for name in ("max_file_size", "quota_size", "max_files"))
    lacks = []
    if largest is not None:
        large = [f"{one.path} has {readable(one.size)}." for one in files if one.size > largest]
        more = [f"... and {len(large) - MOST_SHOWN:,} more."] if len(large) > MOST_SHOWN else []
        lacks += (
            [f"A file may have {readable(largest)} at most: split it.", *large[:MOST_SHOWN], *more] if large else []
        )
    if most is not None and (total := sum(one.size for one in files)) > most:
        lacks.append(f"All files together may have {readable(most)} at most, and these have {readable(total)}.")
    if count is not None and len(files) > count:
        lacks.append(f"There may be {count:,} files at most, and these are {len(files):,}: pack some together.")
    if lacks:
        advice = "Not all of this fits into one record there, so nothing was sent. Its operators may allow more."
        raise Failure("\n  ".join([advice, *lacks]))
