"""The routes of all pages, the hottest first."""

from baton.web.pages import (
    account_settings,
    accounts,
    api_docs,
    badges,
    feeds,
    home,
    old_addresses,
    records,
    search,
    sitemaps,
    static,
    upload_form,
    upload_import,
    uploads,
    well_known,
)

PAGES = (
    records,
    home,
    search,
    upload_import,
    upload_form,
    uploads,
    accounts,
    account_settings,
    api_docs,
    badges,
    feeds,
    sitemaps,
    static,
    well_known,
    old_addresses,
)

ROUTES = [route for page in PAGES for route in page.router.routes]
