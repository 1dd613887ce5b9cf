"""How a delta is written, for those who send it and those who read it: docs/formats/delta.md."""

import struct

MEDIA_TYPE = "application/vnd.baton.delta"
MAGIC = b"BATONDL1"
# Magic; bytes and SHA-256 of the result; number of bases.
HEADER = struct.Struct("<8sQ32sB")
# Number of the record; SHA-256 of the content; bytes of the file's name, which follows.
BASE = struct.Struct("<Q32sH")
END, LITERAL, COPY = 0, 1, 2
# Bytes that follow.
LENGTH = struct.Struct("<I")
# Which base; offset and bytes.
RANGE = struct.Struct("<BQQ")
