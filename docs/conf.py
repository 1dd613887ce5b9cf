"""How Sphinx builds this documentation; `make docs` runs it with warnings as errors."""

project = "Baton"
author = "The Baton developers"
copyright = "2026, The Baton developers"  # noqa: A001  Sphinx wants this name

extensions = ["myst_parser"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "alabaster"
html_theme_options = {
    "description": "An open research repository",
    "fixed_sidebar": True,
    "page_width": "1100px",
    "sidebar_width": "240px",
}
html_show_sphinx = False
html_copy_source = False
