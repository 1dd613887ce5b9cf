"""From an address to the store that is there."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from baton.kernel.errors import InvalidInput
from baton.storage.content import ContentStore
from baton.storage.folder import FolderStore
from baton.storage.s3.address import Address, Keys
from baton.storage.s3.store import S3Store
from baton.storage.staging import Staging


def open_store(url: str, keys: Keys) -> ContentStore:
    """The store at `url`: a path, `file:///...`, or `s3://bucket/prefix`. Raises `InvalidInput`."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return S3Store(Address.parse(url, keys))
    if parts.scheme not in {"", "file"}:
        raise InvalidInput(f"Contents cannot be kept at {parts.scheme}://; a storage URL is a path, file:// or s3://.")
    return FolderStore(_folder(url))


def open_staging(url: str, otherwise: Path) -> Staging:
    """Where uploads grow that are to be kept at `url`: beside the contents of a folder, which takes them over."""
    return Staging((otherwise if urlsplit(url).scheme == "s3" else _folder(url)) / "staged")


def _folder(url: str) -> Path:
    parts = urlsplit(url)
    return Path(unquote(parts.path) if parts.scheme else url)
