"""OAI-PMH 2.0 for harvesters (openarchives.org/OAI/openarchivesprotocol.html), from the database alone."""
