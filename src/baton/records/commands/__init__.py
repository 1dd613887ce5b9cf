"""Every way a record can change, one verb a file."""
