"""A DOI badge as SVG, drawn without fonts or scripts of its own. Pure."""

from xml.sax.saxutils import escape

LABEL = "DOI"
HEIGHT = 20
PADDING = 6  # on both sides of each text
# Widths of letters in a sans-serif of 11 pixels, as near as matters: the text is fitted into what they say.
_NARROW, _USUAL, _WIDE = frozenset("fijlrtI.,:;/'|()[]! "), 6.6, frozenset("mwMWQO@%&")
_WIDTHS = {**dict.fromkeys(_NARROW, 4.2), **dict.fromkeys(_WIDE, 9.6)}

_TEMPLATE = """<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}">
<title>{title}</title>
<clipPath id="r"><rect width="{width}" height="{height}" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="{left}" height="{height}" fill="#555"/>
<rect x="{left}" width="{right}" height="{height}" fill="#0b6fad"/></g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="{label_at}" y="14" textLength="{label_length}">{label}</text>
<text x="{value_at}" y="14" textLength="{value_length}">{value}</text></g></svg>
"""


def doi_badge(doi: str) -> str:
    """The badge that says `doi`, which must be printable."""
    label_length, value_length = _width(LABEL), _width(doi)
    left, right = label_length + 2 * PADDING, value_length + 2 * PADDING
    return _TEMPLATE.format(
        width=left + right,
        height=HEIGHT,
        left=left,
        right=right,
        title=escape(f"{LABEL}: {doi}", {'"': "&quot;"}),
        label=LABEL,
        label_at=left / 2,
        label_length=label_length,
        value=escape(doi),
        value_at=left + right / 2,
        value_length=value_length,
    )


def _width(text: str) -> int:
    return round(sum(_WIDTHS.get(letter, _USUAL) for letter in text))
