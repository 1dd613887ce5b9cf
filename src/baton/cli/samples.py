"""The files and descriptions of `baton demo`: small, honest, made on the spot, each really of its format."""

import csv
import io
import json
import math
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


def tide_table() -> bytes:
    """CSV: a month of hourly water levels, a sum of three tidal waves."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["hour", "level_m"])
    for hour in range(720):
        waves = ((1.1, 12.42, 0), (0.4, 12.0, 1), (0.2, 25.82, 2))
        rows.writerow([hour, round(sum(high * math.cos(2 * math.pi * hour / t + at) for high, t, at in waves), 3)])
    return text.getvalue().encode()


def heat_map() -> bytes:
    """PNG: 256 by 256 pixels of an interference pattern."""
    rows = b"".join(
        b"\0"
        + bytes(int(127 + 60 * math.sin(x / 9) + 60 * math.sin(math.hypot(x - 128, y - 90) / 7)) for x in range(256))
        for y in range(256)
    )
    header = struct.pack(">IIBBBBB", 256, 256, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def report(title: str) -> bytes:
    """PDF: one page with a heading and a line."""
    text = f"BT /F1 24 Tf 72 720 Td ({title}) Tj 0 -40 Td /F1 12 Tf (A sample page made by baton demo.) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",  # noqa: E501
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode()


def notebook() -> bytes:
    """Jupyter notebook: one text cell, one code cell with its result."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Primes\n", "Counting primes with a sieve."]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": ["168\n"]}],
            "source": ["print(sum(all(n % d for d in range(2, n)) for n in range(2, 1000)))"],
        },
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()


