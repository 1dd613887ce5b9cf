"""The style sheet and the pictures of the pages: read once, and addressed by content so that browsers may keep them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file below `static/`. `digest` stands in its address, so a changed file has another one."""

    name: str
    digest: str
    media_type: str
    content: bytes

    @property
    def path(self) -> str:
        """Where browsers find it."""
        return f"/static/{self.digest}/{self.name}"


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Asset(path.name, digest, MEDIA_TYPES[path.suffix], content)


ASSETS = {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.suffix in MEDIA_TYPES}


def asset_path(name: str) -> str:
    """The address of an asset, for templates; an unknown name is a mistake in the template and raises `KeyError`."""
    return ASSETS[name].path
