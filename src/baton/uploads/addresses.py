"""Which servers may be asked on somebody else's word: none that only we can reach. Pure."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from baton.uploads.errors import FetchRefused

LONGEST_URL = 2000
_PORTS = {"http": 80, "https": 443}
# Kept for protocols (RFC 6890); the library calls part of it global.
_PROTOCOLS = IPv4Network("192.0.0.0/24")
# Prefixes of IPv6 after which an IPv4 address follows: translation (RFC 6052, RFC 8215), and the oldest embedding.
_CARRIERS = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))


def check_url(text: str) -> SplitResult:
    """The parts of an address that can be fetched. Raises `FetchRefused`."""
    try:
        parts = urlsplit(text)
        port = parts.port
        (parts.hostname or "").encode("idna")  # as the resolver does, which knows no other way to refuse a name
    except ValueError:
        raise FetchRefused(f"{text[:200]!a} is no address that can be fetched.") from None
    if len(text) > LONGEST_URL or parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise FetchRefused(
            f"{text[:200]!a} cannot be fetched: the address must begin with https:// or http:// and name a server, "
            f"in {LONGEST_URL:,} letters at most."
        )
    if parts.username is not None or parts.password is not None:
        raise FetchRefused("An address with a user name or password in it is not fetched.")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise FetchRefused(
            "An address must be in ASCII: write other letters as %XX, and the server's name in Punycode."
        )
    return parts


def port_of(parts: SplitResult) -> int:
    """The port, said or usual."""
    return parts.port or _PORTS[parts.scheme]


def is_public(text: str) -> bool:
    """Whether everybody on the Internet reaches the same machine under this IP address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_public(each) for each in (address, *_inside(address)))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or address.is_site_local):
        return address.ipv4_mapped is not None  # what it stands for is looked at on its own
    if isinstance(address, IPv4Address) and address in _PROTOCOLS:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inside(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to by way of some gateway."""
    if isinstance(address, IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _CARRIERS):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]
