"""A ZIP read as if somebody hostile had written it: its directory, its names, its bytes (SCO-1)."""
