"""Sizes as people read them."""

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")
_STEP = 1024


def readable(size: float) -> str:
    """1,023 bytes, 1.5 KiB, 27 MiB: two digits at least, as they are needed to choose by."""
    unit = 0
    while size >= _STEP and unit < len(_UNITS) - 1:
        size, unit = size / _STEP, unit + 1
    return f"{size:,.0f} {_UNITS[unit]}" if not unit or size >= 10 else f"{size:.1f} {_UNITS[unit]}"  # noqa: PLR2004
