"""Which formats are rendered ahead of anybody's asking."""

from baton.exports.formats import DEFAULTS, FORMATS, Format


def rendered_formats(records_json: str) -> dict[str, Format]:
    """The two dialects, by the `Accept` header that asks for each; empty for none. `records_json`: the default."""
    rdm = FORMATS["rdm"]
    return {"": DEFAULTS[records_json], rdm.media_type: rdm}
