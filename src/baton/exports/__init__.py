"""A record as text or JSON in every format: pure functions."""
