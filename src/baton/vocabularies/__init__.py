"""Licences, languages, resource types, roles, subjects, funders, affiliations, awards, names: what a value may be."""
