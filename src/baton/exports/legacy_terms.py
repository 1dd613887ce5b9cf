"""The words of Zenodo's legacy schema, and what they are called in the RDM dialect. Tables only."""

# RDM relation id -> legacy relation. Reading, any case is taken and lowered.
RELATIONS = {
    relation.lower(): relation
    for relation in (
        "isCitedBy",
        "cites",
        "isSupplementTo",
        "isSupplementedBy",
        "isContinuedBy",
        "continues",
        "isDescribedBy",
        "describes",
        "hasMetadata",
        "isMetadataFor",
        "hasVersion",
        "isVersionOf",
        "isNewVersionOf",
        "isPreviousVersionOf",
        "isPartOf",
        "hasPart",
        "isPublishedIn",
        "isReferencedBy",
        "references",
        "isDocumentedBy",
        "documents",
        "isCompiledBy",
        "compiles",
        "isVariantFormOf",
        "isOriginalFormOf",
        "isIdenticalTo",
        "isReviewedBy",
        "reviews",
        "isDerivedFrom",
        "isSourceOf",
        "isRequiredBy",
        "requires",
        "isObsoletedBy",
        "obsoletes",
    )
}
ALTERNATE = "isAlternateIdentifier"

# RDM role id -> legacy contributor type.
CONTRIBUTOR_TYPES = {
    kind.lower(): kind
    for kind in (
        "ContactPerson",
        "DataCollector",
        "DataCurator",
        "DataManager",
        "Distributor",
        "Editor",
        "HostingInstitution",
        "Producer",
        "ProjectLeader",
        "ProjectManager",
        "ProjectMember",
        "RegistrationAgency",
        "RegistrationAuthority",
        "RelatedPerson",
        "Researcher",
        "ResearchGroup",
        "RightsHolder",
        "Sponsor",
        "Supervisor",
        "WorkPackageLeader",
        "Other",
    )
}

# Legacy field -> custom field and its member.
CUSTOM_FIELDS = {
    "journal_title": ("journal:journal", "title"),
    "journal_volume": ("journal:journal", "volume"),
    "journal_issue": ("journal:journal", "issue"),
    "journal_pages": ("journal:journal", "pages"),
    "conference_title": ("meeting:meeting", "title"),
    "conference_acronym": ("meeting:meeting", "acronym"),
    "conference_dates": ("meeting:meeting", "dates"),
    "conference_place": ("meeting:meeting", "place"),
    "conference_url": ("meeting:meeting", "url"),
    "conference_session": ("meeting:meeting", "session"),
    "conference_session_part": ("meeting:meeting", "session_part"),
    "imprint_isbn": ("imprint:imprint", "isbn"),
    "imprint_place": ("imprint:imprint", "place"),
    "partof_title": ("imprint:imprint", "title"),
    "partof_pages": ("imprint:imprint", "pages"),
    "thesis_university": ("thesis:thesis", "university"),
}
# Custom fields that the legacy schema has names of its own for; all others are its `custom`.
NAMED_FIELDS = ("legacy:", "thesis:", "imprint:", "meeting:", "journal:", "part_of:")
COMMUNITIES = "legacy:communities"  # slugs, until a curator has taken the record in
SUBJECTS = "legacy:subjects"  # [{term, identifier, scheme}]
