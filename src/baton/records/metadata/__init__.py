"""The metadata schema: what a depositor may write, what of it can be kept, and what is wrong with the rest. Pure."""
