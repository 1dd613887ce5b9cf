"""How much a record may hold. Longer texts and lists are told to the depositor; nothing is cut within a text."""

# Characters of one text.
TITLE = 5_000
NAME = 2_000  # people, organisations, publishers, places, subjects, sizes, formats
PHRASE = 10_000  # references, short descriptions, reasons
HTML = 100_000  # before and after cleaning
CUSTOM_TEXT = 100_000  # sequences of DNA go here
IDENTIFIER = 2_000
DOI = 300  # of the record itself
VERSION = 191
TERM_ID = 200
FILE_KEY = 4_096
DATE = 60  # the longest sensible date is an interval of two moments

ITEMS = 20_000  # of one list
POSITIONS = 50_000  # of one geometry
TRANSLATIONS = 100  # of one text

# Cleaning deeply nested HTML takes time that grows with the square of the depth; this many `<` in all texts of one
# record take a quarter of a second at worst.
TAGS = 10_000

ERRORS = 1_000  # told at once; nobody reads more
