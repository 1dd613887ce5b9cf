"""What depositors and readers run on their own machines: it knows servers through HTTP alone, this one or another."""
