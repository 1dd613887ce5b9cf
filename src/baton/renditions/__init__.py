"""Public records as they go out: each serialized once per revision and kept in the database. Knows no HTTP."""
