"""How imported terms are kept: affiliations, funders, awards, names, subjects. Built-in lists need no table."""

from sqlalchemy import Boolean, Column, Index, Integer, SmallInteger, String, Table, Text, UniqueConstraint

from baton.kernel.db import BIG_ID, Json, UtcTime, metadata

# The imported vocabularies, and the numbers that stand for them in `term_words`. Never renumber.
SHELVES = {"affiliations": 1, "funders": 2, "awards": 3, "names": 4, "subjects": 5}


def _plain(length: int) -> String:
    """Text that compares by its bytes everywhere, so that a prefix is a range of an index."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


terms = Table(
    "terms",
    metadata,
    Column("serial", BIG_ID, primary_key=True, autoincrement=True),
    Column("vocabulary", String(40), nullable=False),
    Column("id", _plain(400), nullable=False),
    Column("weight", Integer, nullable=False),
    Column("name", _plain(200), nullable=False),  # folded title
    Column("words", Text, nullable=False),  # as `matching.Entry`
    Column("exact", Json, nullable=False),  # list of compact keys
    Column("title", Json, nullable=False),  # {language: text}
    Column("props", Json, nullable=False),  # whatever else the vocabulary's own shape holds
    Column("tags", Json, nullable=False),  # list
    Column("description", Json, nullable=False),  # {language: text}
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("vocabulary", "id"),
)
Index("ix_terms_name", terms.c.vocabulary, terms.c.name)
# With the words, so that the best known are looked through without going to the rows.
Index("ix_terms_weight", terms.c.vocabulary, terms.c.weight.desc(), terms.c.serial, terms.c.words)
Index("ix_terms_serial", terms.c.vocabulary, terms.c.serial)

# The words of each term, for look-ups by prefix: `word >= 'uni' AND word < 'uni' + the last character`. A table that
# is its own index, without a foreign key: with millions of awards it has tens of millions of rows.
term_words = Table(
    "term_words",
    metadata,
    Column("shelf", SmallInteger, primary_key=True, autoincrement=False),
    Column("word", _plain(40), primary_key=True),
    Column("is_key", Boolean, primary_key=True),
    Column("term", BIG_ID, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
