"""The roster from the HR system: read, map, dry run, apply all or nothing (ORG-5, ORG-4).

Stands on employees and accounts. Never applies a file with an error in it.
"""
