"""How much records and people may hold: what was settled for one of them, else what holds for all."""
