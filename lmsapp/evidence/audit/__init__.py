"""The audit trail: who changed what, when, from what to what, and why (EVD-3). Read-only to everyone."""
