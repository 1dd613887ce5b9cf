"""Contents kept as what they share with earlier ones: recipes, how they are read, and how they are made."""
