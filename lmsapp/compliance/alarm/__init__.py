"""Telling people when the completion ledger no longer fits, or could not be verified (EVD-2)."""
