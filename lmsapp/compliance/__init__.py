"""Employee documents and the compliance ledger (HRD).

Stands on assignments. Learning and compliance are two tracks on purpose: this one changes only when HR says so.
"""
