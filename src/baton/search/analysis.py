"""Text as the index sees it: one folding and one splitting into words, for documents and queries alike.

Every backend is given words that are already folded and splits at blanks only, so that all of them find the same.
Changing anything here changes what is in the index: raise `ANALYSIS`, which makes every index be rebuilt.
"""

import html
import re
import unicodedata
from functools import lru_cache

ANALYSIS = 1

LONGEST_WORD = 64
LONGEST_TEXT = 200_000
LONGEST_KEYWORD = 400

# Wildcards travel through folding and splitting as two private characters, so that they stay parts of their word.
ANY = "\ue000"  # any number of characters
ONE = "\ue001"  # one character
PRIVATE = re.compile("[\ue000\ue001]")

# Marks that are left out: accents, Hebrew points, Arabic vowels. Those of Indic and Kana scripts make other letters.
_MARK_RANGES = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_MARKS = re.compile(f"[{_MARK_RANGES}]")
# Letters, digits and their marks; whole Indic blocks, whose vowel signs are no letters to Python; the two wildcards.
_WORD = re.compile(f"[\\w{_MARK_RANGES}\u0900-\u0963\u0966-\u0dff\u0f00-\u0fff{ANY}{ONE}]+")
# Of UTF-8, what parts words and is ASCII. Other signs are found in the few words that have them.
_GAPS = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))  # noqa: PLR2004
# Scripts written without blanks between words (and Korean, whose endings stick to the word): pairs of letters.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_TAG = re.compile(r"<[^<>]*>")
_RESOLVER = re.compile(r"^(?:(?:https?://)?(?:dx\.)?(?:doi|orcid|ror)\.org/|doi:\s*)")


def fold(text: str) -> str:
    """`text` without differences of case, accent, width and composition."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold()).casefold()
    return unicodedata.normalize("NFC", _MARKS.sub("", decomposed))


def words(text: str) -> list[str]:
    """The folded words of `text` in their order; pairs of letters where a script does not part its words."""
    found = text.lower().encode(errors="replace").translate(_GAPS).decode().split()
    if not text.isascii():
        known, found = found, []
        for piece in known:
            if piece.isascii():
                found.append(piece)
            else:
                found += _known_words(piece) if len(piece) <= LONGEST_WORD else _folded_words(piece)
    if len(text) > LONGEST_WORD and len(max(found, key=len, default="")) > LONGEST_WORD:
        return [word[:LONGEST_WORD] for word in found]
    return found


def _folded_words(word: str) -> list[str]:
    """What a piece with other signs than ASCII holds: no word, one, or several of them or of an unspaced script."""
    parts = _WORD.findall(fold(word).replace("_", " "))
    return [part for piece in parts for part in (_pairs(piece) if _UNSPACED.search(piece) else [piece])]


_known_words = lru_cache(maxsize=20_000)(_folded_words)


def _pairs(word: str) -> list[str]:
    parts = []
    position = 0
    for run in _UNSPACED.finditer(word):
        if run.start() > position:
            parts.append(word[position : run.start()])
        letters = run.group()
        parts.extend([letters[i : i + 2] for i in range(len(letters) - 1)] or [letters])
        position = run.end()
    if position < len(word):
        parts.append(word[position:])
    return parts


def split_pattern(marked: str) -> list[str]:
    """The words of a folded pattern, each with the wildcards that stand in it."""
    return _WORD.findall(fold(marked).replace("_", " "))


def is_unspaced(text: str) -> bool:
    """Whether `text` holds letters of a script that is indexed in pairs."""
    return _UNSPACED.search(text) is not None


def keyword(value: str) -> str:
    """One value as a whole, folded for comparison; DOIs, ORCIDs and ROR ids without their resolver's address."""
    return _known_keyword(value) if len(value) <= LONGEST_WORD else _keyword(value)


def _keyword(value: str) -> str:
    folded = " ".join(fold(value).split())
    if "org/" in folded or "doi:" in folded:
        folded = _RESOLVER.sub("", folded)
    return folded[:LONGEST_KEYWORD]


# Schemes, types and licences come again with every record.
_known_keyword = lru_cache(maxsize=5_000)(_keyword)


def plain(markup: str) -> str:
    """The text of a piece of HTML."""
    if "<" not in markup and "&" not in markup:
        return markup[:LONGEST_TEXT]
    return html.unescape(_TAG.sub(" ", markup[:LONGEST_TEXT]))
