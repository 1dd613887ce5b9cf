"""Dates for readers. Input is EDTF level 0: `2024`, `2024-05`, `2024-05-31`, or two of them around a slash."""

from datetime import date, datetime

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MEDIUM = 3  # letters of a month's short name
DIGITS = 4  # of a year, the longest part


def parts(edtf: str) -> tuple[int, ...]:
    """Year, month, day of the first date, as far as given; empty when it is no date."""
    numbers = edtf.partition("/")[0].split("-")
    if not all(number.isascii() and number.isdigit() and len(number) <= DIGITS for number in numbers):
        return ()
    found = tuple(map(int, numbers[:3]))
    if len(found) > 1 and not 1 <= found[1] <= len(MONTHS):
        return ()
    return found


def year(edtf: str) -> str | None:
    """The first date's year, in four digits."""
    found = parts(edtf)
    return f"{found[0]:04}" if found else None


def in_words(edtf: str, letters: int | None = None) -> str:
    """As in `May 31, 2024`; `letters` shortens the month; what is no date is given back as it is."""
    return " \N{EN DASH} ".join(_in_words(one, letters) for one in edtf.split("/"))


def _in_words(edtf: str, letters: int | None) -> str:
    match parts(edtf):
        case (y, m, d):
            return f"{MONTHS[m - 1][:letters]} {d}, {y}"
        case (y, m):
            return f"{MONTHS[m - 1][:letters]} {y}"
        case _:
            return edtf


def day_in_words(day: date | datetime) -> str:
    """As in `May 31, 2024`."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"
