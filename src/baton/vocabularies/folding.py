"""Text as it is compared: without case, accents and punctuation. Pure.

What a prefix of a text folds to is a prefix of what the text folds to, so look-ups by prefix lose nothing.
"""

import re
import unicodedata

# Longest word that is compared; what is longer is cut, in terms and in queries alike.
LONGEST_WORD = 40

# Letters that Unicode does not take apart, and what people type for them.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "\u0131": "i", "ħ": "h"}
)
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The words of `text`, folded, in their order."""
    plain = text.lower() if text.isascii() else _without_marks(text)
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain)]


def fold(text: str) -> str:
    """`text` as its folded words with one blank between them."""
    return " ".join(words(text))


def compact(text: str) -> str:
    """`text` as one folded word: how acronyms, numbers and identifiers are compared (`R01-GM 12` is `r01gm12`)."""
    return "".join(words(text))[:LONGEST_WORD]


def _without_marks(text: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    return "".join(character for character in apart if unicodedata.category(character)[0] != "M")
