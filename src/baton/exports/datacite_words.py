"""The controlled words of DataCite's kernels 4.3 to 4.7, and what says it best where a kernel has no such word yet.

Kernels of one generation only ever add: a document of an older one is valid in every newer one.
"""

from collections.abc import Mapping
from typing import Final

KERNELS: Final = ("4.3", "4.4", "4.5", "4.6", "4.7")
NEWEST: Final = KERNELS[-1]

# Word -> the kernel that brought it, and the older word that says most of it. The first kernel's words are not listed.
Newcomers = Mapping[str, tuple[str, str]]

RESOURCE_TYPES: Newcomers = {
    **dict.fromkeys(
        (
            "Book",
            "BookChapter",
            "ConferencePaper",
            "ConferenceProceeding",
            "Dissertation",
            "Journal",
            "JournalArticle",
            "OutputManagementPlan",
            "PeerReview",
            "Preprint",
            "Report",
            "Standard",
        ),
        ("4.4", "Text"),
    ),
    "ComputationalNotebook": ("4.4", "Software"),
    "Instrument": ("4.5", "PhysicalObject"),
    "StudyRegistration": ("4.5", "Text"),
    "Award": ("4.6", "Other"),
    "Project": ("4.6", "Other"),
    "Poster": ("4.7", "Text"),
    "Presentation": ("4.7", "Text"),
}
RELATIONS: Newcomers = {
    "IsPublishedIn": ("4.4", "IsPartOf"),
    "Collects": ("4.5", "References"),
    "IsCollectedBy": ("4.5", "IsReferencedBy"),
    "HasTranslation": ("4.6", "IsOriginalFormOf"),
    "IsTranslationOf": ("4.6", "IsVariantFormOf"),
    "Other": ("4.7", "References"),
}
CONTRIBUTOR_TYPES: Newcomers = {"Translator": ("4.6", "Other")}
DATE_TYPES: Newcomers = {"Coverage": ("4.6", "Other")}
# Of these, older kernels are given the address.
IDENTIFIER_TYPES: Newcomers = {"CSTR": ("4.6", "URL"), "RRID": ("4.6", "URL"), "SWHID": ("4.7", "URL")}

# Scheme of an identifier -> how the kernels call it. Other schemes are given as addresses, if they have any.
SCHEMES = {
    "ads": "bibcode",
    "ark": "ARK",
    "arxiv": "arXiv",
    "cstr": "CSTR",
    "doi": "DOI",
    "ean13": "EAN13",
    "eissn": "EISSN",
    "handle": "Handle",
    "igsn": "IGSN",
    "isbn": "ISBN",
    "issn": "ISSN",
    "istc": "ISTC",
    "lissn": "LISSN",
    "lsid": "LSID",
    "pmid": "PMID",
    "purl": "PURL",
    "rrid": "RRID",
    "swhid": "SWHID",
    "upc": "UPC",
    "url": "URL",
    "urn": "URN",
    "w3id": "w3id",
}


def has(kernel: str, since: str) -> bool:
    """Whether what came with the kernel `since` can be said in `kernel`."""
    return KERNELS.index(kernel) >= KERNELS.index(since)


def word(newcomers: Newcomers, wanted: str, kernel: str) -> str:
    """The word itself, or what comes nearest in that kernel."""
    since, before = newcomers.get(wanted, (KERNELS[0], wanted))
    return wanted if has(kernel, since) else before
