"""Access tokens: another system asks in somebody's name, for as little as its scope says (REP-3, INT-4).

A token is shown once and kept as a hash. It never carries rights of its own: what its owner may see is looked up at
each call, so that it ends with their account and shrinks with their roles.
"""
