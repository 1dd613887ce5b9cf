"""All routes of the legacy dialect."""

from baton.zenodo import buckets, deposition_files, depositions, exporter

ROUTES = [route for part in (depositions, deposition_files, buckets, exporter) for route in part.router.routes]
