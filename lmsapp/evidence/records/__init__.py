"""Completion records: the immutable fact that a person met a rule at a time, with its evidence (EVD-1)."""
