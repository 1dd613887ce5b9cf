"""COAR's words for kinds of resources and for access (vocabularies.coar-repositories.org), as OpenAIRE wants them."""

from typing import Final

TYPES_AT: Final = "http://purl.org/coar/resource_type/"
OTHER: Final = ("c_1843", "other")
# Resource type -> concept and its label: the nearest of those that version 4.0 of OpenAIRE's schema knows.
RESOURCE_TYPES: Final = {
    "publication": ("c_18cf", "text"),
    "publication-annotationcollection": ("c_1162", "annotation"),
    "publication-article": ("c_6501", "journal article"),
    "publication-book": ("c_2f33", "book"),
    "publication-conferencepaper": ("c_5794", "conference paper"),
    "publication-conferenceproceeding": ("c_f744", "conference proceedings"),
    "publication-datamanagementplan": ("c_93fc", "report"),
    "publication-datapaper": ("c_beb9", "data paper"),
    "publication-deliverable": ("c_18op", "project deliverable"),
    "publication-dissertation": ("c_46ec", "thesis"),
    "publication-journal": ("c_0640", "journal"),
    "publication-milestone": ("c_93fc", "report"),
    "publication-patent": ("c_15cd", "patent"),
    "publication-peerreview": ("c_efa0", "review"),
    "publication-preprint": ("c_816b", "preprint"),
    "publication-proposal": ("c_baaf", "research proposal"),
    "publication-report": ("c_93fc", "report"),
    "publication-section": ("c_3248", "book part"),
    "publication-softwaredocumentation": ("c_71bd", "technical documentation"),
    "publication-standard": ("c_18cf", "text"),
    "publication-studyregistration": ("c_18cf", "text"),
    "publication-taxonomictreatment": ("c_18cf", "text"),
    "publication-technicalnote": ("c_18gh", "technical report"),
    "publication-workingpaper": ("c_8042", "working paper"),
    "poster": ("c_6670", "conference poster"),
    "presentation": ("c_c94f", "conference object"),
    "dataset": ("c_ddb1", "dataset"),
    "image": ("c_c513", "image"),
    "image-diagram": ("c_ecc8", "still image"),
    "image-drawing": ("c_ecc8", "still image"),
    "image-figure": ("c_ecc8", "still image"),
    "image-other": ("c_c513", "image"),
    "image-photo": ("c_ecc8", "still image"),
    "image-plot": ("c_ecc8", "still image"),
    "video": ("c_12ce", "video"),
    "audio": ("c_18cc", "sound"),
    "software": ("c_5ce6", "software"),
    "software-computationalnotebook": ("c_5ce6", "software"),
    "lesson": ("c_8544", "lecture"),
    "workflow": ("c_393c", "workflow"),
}
# Status of access -> address and label.
ACCESS_RIGHTS: Final = {
    "open": ("http://purl.org/coar/access_right/c_abf2", "open access"),
    "embargoed": ("http://purl.org/coar/access_right/c_f1cf", "embargoed access"),
    "restricted": ("http://purl.org/coar/access_right/c_16ec", "restricted access"),
    "metadata-only": ("http://purl.org/coar/access_right/c_14cb", "metadata only access"),
}
# Versions of an article by COAR's label, and by the words of older guidelines and of authors, in small letters.
_VERSIONS: Final = {
    "AO": ("c_b1a7d7d4d402bcce", "author's original", "draft"),
    "SMUR": ("c_71e4c1898caa6e32", "submitted manuscript under review", "submitted version", "submittedversion"),
    "AM": ("c_ab4af688f83e57aa", "accepted manuscript", "accepted version", "acceptedversion"),
    "P": ("c_fa2ee174bc00049f", "proof"),
    "VoR": ("c_970fb48d4fbd8a85", "version of record", "published version", "publishedversion"),
    "CVoR": ("c_e19f295774971610", "corrected version of record", "updated version", "updatedversion"),
    "EVoR": ("c_dc82b40f9837b551", "enhanced version of record"),
    "NA": ("c_be7fb7dd8ff6fe43", "not applicable (or unknown)"),
}
_VERSIONS_BY_NAME: Final = {
    name: (label, f"http://purl.org/coar/version/{concept}")
    for label, (concept, *names) in _VERSIONS.items()
    for name in (label.lower(), *names)
}


def article_version(text: str) -> tuple[str, str] | None:
    """Label and address of the stage of publication that a depositor's `version` names, if it names one."""
    return _VERSIONS_BY_NAME.get(text.strip().lower().removeprefix("info:eu-repo/semantics/"))
