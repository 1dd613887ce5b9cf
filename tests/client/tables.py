"""Tables as people deposit them, version after version."""

from io import BytesIO


def table(rows: int, forgotten: int | None = None) -> bytes:
    """So many rows of numbers; with `forgotten`, a row more after so many."""
    made = BytesIO()
    for number in range(rows):
        if number == forgotten:
            made.write(b"a row that was forgotten\n")
        made.write(b"%d,%d,%d\n" % (number, number * 7919 % 10007, number * 104729 % 99991))
    return made.getvalue()
