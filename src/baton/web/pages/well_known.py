"""`/.well-known/`: where programs that know nothing but the host find what there is (RFC 8615)."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from baton.context import CallerDep
from baton.kernel import clock
from baton.kernel.errors import NotFound
from baton.kernel.http import JsonResponse

router = APIRouter(include_in_schema=False, prefix="/.well-known")

A_DAY = {"Cache-Control": "public, max-age=86400"}
API_CATALOG = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
SECURITY_DAYS = 180  # for which a copy of `security.txt` counts; RFC 9116 advises less than a year


def api_catalog(site: str) -> dict[str, object]:
    """The interfaces for programs as a link set (RFC 9727), with what describes each of them (RFC 8631)."""
    guide = [{"href": f"{site}/api/docs", "type": "text/html"}]
    description = [{"href": f"{site}/api/openapi.json", "type": "application/json"}]
    records, harvest, changes, dump, sitemap = (
        f"{site}{path}" for path in ("/api/records", "/oai2d", "/api/changes", "/api/exporter", "/sitemap.xml")
    )
    return {
        "linkset": [
            {
                "anchor": f"{site}/.well-known/api-catalog",
                "item": [{"href": one} for one in (records, harvest, changes, dump, sitemap)],
            },
            {
                "anchor": records,
                "service-desc": description,
                "service-doc": guide,
                "status": [{"href": f"{site}/health", "type": "application/json"}],
            },
            {
                "anchor": harvest,
                "service-meta": [{"href": f"{harvest}?verb=Identify", "type": "text/xml"}],
                "service-doc": [{"href": "https://www.openarchives.org/OAI/openarchivesprotocol.html"}],
            },
            *({"anchor": one, "service-desc": description, "service-doc": guide} for one in (changes, dump)),
            {"anchor": sitemap, "service-doc": [{"href": "https://www.sitemaps.org/protocol.html"}]},
        ]
    }


@router.get("/api-catalog")
async def show_api_catalog(call: CallerDep) -> Response:
    """The catalog; asked with HEAD, its `Link` header alone says that it is one."""
    site = call.context.site.base_url
    headers = {**A_DAY, "Link": f'<{site}/.well-known/api-catalog>; rel="api-catalog"'}
    return JsonResponse(api_catalog(site), headers=headers, media_type=API_CATALOG)


@router.get("/security.txt")
async def security(call: CallerDep) -> Response:
    """Whom to tell of a weakness (RFC 9116), if the operators have said whom."""
    contact = call.context.security_contact
    if not contact:
        raise NotFound("The operators of this repository have not said whom to tell of a weakness.")
    site = call.context.site.base_url
    expires = (clock.now() + timedelta(days=SECURITY_DAYS)).strftime("%Y-%m-%dT00:00:00Z")
    text = f"Contact: {contact}\nExpires: {expires}\nCanonical: {site}/.well-known/security.txt\n"
    return PlainTextResponse(text, headers=A_DAY)


@router.get("/change-password")
async def change_password() -> Response:
    """Where password managers send people to (W3C, A Well-Known URL for Changing Passwords)."""
    return RedirectResponse("/account/settings/security", 302)