def temperature_grid() -> bytes:
    """NetCDF classic (NetCDF users guide, appendix B): surface temperature on 18 latitudes and 36 longitudes."""

    def name(text: str) -> bytes:
        return struct.pack(">I", len(text)) + text.encode().ljust(-(-len(text) // 4) * 4, b"\0")

    values = [288 - 30 * math.sin(math.radians(lat * 10 - 85)) ** 2 for lat in range(18) for _lon in range(36)]
    units = struct.pack(">II", 12, 1) + name("units") + struct.pack(">II", 2, 1) + b"K\0\0\0"
    dimensions = struct.pack(">II", 10, 2) + name("lat") + struct.pack(">I", 18) + name("lon") + struct.pack(">I", 36)
    variable = name("temperature") + struct.pack(">III", 2, 0, 1) + units + struct.pack(">II", 5, 4 * len(values))
    head = b"CDF\x01" + struct.pack(">I", 0) + dimensions + struct.pack(">II", 0, 0) + struct.pack(">II", 11, 1)
    begin = len(head) + len(variable) + 4
    return head + variable + struct.pack(">I", begin) + struct.pack(f">{len(values)}f", *values)


def source_archive() -> bytes:
    """ZIP: a tiny program in folders."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sieve/README.md", "# sieve\nCounts primes.\n")
        archive.writestr("sieve/src/sieve.py", "def primes(n):\n    return [k for k in range(2, n) if is_prime(k)]\n")
    return packed.getvalue()


def track() -> bytes:
    """GeoJSON: a line of five points."""
    points = [[round(11.55 + i / 90, 4), round(48.13 + i / 70, 4)] for i in range(5)]
    feature = {
        "type": "Feature",
        "properties": {"name": "Transect"},
        "geometry": {"type": "LineString", "coordinates": points},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


@dataclass(frozen=True, slots=True)
class Sample:
    """One record of the demonstration."""

    title: str
    resource_type: str
    creators: tuple[tuple[str, str], ...]  # family name, given name
    description: str
    subjects: tuple[str, ...]
    date: str
    files: dict[str, Callable[[], bytes]]
    rights: str = "cc-by-4.0"
    more: dict[str, Any] = field(default_factory=dict)  # further members of `metadata`
    access: dict[str, Any] = field(default_factory=lambda: {"record": "public", "files": "public"})

    def draft(self) -> dict[str, Any]:
        """The record as the API takes it."""
        people = [
            {"person_or_org": {"type": "personal", "family_name": family, "given_name": given}, "affiliations": [_HOME]}
            for family, given in self.creators
        ]
        metadata = {
            "title": self.title,
            "resource_type": {"id": self.resource_type},
            "creators": people,
            "description": f"<p>{self.description}</p>",
            "subjects": [{"subject": subject} for subject in self.subjects],
            "publication_date": self.date,
            "publisher": "Baton demonstration",
            "rights": [{"id": self.rights}],
            "languages": [{"id": "eng"}],
            **self.more,
        }
        return {"metadata": metadata, "access": self.access}


_HOME = {"name": "Baton demonstration"}
_NOTE = "This is a sample record; its people are invented and its data computed."

SAMPLES = (
    Sample(
        "Hourly water levels of an invented harbour",
        "dataset",
        (("Marsh", "Ada"), ("Okafor", "Chidi")),
        f"One month of tide computed from three harmonic constituents. {_NOTE}",
        ("oceanography", "tides"),
        "2024-03-01",
        {"levels.csv": tide_table, "README.md": lambda: b"# Water levels\n\nColumns: hour, level in metres.\n"},
    ),
    Sample(
        "Interference of two waves",
        "image-figure",
        (("Lindqvist", "Maja"),),
        f"A plane wave meets a circular one. {_NOTE}",
        ("physics", "waves"),
        "2023-11-17",
        {"interference.png": heat_map},
    ),
    Sample(
        "On keeping data longer than projects last",
        "publication-article",
        (("Ferreira", "João"), ("Müller", "Änne")),
        f"A short essay on what it takes to keep research data for decades. {_NOTE}",
        ("research data management", "preservation"),
        "2022-06-30",
        {"essay.pdf": lambda: report("On keeping data longer than projects last")},
        more={"version": "1.0"},
    ),
    Sample(
        "Counting primes: a notebook",
        "software-computationalnotebook",
        (("Nakamura", "Yuki"),),
        f"A notebook that counts primes below one thousand. {_NOTE}",
        ("mathematics", "primes"),
        "2024-01-09",
        {"primes.ipynb": notebook},
        rights="mit",
    ),
    Sample(
        "Surface temperature on a coarse grid",
        "dataset",
        (("Haddad", "Leïla"), ("Marsh", "Ada")),
        f"Zonal mean temperature as a function of latitude, in NetCDF classic format. {_NOTE}",
        ("climate", "NetCDF"),
        "2021/2023",
        {"grid/temperature.nc": temperature_grid, "grid/README.txt": lambda: b"Variable: temperature (K), 18 x 36.\n"},
        rights="cc0-1.0",
    ),
    Sample(
        "sieve: a small library",
        "software",
        (("Nakamura", "Yuki"), ("Silva", "Inês")),
        f"Source code of a sieve. {_NOTE}",
        ("software", "primes"),
        "2024-05-20",
        {"sieve-1.2.0.zip": source_archive},
        rights="apache-2.0",
        more={"version": "1.2.0"},
    ),
    Sample(
        "A transect along a river",
        "dataset",
        (("Okafor", "Chidi"),),
        f"Five points of a walk, as GeoJSON. {_NOTE}",
        ("ecology", "field work"),
        "2023-08",
        {"transect.geojson": track},
        more={
            "locations": {
                "features": [{"geometry": {"type": "Point", "coordinates": [11.55, 48.13]}, "place": "Munich"}]
            }
        },
    ),
    Sample(
        "Poster: better repositories for tired people",
        "poster",
        (("Silva", "Inês"),),
        f"Shown at an invented conference. {_NOTE}",
        ("open science",),
        "2024-09-12",
        {"poster.pdf": lambda: report("Better repositories for tired people"), "figure.png": heat_map},
    ),
    Sample(
        "Lecture: waves for beginners",
        "lesson",
        (("Lindqvist", "Maja"),),
        f"Slides and a figure. {_NOTE}",
        ("teaching", "waves"),
        "2022-10-04",
        {"slides.pdf": lambda: report("Waves for beginners"), "figures/interference.png": heat_map},
    ),
    Sample(
        "Interviews on data sharing (restricted)",
        "dataset",
        (("Ferreira", "João"),),
        f"Files are open to their owner only. {_NOTE}",
        ("social science",),
        "2023-02-14",
        {"interviews.csv": lambda: b"id,answer\n1,yes\n2,it depends\n"},
        access={"record": "public", "files": "restricted"},
    ),
    Sample(
        "Measurements under embargo",
        "dataset",
        (("Haddad", "Leïla"),),
        f"The files open by themselves when the embargo ends. {_NOTE}",
        ("chemistry",),
        "2024-07-01",
        {"measurements.csv": tide_table},
        access={
            "record": "public",
            "files": "restricted",
            "embargo": {"active": True, "until": "2099-12-31", "reason": "A paper is under review."},
        },
    ),
    Sample(
        "Thesis: how repositories are handed on",
        "publication-dissertation",
        (("Müller", "Änne"),),
        f"On governance and continuity of research infrastructure. {_NOTE}",
        ("governance", "research infrastructure"),
        "2020-12-18",
        {"thesis.pdf": lambda: report("How repositories are handed on"), "data/survey.csv": tide_table},
        rights="cc-by-sa-4.0",
    ),
)
