"""How files are packed, and what a later version of them would cost: `baton doctor-data`. Knows no server."""
