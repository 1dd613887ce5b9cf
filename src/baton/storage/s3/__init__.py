"""A bucket of an S3 object store as a content store."""
