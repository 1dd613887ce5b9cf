"""Works and their versions: draft, published, new version. The metadata schema lives here."""
