"""What verification looks at, a file each (EVD-2): records against their events, the tree, sealed tables, files.

Reads with plain SQL and tuples: a million events in a minute. Everything that stands in the ledger as text is brought
to that text by PostgreSQL (`columns`), so that the common case is one comparison of two dictionaries (`records`); only
where they differ, `rules` looks closer and says in words what does not fit. Writes nothing.
"""
