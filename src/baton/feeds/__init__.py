"""What changed, for those who keep a copy: the order of changes, pages of sitemaps, dumps. Knows no HTTP."""
