"""What every slice stands on: settings, database, outbox, errors, clock, ids. Knows no feature."""
