"""Names over stored contents: the files of a record, their limits, the archive of all of them."""
