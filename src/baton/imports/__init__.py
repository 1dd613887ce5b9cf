"""Documents of other formats as the body of a draft: pure functions, the other way round than `exports`."""
