"""Keeps the registrar in step: what it should know of each DOI, and telling it. Knows records and exports, no HTTP."""
