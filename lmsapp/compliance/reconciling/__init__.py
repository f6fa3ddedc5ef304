"""Learning set beside the ledger (HRD-6): what was completed and not filed, filed and not marked, marked and not shown.

One look over everybody is a run: the worker does it, at any time and by itself each month, and keeps what it found.
Nothing is mended by itself. Each row is mended from the report through the actions of documents and ledger, or somebody
says that it is right as it is, which holds until anything about it changes.
"""
