"""Uploads that can be taken up again: one engine, behind the doors that the faces open to it."""
