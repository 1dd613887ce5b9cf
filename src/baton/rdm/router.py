"""All routes of the RDM dialect, the hottest first."""

from baton.rdm import archives, changes, deltas, files, health, quotas, records, search, uploads, vocabularies

_PARTS = (records, search, deltas, files, archives, uploads, changes, vocabularies, quotas, health)

ROUTES = [route for part in _PARTS for route in part.router.routes]
