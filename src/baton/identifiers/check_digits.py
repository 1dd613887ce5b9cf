"""Check digits of identifiers: each function takes bare ASCII characters and says whether they belong together."""

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
"""Base 32 without i, l, o and u, as ROR writes its ids."""


def mod_11_2(digits: str) -> bool:
    """ISO 7064 MOD 11-2 over 16 characters, the last a digit or `X`: ISNI and ORCID."""
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return _digit(digits[-1]) == (12 - total % 11) % 11


def ror(letters: str) -> bool:
    """ISO 7064 MOD 97-10 over the number that a ROR's first seven letters encode; its last two are the check."""
    number = 0
    for letter in letters[:-2]:
        number = number * 32 + CROCKFORD.index(letter)
    return int(letters[-2:]) == 98 - number * 100 % 97


def gnd(digits: str) -> bool:
    """The German National Library's MOD 11. Ids with a hyphen come from two older files, which count the other way."""
    number, hyphen, check = digits[:-1].partition("-")[0], "-" in digits, digits[-1]
    total = sum(int(digit) * weight for weight, digit in enumerate(reversed(number), 2)) % 11
    return _digit(check) == (total if hyphen else (11 - total) % 11)


def gtin(digits: str) -> bool:
    """GS1's MOD 10: EAN-13 and, one digit shorter, UPC."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return total % 10 == 0


def _digit(character: str) -> int:
    return 10 if character in "Xx" else int(character)
