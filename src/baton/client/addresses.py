"""What people call a record: a number, a DOI, an address of its page or of its JSON."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from baton.client.errors import Failure, Unreachable
from baton.client.remote import Remote, parsed
from baton.client.repository import Repository

_DOI = re.compile(r"(?:doi:|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_RECORD_PATH = re.compile(r"(?:/api)?/(?:records?|deposit|uploads)/([A-Za-z0-9-]+)(?:[/?#].*)?")
_NUMBER = re.compile(r"[0-9]+|[a-z0-9]{5}-[a-z0-9]{5}")
_MOST_HOPS = 10
_ZENODO = {"zenodo.org", "sandbox.zenodo.org"}
_DOI_PATH = re.compile(r"/(?:doi|badge/DOI)/(10\..+?)(?:\.svg)?")


@dataclass(frozen=True, slots=True)
class Address:
    """A record's number, and the server that has it where the address says so."""

    number: str
    server: str | None


def parse(text: str) -> Address | str:
    """An address, or the DOI that must be resolved first. Raises `Failure`."""
    text = text.strip()
    if found := _DOI.fullmatch(text):
        return found[1]
    if "://" in text:
        parts = parsed(text)
        if named := _DOI_PATH.fullmatch(parts.path):
            return named[1]
        if place := _RECORD_PATH.fullmatch(parts.path):
            return Address(place[1], f"{parts.scheme}://{parts.netloc}")
    elif _NUMBER.fullmatch(text):
        return Address(text, None)
    raise Failure(f"{text[:200]!r} is no DOI, no number of a record and no address of one.")


def record_number(repository: Repository, text: str) -> str:
    """The number, on this server, of the record that `text` means. Raises `Failure`."""
    address = parse(text)
    if isinstance(address, str):
        found = parse(resolved(repository.remote, address))
        assert isinstance(found, Address)  # noqa: S101  `resolved` sees to it
        address = found
    if address.server is not None and urlsplit(address.server).netloc != urlsplit(repository.remote.address).netloc:
        raise Failure(f"{text} is at {address.server}, not at {repository.remote.address}.")
    return address.number


def resolved(remote: Remote, doi: str) -> str:
    """The address of the record's page to which a DOI leads on this server."""
    target = remote.location(f"/doi/{quote(doi, safe='/')}")
    if target and _RECORD_PATH.fullmatch(urlsplit(target).path):
        # Whatever public address the server believes to have: it was asked here.
        return remote.address + urlsplit(target).path
    raise Failure(f"The DOI {doi} leads to no record at {remote.address}.")


def has_record(remote: Remote, doi: str) -> bool:
    """Whether a DOI leads to a record on this server."""
    try:
        resolved(remote, doi)
    except Unreachable:
        raise
    except Failure:
        return False
    return True


def leads_to(resolver: Remote, doi: str) -> str:
    """The page, wherever in the world, that a DOI leads to. Raises `Failure`."""
    address = f"/{quote(doi, safe='/')}"
    for _hop in range(_MOST_HOPS):
        target = resolver.location(address)
        if target is None:
            break
        address = target
        if _RECORD_PATH.fullmatch(urlsplit(address).path):
            return address
    raise Failure(f"The DOI {doi} leads to {address}, which is no page of a repository that this program knows.")


def token_for(server: str, token: str | None, zenodo_token: str | None) -> str | None:
    """The token to show to a server: one of Zenodo's goes to Zenodo alone."""
    return (zenodo_token or token) if parsed(server).hostname in _ZENODO else token
