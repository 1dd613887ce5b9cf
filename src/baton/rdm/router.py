"""All routes of the RDM dialect, the hottest first."""

from baton.rdm import files, health, records, search, vocabularies

ROUTES = [route for part in (records, search, files, vocabularies, health) for route in part.router.routes]
