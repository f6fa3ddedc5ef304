"""What happens to a document after it was filed: another file, other facts, out and in again (HRD-1)."""
