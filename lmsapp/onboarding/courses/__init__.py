"""Mandatory courses: which apply to whom, and why one does not; enrolled and assigned once (ORG-6)."""
