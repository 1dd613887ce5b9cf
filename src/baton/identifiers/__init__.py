"""Identifiers: schemes with their check digits, and the DOIs that this repository mints and resolves."""
