"""The query language, the documents in the index, and the backends that answer."""
