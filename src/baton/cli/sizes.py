"""Sizes as people type them on the command line: `64M`, `1.5 GiB`, `1000000`."""

import re

import click

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


class _Size(click.ParamType[int]):
    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of bytes; units are powers of 1024."""
        if isinstance(value, int):
            return value
        found = _SIZE.fullmatch(str(value).strip())
        if found is None or not (size := int(float(found[1]) * 1024 ** _POWERS[found[2].lower()])):
            self.fail(f"{value!r} is no size; write it as 64M or 1G.", param, ctx)
        return size


SIZE = _Size()
