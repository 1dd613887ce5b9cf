"""Forms without scripts: how they are read from a request, and how the upload form becomes a record's body and back."""
