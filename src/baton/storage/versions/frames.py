"""Frames: stretches of bytes compressed with Zstandard, alone or against a dictionary of raw bytes (a delta)."""

import sys

from baton.storage.errors import DamagedRecipe

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_OPTION = zstd.CompressionParameter
_PLAIN: dict[int, int] = {_OPTION.compression_level: 3, _OPTION.checksum_flag: 1}
# The window takes the largest dictionary and the frame, and the hash table has a place for each of their positions:
# with the library's own, smaller choice a delta against more than a megabyte finds nothing. Level 1 finds the long
# matches that deltas are made of, three times as fast as level 3, which is led astray by short ones.
_QUICK: dict[int, int] = {
    _OPTION.compression_level: 1,
    _OPTION.checksum_flag: 1,
    _OPTION.window_log: 22,
    _OPTION.hash_log: 20,
    _OPTION.chain_log: 20,
}
# For columns of few values, and rows with a new field: matches from 32 bytes are looked for first.
_THOROUGH: dict[int, int] = {
    **_QUICK,
    _OPTION.enable_long_distance_matching: 1,
    _OPTION.ldm_min_match: 32,
    _OPTION.ldm_hash_rate_log: 3,
}
# A delta that leaves less than this share is small enough not to look for a smaller one.
_SMALL = 0.01


def compress(data: bytes) -> bytes:
    """One frame that holds `data`."""
    return zstd.compress(data, options=_PLAIN)


def compress_against(dictionary: bytes, data: bytes) -> bytes:
    """One frame that holds `data` as what it differs by from `dictionary`, which has eight bytes at least."""
    prefix = zstd.ZstdDict(dictionary, is_raw=True).as_prefix
    quick = zstd.compress(data, options=_QUICK, zstd_dict=prefix)
    if len(quick) <= _SMALL * len(data):
        return quick
    return min(quick, zstd.compress(data, options=_THOROUGH, zstd_dict=prefix), key=len)


def decompress(frame: bytes | memoryview, whole: int, dictionary: bytes | memoryview = b"") -> bytes:
    """The `whole` bytes in a frame. Raises `DamagedRecipe` for anything else, having made no more than that."""
    prefix = zstd.ZstdDict(dictionary, is_raw=True).as_prefix if dictionary else None
    try:
        decompressor = zstd.ZstdDecompressor(zstd_dict=prefix)
        data = decompressor.decompress(frame, whole)
        # Asked for as much as there may be, it stops before the checksum is read.
        rest = b"" if decompressor.eof else decompressor.decompress(b"", 1)
    except zstd.ZstdError as error:
        raise DamagedRecipe(f"A compressed stretch of a content is damaged: {error}.") from error
    if len(data) != whole or rest or not decompressor.eof or decompressor.unused_data:
        raise DamagedRecipe(f"A compressed stretch of a content does not hold {whole} bytes.")
    return data
