"""The pages, one module for each kind: routes translate, view models decide, templates show."""
