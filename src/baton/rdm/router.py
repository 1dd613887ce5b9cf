"""All routes of the RDM dialect, the hottest first."""

from baton.rdm import changes, files, health, records, search, vocabularies

ROUTES = [route for part in (records, search, files, changes, vocabularies, health) for route in part.router.routes]
