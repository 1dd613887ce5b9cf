"""The media type of a file, from its name; the same on every machine."""

import mimetypes

UNKNOWN = "application/octet-stream"

# What research brings that the standard library does not know, knows differently from version to version, or would
# look up in the machine's own tables.
_OWN = {
    "7z": "application/x-7z-compressed",
    "avif": "image/avif",
    "bib": "text/x-bibtex",
    "bz2": "application/x-bzip2",
    "cff": "text/plain",
    "cif": "chemical/x-cif",
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "epub": "application/epub+zip",
    "fasta": "text/x-fasta",
    "fastq": "text/x-fastq",
    "fits": "application/fits",
    "flac": "audio/flac",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "grib": "application/wmo-grib",
    "grib2": "application/wmo-grib",
    "gz": "application/gzip",
    "h5": "application/x-hdf5",
    "hdf5": "application/x-hdf5",
    "ipynb": "application/x-ipynb+json",
    "jl": "text/x-julia",
    "js": "text/javascript",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "jsonld": "application/ld+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "las": "application/vnd.las",
    "laz": "application/vnd.laszip",
    "log": "text/plain",
    "m": "text/x-matlab",
    "mat": "application/x-matlab-data",
    "md": "text/markdown",
    "mjs": "text/javascript",
    "mkv": "video/x-matroska",
    "mol": "chemical/x-mdl-molfile",
    "mp4": "video/mp4",
    "n3": "text/n3",
    "nc": "application/x-netcdf",
    "nc4": "application/x-netcdf",
    "ndjson": "application/jsonl",
    "nii": "application/x-nifti",
    "nq": "application/n-quads",
    "nt": "application/n-triples",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "owl": "application/rdf+xml",
    "parquet": "application/vnd.apache.parquet",
    "pdb": "chemical/x-pdb",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "py": "text/x-python",
    "r": "text/x-r",
    "rar": "application/vnd.rar",
    "rdf": "application/rdf+xml",
    "rmd": "text/markdown",
    "rst": "text/x-rst",
    "rtf": "application/rtf",
    "sav": "application/x-spss-sav",
    "shp": "application/vnd.shp",
    "sql": "application/sql",
    "sqlite": "application/vnd.sqlite3",
    "tex": "text/x-tex",
    "toml": "application/toml",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "xz": "application/x-xz",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "zip": "application/zip",
    "zst": "application/zstd",
}

# Files whose whole name says what they are.
_PLAIN = {"readme", "license", "licence", "copying", "changelog", "authors", "makefile", "dockerfile"}

# A table of its own, filled from the library's defaults and never from files such as /etc/mime.types.
_STANDARD = mimetypes.MimeTypes()


def guess_media_type(key: str) -> str:
    """The media type that the name promises; compressed files are what they are, not what is inside."""
    name = key.rpartition("/")[2].lower()
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem:
        return "text/plain" if name in _PLAIN else UNKNOWN
    if extension in _OWN:
        return _OWN[extension]
    guessed, encoding = _STANDARD.guess_type(f"x.{extension}")
    return guessed if guessed and not encoding else UNKNOWN
