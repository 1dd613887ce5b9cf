"""Where the bytes are: immutable contents known by their SHA-256. Knows no database and no feature."""
