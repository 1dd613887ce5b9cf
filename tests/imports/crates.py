"""Crates in ZIP files."""

import io
import json
import zipfile

ZIP = {"Content-Type": "application/zip"}
NAME = "ro-crate-metadata.json"
METADATA = json.dumps(
    {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [
            {"@id": NAME, "@type": "CreativeWork", "about": {"@id": "./"}},
            {"@id": "./", "@type": "Dataset", "name": "Ice", "datePublished": "2024-05-06", "mood": "good"},
        ],
    }
)
Entries = dict[str, str | bytes]


def archive(entries: Entries, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return data.getvalue()


GOOD = archive({NAME: METADATA, "a.txt": "hello " * 100})
