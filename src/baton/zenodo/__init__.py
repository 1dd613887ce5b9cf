"""Zenodo's legacy deposit dialect."""
